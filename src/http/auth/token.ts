import { randomBytes } from 'node:crypto'
import { decodeProtectedHeader, errors, type JWTPayload, jwtVerify } from 'jose'
import { AppError } from '../../errors.ts'
import type { Clock } from '../../ports/clock.ts'
import { readExternalId, readUuid } from '../../read/values.ts'
import { type HmacKey, importHmacKey } from './api-keys.ts'

export const MAX_TOKEN_CHARACTERS = 8192
export const MAX_LIFETIME_S = 24 * 60 * 60
export const CLOCK_TOLERANCE_S = 30

/** A live API key, as far as tokens need it. */
export interface TokenKey {
  readonly apiKeyId: string
  readonly accountId: string
  readonly hmacKey: HmacKey
}

export interface TokenBearer {
  readonly apiKeyId: string
  readonly accountId: string
  readonly externalId: string
}

export interface TokenDeps {
  /** The live API key that a token's `kid` names; null when there is none. */
  keyOf(kid: string): Promise<TokenKey | null>
  readonly clock: Clock
}

/**
 * Checks a token and that it is of this account. Until its signature holds, a refusal does not tell an unknown or
 * paused key from a wrong signature. @throws AppError UNAUTHENTICATED naming what is wrong
 */
export type TokenCheck = (token: string, accountId: string) => Promise<TokenBearer>

export function createTokenCheck({ keyOf, clock }: TokenDeps): TokenCheck {
  const nobody = importHmacKey(randomBytes(32))
  return async (token, accountId) => {
    const key = await keyOf(kidOf(token))
    const claims = await verifiedClaims(token, key?.hmacKey ?? (await nobody), clock)
    if (key === null) throw badSignature()
    if (subjectOf(claims) !== key.accountId || accountId !== key.accountId) {
      throw refused("its sub, x-account-id and the account of its kid's API key must be the same")
    }
    checkLifetime(claims)
    return { apiKeyId: key.apiKeyId, accountId: key.accountId, externalId: externalIdOf(claims) }
  }
}

function refused(why: string): AppError {
  return new AppError('UNAUTHENTICATED', `x-enduser-access-token is refused: ${why}`)
}

function badSignature(): AppError {
  return refused('it is not signed with the secret of a live API key whose x-api-key is its kid')
}

/** The key that the token names; its algorithm is looked at here, before anything else is believed. */
function kidOf(token: string): string {
  if (token.length > MAX_TOKEN_CHARACTERS) {
    throw refused(`it has ${token.length} characters, at most ${MAX_TOKEN_CHARACTERS} are allowed`)
  }
  const { alg, kid } = headerOf(token)
  if (alg !== 'HS256') throw refused('the alg in its header must be HS256, no other is accepted')
  if (typeof kid !== 'string' || kid === '') {
    throw refused('its header has no kid, which must be the x-api-key of the key that signed it')
  }
  return kid
}

function headerOf(token: string): { alg?: unknown; kid?: unknown } {
  // five parts would be an encrypted token, whose header can be read too
  if (token.split('.').length !== 3) throw malformed()
  try {
    return decodeProtectedHeader(token)
  } catch {
    throw malformed()
  }
}

function malformed(): AppError {
  return refused('it is not a JWT of three base64url parts with dots between them')
}

async function verifiedClaims(token: string, key: HmacKey, clock: Clock): Promise<JWTPayload> {
  try {
    const { payload } = await jwtVerify(token, key, {
      algorithms: ['HS256'],
      requiredClaims: ['sub', 'iat', 'exp'],
      clockTolerance: CLOCK_TOLERANCE_S,
      // makes the library look at iat, too
      maxTokenAge: MAX_LIFETIME_S,
      currentDate: new Date(clock.now()),
    })
    return payload
  } catch (error) {
    throw asRefusal(error)
  }
}

/** What the library found, in our words: its own texts may change. */
function asRefusal(error: unknown): unknown {
  if (error instanceof errors.JWSSignatureVerificationFailed) return badSignature()
  if (error instanceof errors.JOSENotSupported) return refused('its header asks for an extension (crit)')
  if (error instanceof errors.JWTExpired) {
    return error.claim === 'iat'
      ? refused(`its iat is more than ${MAX_LIFETIME_S} s (24 hours) past`)
      : refused(`it has expired: its exp is past by ${CLOCK_TOLERANCE_S} s or more`)
  }
  if (error instanceof errors.JWTClaimValidationFailed) return claimRefusal(error.claim, error.reason)
  if (error instanceof errors.JWTInvalid) return refused('its payload is not a JSON object')
  return error instanceof errors.JOSEError ? malformed() : error
}

function claimRefusal(claim: string, reason: string): AppError {
  if (reason === 'missing') return refused(`it has no ${claim}`)
  if (reason === 'invalid') return refused(`its ${claim} must be a number of seconds since 1970`)
  return refused(`its ${claim} lies more than ${CLOCK_TOLERANCE_S} s ahead of our clock`)
}

function subjectOf({ sub }: JWTPayload): string | null {
  const id = readUuid(sub)
  return id.ok ? id.value : null
}

function checkLifetime({ iat = Number.NaN, exp = Number.NaN }: JWTPayload): void {
  const lifetimeS = exp - iat
  if (lifetimeS > 0 && lifetimeS <= MAX_LIFETIME_S) return
  throw refused(
    `its exp lies ${lifetimeS} s after its iat, more than 0 and at most ${MAX_LIFETIME_S} (24 hours) are allowed`,
  )
}

function externalIdOf({ userData }: JWTPayload): string {
  const claimed =
    typeof userData === 'object' && userData !== null
      ? (userData as { externalId?: unknown }).externalId
      : undefined
  const read = readExternalId(claimed)
  if (!read.ok) throw refused(`its userData.externalId ${read.message}`)
  if (read.value.includes('\0') || !read.value.isWellFormed()) {
    throw refused('its userData.externalId holds a NUL character or a lone surrogate')
  }
  return read.value
}
