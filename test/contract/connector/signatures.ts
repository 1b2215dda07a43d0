import { expect, it } from '@jest/globals'
import fc from 'fast-check'
import type { VerifyInput } from '../../../src/ports/connector.ts'
import { type ConnectorSetup, NOW, SECRETS, secretOf, USUAL, verifyInput } from './context.ts'

export function describeSignatures(setup: ConnectorSetup): void {
  const { connector, settings } = setup
  const body = setup.purchase(USUAL)
  const refusal = (input: VerifyInput) => {
    const verification = connector.verify(input, settings)
    return verification.ok ? 'accepted' : verification.reason
  }

  it('a signed webhook is accepted with its id and topic', () => {
    const verification = connector.verify(verifyInput(setup.sign(body, secretOf('first'), NOW)), settings)
    expect(verification).toMatchObject({
      ok: true,
      topic: setup.topic,
      webhookId: expect.stringMatching(/./),
    })
    expect(verification).not.toHaveProperty('mismatch')
  })

  it('any of the secrets may have signed, in whatever order they are kept', () => {
    fc.assert(
      fc.property(
        fc.constantFrom(...SECRETS),
        fc.shuffledSubarray(SECRETS, { minLength: SECRETS.length }),
        (signer, secrets) => refusal(verifyInput(setup.sign(body, signer, NOW), secrets)) === 'accepted',
      ),
    )
  })

  it('a body with one byte changed is refused', () => {
    const request = setup.sign(body, secretOf('first'), NOW)
    fc.assert(
      fc.property(fc.nat(request.body.length - 1), fc.integer({ min: 1, max: 255 }), (index, change) => {
        const rawBody = Uint8Array.from(request.body)
        rawBody[index] = (rawBody[index] ?? 0) ^ change
        return refusal({ ...verifyInput(request), rawBody }) === 'SIGNATURE_MISMATCH'
      }),
    )
  })

  it('a body with bytes added or cut off is refused', () => {
    const request = setup.sign(body, secretOf('first'), NOW)
    const byteOrderMark = Buffer.from([0xef, 0xbb, 0xbf])
    for (const rawBody of [
      Buffer.concat([request.body, Buffer.from(' ')]),
      Buffer.concat([byteOrderMark, request.body]),
      request.body.subarray(0, -1),
      Buffer.alloc(0),
    ]) {
      expect(refusal({ ...verifyInput(request), rawBody })).toBe('SIGNATURE_MISMATCH')
    }
  })

  it('a secret that is not among them is refused', () => {
    expect(refusal(verifyInput(setup.sign(body, secretOf('other'), NOW)))).toBe('SIGNATURE_MISMATCH')
  })

  it('nobody signs with a blank secret, nor where there is none', () => {
    const { body: rawBody, headers } = setup.sign(body, ' ', NOW)
    expect(refusal({ rawBody, headers, secrets: ['', ' ', '\n'], now: NOW })).toBe('SIGNATURE_MISMATCH')
    expect(refusal({ rawBody, headers, secrets: [], now: NOW })).toBe('SIGNATURE_MISMATCH')
  })

  it('a blank secret does not keep the others from verifying', () => {
    expect(refusal(verifyInput(setup.sign(body, secretOf('first'), NOW), ['', ' ', secretOf('first')]))).toBe(
      'accepted',
    )
  })

  it('a missing or blank signature is refused as missing, a broken one as malformed', () => {
    const request = setup.sign(body, secretOf('first'), NOW)
    for (const header of setup.signatureHeaders) {
      const withHeader = (value: string | undefined): VerifyInput => ({
        ...verifyInput(request),
        headers: { ...request.headers, [header]: value },
      })
      expect(refusal(withHeader(undefined))).toBe('SIGNATURE_MISSING')
      expect(refusal(withHeader('  '))).toBe('SIGNATURE_MISSING')
      expect(refusal(withHeader(setup.malformedSignature))).toBe('SIGNATURE_MALFORMED')
    }
  })

  it('a refusal says why, without the secrets and the body', () => {
    const verification = connector.verify(verifyInput(setup.sign(body, secretOf('other'), NOW)), settings)
    const message = verification.ok ? '' : verification.message
    expect(message).not.toBe('')
    for (const secret of [...SECRETS, secretOf('other'), 'xample.com']) expect(message).not.toContain(secret)
  })

  it('the headers that are kept hold no signature', () => {
    const request = setup.sign(body, secretOf('first'), NOW)
    const verification = connector.verify(verifyInput(request), settings)
    const kept = verification.ok ? verification.headers : {}
    expect(Object.keys(kept).length).toBeGreaterThan(0)
    for (const header of setup.signatureHeaders) {
      expect(kept).not.toHaveProperty(header)
      expect(Object.values(kept)).not.toContain(request.headers[header])
    }
  })

  it('a signed body that is not JSON is the right sender all the same', () => {
    expect(refusal(verifyInput(setup.sign('not json', secretOf('first'), NOW)))).toBe('accepted')
  })
}
