import { createSecretKey, type KeyObject, randomBytes } from 'node:crypto'
import { describe, expect, it } from '@jest/globals'
import { isSignedBy, sign, signingKey } from '../../src/coupons/signature.ts'

// The example of the Standard Webhooks reference libraries.
const SECRET = 'whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw'
const MESSAGE = {
  id: 'msg_p5jXN8AQM9LWM0D4loKWxJek',
  timestampSeconds: 1614265330,
  body: '{"test": 2432232314}',
}
const SIGNATURE = 'v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE='

function keyOf(secret: string): KeyObject {
  const key = signingKey(secret)
  if (key === null) throw new Error('secret refused')
  return key
}

describe('signatures of requests to a coupon service', () => {
  it('are those of Standard Webhooks', () => {
    expect(sign(keyOf(SECRET), MESSAGE)).toBe(SIGNATURE)
  })

  it('are recognised among several', () => {
    expect(isSignedBy(keyOf(SECRET), MESSAGE, `v1,AAAA v1a,BBBB ${SIGNATURE}`)).toBe(true)
  })

  it('do not fit another key, id, time or body', () => {
    const key = keyOf(SECRET)
    expect(isSignedBy(createSecretKey(randomBytes(24)), MESSAGE, SIGNATURE)).toBe(false)
    expect(isSignedBy(key, { ...MESSAGE, id: 'msg_2' }, SIGNATURE)).toBe(false)
    expect(isSignedBy(key, { ...MESSAGE, timestampSeconds: 1614265331 }, SIGNATURE)).toBe(false)
    expect(isSignedBy(key, { ...MESSAGE, body: '{"test": 2432232315}' }, SIGNATURE)).toBe(false)
    expect(isSignedBy(key, MESSAGE, '')).toBe(false)
  })
})

describe('signing secrets', () => {
  const secretOf = (bytes: number) => `whsec_${randomBytes(bytes).toString('base64')}`

  it('hold 24 to 64 bytes', () => {
    expect(signingKey(secretOf(24))?.symmetricKeySize).toBe(24)
    expect(signingKey(secretOf(64))?.symmetricKeySize).toBe(64)
    expect(signingKey(secretOf(23))).toBeNull()
    expect(signingKey(secretOf(65))).toBeNull()
  })

  it.each([
    '',
    'whsec_',
    SECRET.slice(6),
    `${SECRET} `,

    'whsec_not base64 at all, not at all!',
  ])('%j is none', (text) => {
    const isForgiving = text === `${SECRET}=`
    expect(signingKey(text) === null).toBe(!isForgiving)
  })
})
