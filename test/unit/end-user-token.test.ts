import { createHmac, generateKeyPairSync, randomBytes, sign } from 'node:crypto'
import { describe, expect, it } from '@jest/globals'
import fc from 'fast-check'
import { SignJWT } from 'jose'
import { AppError } from '../../src/errors.ts'
import { importHmacKey } from '../../src/http/auth/api-keys.ts'
import { createTokenCheck, MAX_TOKEN_CHARACTERS, type TokenKey } from '../../src/http/auth/token.ts'
import { signedToken, tokenPart } from '../helpers/end-user-token.ts'

const ACCOUNT = '01890000-0000-7000-8000-00000000000a'
const OTHER_ACCOUNT = '01890000-0000-7000-8000-00000000000b'
const SECRET = randomBytes(32).toString('base64url')
const OTHER_SECRET = randomBytes(32).toString('base64url')
const HOUR_S = 3600
const NOW_S = Date.parse('2026-11-22T12:00:00Z') / 1000

const keys = new Map<string, TokenKey>([
  ['key', { apiKeyId: 'id of key', accountId: ACCOUNT, hmacKey: await importHmacKey(Buffer.from(SECRET)) }],
  [
    'other',
    {
      apiKeyId: 'id of other',
      accountId: OTHER_ACCOUNT,
      hmacKey: await importHmacKey(Buffer.from(OTHER_SECRET)),
    },
  ],
])
let nowMs = NOW_S * 1000
const check = createTokenCheck({ keyOf: async (kid) => keys.get(kid) ?? null, clock: { now: () => nowMs } })

const HEADER = { alg: 'HS256', kid: 'key' }
const CLAIMS = { sub: ACCOUNT, iat: NOW_S, exp: NOW_S + HOUR_S, userData: { externalId: 'customer-7' } }

function tokenOf(claims: object = {}, header: object = HEADER, secret: string | Buffer = SECRET): string {
  return signedToken(secret, { header, claims: { ...CLAIMS, ...claims } })
}

/** Why a token is refused at this time; null when it is accepted. */
async function refusalOf(token: string, accountId = ACCOUNT, atMs = NOW_S * 1000): Promise<string | null> {
  nowMs = atMs
  try {
    await check(token, accountId)
    return null
  } catch (error) {
    expect(error).toBeInstanceOf(AppError)
    expect(error).toMatchObject({ code: 'UNAUTHENTICATED', details: [] })
    return (error as AppError).message.replace('x-enduser-access-token is refused: ', '')
  }
}

function without(claim: string): string {
  const { [claim]: _, ...claims } = CLAIMS as Record<string, unknown>
  return signedToken(SECRET, { header: HEADER, claims })
}

const MALFORMED = 'it is not a JWT of three base64url parts with dots between them'
const SIGNATURE = 'it is not signed with the secret of a live API key whose x-api-key is its kid'
const ALGORITHM = 'the alg in its header must be HS256, no other is accepted'
const ACCOUNTS = "its sub, x-account-id and the account of its kid's API key must be the same"

describe('a good token', () => {
  it('says which member of which account it is of, and by which key', async () => {
    nowMs = NOW_S * 1000
    const bearer = { accountId: ACCOUNT, apiKeyId: 'id of key', externalId: 'customer-7' }
    expect(await check(tokenOf(), ACCOUNT)).toEqual(bearer)
  })

  it('can be made with jose', async () => {
    const token = await new SignJWT({ userData: { externalId: 'customer-7', firstName: 'Ada' } })
      .setProtectedHeader({ alg: 'HS256', typ: 'JWT', kid: 'key' })
      .setSubject(ACCOUNT)
      .setIssuedAt(NOW_S)
      .setExpirationTime(NOW_S + HOUR_S)
      .sign(new TextEncoder().encode(SECRET))
    expect(await refusalOf(token)).toBeNull()
  })

  it('may carry claims that nobody asked for', async () => {
    expect(await refusalOf(tokenOf({ aud: 'shop', jti: '1', role: 'admin' }))).toBeNull()
  })

  it('may write the account in upper case', async () => {
    expect(await refusalOf(tokenOf({ sub: ACCOUNT.toUpperCase() }))).toBeNull()
  })

  it('names any externalId there can be, byte for byte', async () => {
    const text = fc
      .string({ unit: 'grapheme', minLength: 1, maxLength: 64 })
      .filter((id) => id.trim() !== '' && !id.includes('\0') && !id.startsWith('erased:'))
    await fc.assert(
      fc.asyncProperty(text, async (externalId) => {
        nowMs = NOW_S * 1000
        expect((await check(tokenOf({ userData: { externalId } }), ACCOUNT)).externalId).toBe(externalId)
      }),
      { numRuns: 100 },
    )
  })

  it('tells composed letters from decomposed ones', async () => {
    nowMs = NOW_S * 1000
    const decomposed = 'Zoe\u0308 🔥'
    const { externalId } = await check(tokenOf({ userData: { externalId: decomposed } }), ACCOUNT)
    expect(externalId).toBe(decomposed)
    expect(externalId).not.toBe(decomposed.normalize('NFC'))
  })
})

describe('the algorithm', () => {
  const signed = `${tokenPart(HEADER)}.${tokenPart(CLAIMS)}`

  it.each([
    ['none, without a signature', `${tokenPart({ alg: 'none', kid: 'key' })}.${tokenPart(CLAIMS)}.`],
    ['none, with one', tokenOf({}, { alg: 'none', kid: 'key' })],
    ['NONE', tokenOf({}, { alg: 'NONE', kid: 'key' })],
    ['missing', tokenOf({}, { kid: 'key' })],
    ['in lower case', tokenOf({}, { alg: 'hs256', kid: 'key' })],
    ['a list', tokenOf({}, { alg: ['HS256'], kid: 'key' })],
    ['HS384', signedToken(SECRET, { header: { alg: 'HS384', kid: 'key' }, claims: CLAIMS, hash: 'sha384' })],
    ['HS512', signedToken(SECRET, { header: { alg: 'HS512', kid: 'key' }, claims: CLAIMS, hash: 'sha512' })],
  ])('is refused when it is %s', async (_name, token) => {
    expect(await refusalOf(token)).toBe(ALGORITHM)
  })

  it('is refused when it is RS256 with a key of the sender’s own', async () => {
    const { privateKey, publicKey } = generateKeyPairSync('rsa', { modulusLength: 2048 })
    const header = { alg: 'RS256', kid: 'key', jwk: publicKey.export({ format: 'jwk' }) }
    const body = `${tokenPart(header)}.${tokenPart(CLAIMS)}`
    const signature = sign('sha256', Buffer.from(body), privateKey).toString('base64url')
    expect(await refusalOf(`${body}.${signature}`)).toBe(ALGORITHM)
  })

  it('is what the header says, so that another hash under HS256 does not pass', async () => {
    const wrong = createHmac('sha512', SECRET).update(signed).digest('base64url')
    expect(await refusalOf(`${signed}.${wrong}`)).toBe(SIGNATURE)
  })

  it('is not chosen by a key that the token brings along', async () => {
    const jwk = { kty: 'oct', k: tokenPart('a secret of my own'), alg: 'HS256' }
    const token = tokenOf({}, { ...HEADER, jwk, jku: 'https://example.com/keys' }, 'a secret of my own')
    expect(await refusalOf(token)).toBe(SIGNATURE)
  })

  it('has no extensions', async () => {
    const header = { ...HEADER, crit: ['exp'], exp: NOW_S + HOUR_S }
    expect(await refusalOf(tokenOf({}, header))).toBe('its header asks for an extension (crit)')
    const unencoded = { ...HEADER, b64: false, crit: ['b64'] }
    expect(await refusalOf(tokenOf({}, unencoded))).not.toBeNull()
  })
})

describe('the signature', () => {
  it('must be made with the secret of the key that kid names', async () => {
    expect(await refusalOf(tokenOf({}, HEADER, OTHER_SECRET))).toBe(SIGNATURE)
    expect(await refusalOf(tokenOf({}, HEADER, 'x'))).toBe(SIGNATURE)
    expect(await refusalOf(tokenOf({}, { alg: 'HS256', kid: 'other' }))).toBe(SIGNATURE)
  })

  it('is refused in the same words where there is no such key', async () => {
    expect(await refusalOf(tokenOf({}, { alg: 'HS256', kid: 'nobody' }))).toBe(SIGNATURE)
  })

  it('is refused in the same words when the claims are wrong, too', async () => {
    expect(await refusalOf(tokenOf({ exp: 0, sub: OTHER_ACCOUNT }, HEADER, OTHER_SECRET))).toBe(SIGNATURE)
  })

  it('covers every byte of header and claims', async () => {
    const [header = '', claims = '', signature = ''] = tokenOf().split('.')
    const bytes = [header, claims, signature].map((part) => Buffer.from(part, 'base64url'))
    await fc.assert(
      fc.asyncProperty(fc.nat(2), fc.nat(1000), fc.integer({ min: 1, max: 255 }), async (part, at, flip) => {
        const changed = bytes.map((buffer) => Buffer.from(buffer))
        const target = changed[part]!
        target[at % target.length]! ^= flip
        const token = changed.map((buffer) => buffer.toString('base64url')).join('.')
        expect(await refusalOf(token)).not.toBeNull()
      }),
      { numRuns: 200 },
    )
  })

  it('needs a kid', async () => {
    const message = 'its header has no kid, which must be the x-api-key of the key that signed it'
    for (const kid of [undefined, '', null, 7, ['key'], {}]) {
      expect(await refusalOf(tokenOf({}, { alg: 'HS256', kid }))).toBe(message)
    }
  })
})

describe('the account', () => {
  it('is that of the key: a key of another account does not sign for this one', async () => {
    const header = { alg: 'HS256', kid: 'other' }
    expect(await refusalOf(tokenOf({ sub: ACCOUNT }, header, OTHER_SECRET))).toBe(ACCOUNTS)
    expect(await refusalOf(tokenOf({ sub: ACCOUNT }, header, OTHER_SECRET), OTHER_ACCOUNT)).toBe(ACCOUNTS)
    expect(await refusalOf(tokenOf({ sub: OTHER_ACCOUNT }, header, OTHER_SECRET))).toBe(ACCOUNTS)
    expect(await refusalOf(tokenOf({ sub: OTHER_ACCOUNT }, header, OTHER_SECRET), OTHER_ACCOUNT)).toBeNull()
  })

  it('is that of x-account-id', async () => {
    expect(await refusalOf(tokenOf(), OTHER_ACCOUNT)).toBe(ACCOUNTS)
  })

  it('is named by sub', async () => {
    expect(await refusalOf(without('sub'))).toBe('it has no sub')
    for (const sub of ['', 'customer-7', null, 7, [ACCOUNT], { id: ACCOUNT }, `${ACCOUNT} `]) {
      expect(await refusalOf(tokenOf({ sub }))).toBe(ACCOUNTS)
    }
  })
})

describe('the lifetime', () => {
  const at = (seconds: number) => (NOW_S + seconds) * 1000

  it('is at most 24 hours', async () => {
    expect(await refusalOf(tokenOf({ exp: NOW_S + 24 * HOUR_S }))).toBeNull()
    expect(await refusalOf(tokenOf({ exp: NOW_S + 24 * HOUR_S + 1 }))).toBe(
      'its exp lies 86401 s after its iat, more than 0 and at most 86400 (24 hours) are allowed',
    )
    expect(await refusalOf(tokenOf({ exp: NOW_S + 24 * HOUR_S + 0.5 }))).toContain('86400.5 s')
    expect(await refusalOf(tokenOf({ iat: NOW_S - HOUR_S, exp: NOW_S + 24 * HOUR_S }))).toContain('90000 s')
    expect(await refusalOf(tokenOf({ iat: NOW_S - 25 * HOUR_S }))).toBe(
      'its iat is more than 86400 s (24 hours) past',
    )
  })

  it('is more than nothing', async () => {
    expect(await refusalOf(tokenOf({ exp: NOW_S }))).toContain('its exp lies 0 s after its iat')
    expect(await refusalOf(tokenOf({ iat: NOW_S + 10, exp: NOW_S + 5 }))).toContain('lies -5 s after')
  })

  it('ends at exp, give or take 30 s', async () => {
    const token = tokenOf({ exp: NOW_S + 60 })
    const expired = 'it has expired: its exp is past by 30 s or more'
    expect(await refusalOf(token, ACCOUNT, at(60))).toBeNull()
    expect(await refusalOf(token, ACCOUNT, at(90) - 1)).toBeNull()
    expect(await refusalOf(token, ACCOUNT, at(90))).toBe(expired)
    expect(await refusalOf(token, ACCOUNT, at(24 * HOUR_S))).toBe(expired)
  })

  it('begins at iat, give or take 30 s', async () => {
    const future = 'its iat lies more than 30 s ahead of our clock'
    expect(await refusalOf(tokenOf(), ACCOUNT, at(-30))).toBeNull()
    expect(await refusalOf(tokenOf(), ACCOUNT, at(-30) - 1)).toBe(future)
    expect(await refusalOf(tokenOf({ iat: NOW_S + HOUR_S, exp: NOW_S + 2 * HOUR_S }))).toBe(future)
  })

  it('begins at nbf where there is one', async () => {
    const token = tokenOf({ nbf: NOW_S + 60 })
    expect(await refusalOf(token)).toBe('its nbf lies more than 30 s ahead of our clock')
    expect(await refusalOf(token, ACCOUNT, at(30))).toBeNull()
  })

  it.each(['iat', 'exp'])('needs %s', async (claim) => {
    expect(await refusalOf(without(claim))).toBe(`it has no ${claim}`)
    for (const value of [String(NOW_S + 60), null, true, [], new Date(NOW_S * 1000).toISOString()]) {
      const message = `its ${claim} must be a number of seconds since 1970`
      expect(await refusalOf(tokenOf({ [claim]: value }))).toBe(message)
    }
  })

  it('is not stretched by numbers beyond all bounds', async () => {
    for (const [iat, exp] of [
      ['1e999', '1e999'],
      ['-1e999', '1e999'],
      [String(NOW_S), '1e999'],
      ['-1e999', String(NOW_S + 60)],
      [String(NOW_S * 1000), String(NOW_S * 1000 + 60_000)],
    ]) {
      const claims = `{"sub":"${ACCOUNT}","iat":${iat},"exp":${exp},"userData":{"externalId":"x"}}`
      expect(await refusalOf(signedToken(SECRET, { header: HEADER, claims }))).not.toBeNull()
    }
  })
})

describe('the customer', () => {
  it.each([
    ['no userData', undefined, 'is required'],
    ['userData that is null', null, 'is required'],
    ['userData that is a text', 'customer-7', 'is required'],
    ['a list for userData', ['customer-7'], 'is required'],
    ['no externalId', { id: 'customer-7' }, 'is required'],
    ['a number', { externalId: 7 }, 'must be a text, not a number'],
    ['an object', { externalId: { $ne: null } }, 'must be a text, not an object'],
    ['nothing', { externalId: '' }, 'must not be blank'],
    ['blanks', { externalId: '  ' }, 'must not be blank'],
    ['too much', { externalId: 'x'.repeat(257) }, 'has 257 characters, at most 256 are allowed'],
    [
      'an erased member',
      { externalId: 'erased:01890000-0000-7000-8000-000000000001' },
      'must not begin with',
    ],
  ])('is refused when it is %s', async (_name, userData, message) => {
    expect(await refusalOf(tokenOf({ userData }))).toContain(`its userData.externalId ${message}`)
  })

  it.each(['a\\u0000b', '\\ud800', 'a\\udc00'])('is refused when it holds %s', async (escaped) => {
    const claims = JSON.stringify(CLAIMS).replace('customer-7', escaped)
    expect(await refusalOf(signedToken(SECRET, { header: HEADER, claims }))).toBe(
      'its userData.externalId holds a NUL character or a lone surrogate',
    )
  })

  it('may have 256 characters of four bytes each', async () => {
    expect(await refusalOf(tokenOf({ userData: { externalId: '🔥'.repeat(256) } }))).toBeNull()
  })

  it('is never named in a refusal', async () => {
    for (const claims of [{ exp: 0 }, { sub: 'ada@example.com' }, { iat: 'ada@example.com' }]) {
      const token = tokenOf({ userData: { externalId: 'ada@example.com' }, ...claims })
      expect(await refusalOf(token)).not.toContain('ada@example.com')
    }
  })
})

describe('what is no token', () => {
  const [header = '', claims = '', signature = ''] = tokenOf().split('.')

  it.each([
    ['nothing', ''],
    ['a word', 'token'],
    ['two parts', `${header}.${claims}`],
    ['four parts', `${header}.${claims}.${signature}.${signature}`],
    ['five parts, as if encrypted', `${header}.${claims}.${signature}.${signature}.${signature}`],
    ['two tokens in one header', `${tokenOf()}, ${tokenOf()}`],
    ['an empty header', `.${claims}.${signature}`],
    ['a header that is no object', `${tokenPart([])}.${claims}.${signature}`],
    ['a header that is no JSON', `${tokenPart('{')}.${claims}.${signature}`],
    ['a header that is not base64url', `${header}*.${claims}.${signature}`],
    ['a signature that is not base64url', `${header}.${claims}.${signature}*`],
  ])('is refused when it is %s', async (_name, token) => {
    expect(await refusalOf(token)).toBe(MALFORMED)
  })

  it.each([
    ['a text', '"text"'],
    ['a list', '[]'],
    ['no JSON', '{'],
  ])('is refused when its claims are %s', async (_name, written) => {
    const token = signedToken(SECRET, { header: HEADER, claims: written })
    expect(await refusalOf(token)).toBe('its payload is not a JSON object')
  })

  it('is refused when it is longer than 8,192 characters, whoever signed it', async () => {
    const token = tokenOf({ padding: 'x'.repeat(MAX_TOKEN_CHARACTERS) })
    expect(await refusalOf(token)).toBe(`it has ${token.length} characters, at most 8192 are allowed`)
  })

  it('is refused whatever it is', async () => {
    const json = fc.json({ maxDepth: 2 })
    const garbage = fc.oneof(
      fc.string({ unit: 'grapheme' }),
      fc.tuple(json, json, fc.string()).map((parts) => parts.map(tokenPart).join('.')),
      json.map((claims) => signedToken(SECRET, { header: HEADER, claims })),
    )
    await fc.assert(
      fc.asyncProperty(garbage, async (token) => {
        expect(await refusalOf(token)).not.toBeNull()
      }),
      { numRuns: 150 },
    )
  })
})
