import type { IncomingHttpHeaders } from 'node:http'

/** The merchant's backend, with everything in its account. */
export interface Admin {
  readonly kind: 'admin'
  readonly accountId: string
  readonly apiKeyId: string
}

/** A customer of the merchant, in a browser or an app, with a token that the merchant's backend made. */
export interface EndUser {
  readonly kind: 'end_user'
  readonly accountId: string
  /** The key whose secret signed the token. */
  readonly apiKeyId: string
  /** Whom the token names, in the merchant's words. Personal: never to be logged. */
  readonly externalId: string
  /** null: the account has no member by this externalId, so nothing is theirs yet. */
  readonly memberId: string | null
}

export type Caller = Admin | EndUser

/** @throws AppError UNAUTHENTICATED */
export type Authenticate = (headers: IncomingHttpHeaders) => Promise<Caller>
