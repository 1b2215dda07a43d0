import { createHmac } from 'node:crypto'

const MINUTES_15 = 15 * 60

/** A part of a token, as anybody could write it. */
export function tokenPart(value: unknown): string {
  return Buffer.from(typeof value === 'string' ? value : JSON.stringify(value)).toString('base64url')
}

export interface TokenParts {
  readonly header?: object
  readonly claims: unknown
  /** Signs with HMAC of this hash. */
  readonly hash?: 'sha256' | 'sha384' | 'sha512'
}

/** Any token at all, signed with this secret. */
export function signedToken(
  secret: string | Buffer,
  { header, claims, hash = 'sha256' }: TokenParts,
): string {
  const signed = `${tokenPart(header ?? { alg: 'HS256' })}.${tokenPart(claims)}`
  return `${signed}.${createHmac(hash, secret).update(signed).digest('base64url')}`
}

export interface Key {
  readonly accountId: string
  readonly apiKey: string
  readonly apiSecret: string
}

/** What a merchant's backend makes for its customer: good for 15 minutes from `nowMs` on. */
export function endUserToken(
  { accountId, apiKey, apiSecret }: Key,
  externalId: string,
  nowMs: number,
  claims: object = {},
): string {
  const iat = Math.floor(nowMs / 1000)
  return signedToken(apiSecret, {
    header: { alg: 'HS256', typ: 'JWT', kid: apiKey },
    claims: { sub: accountId, iat, exp: iat + MINUTES_15, userData: { externalId }, ...claims },
  })
}
