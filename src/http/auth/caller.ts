import type { IncomingHttpHeaders } from 'node:http'
import type { ConsoleRole } from '../../ports/schema/console-values.ts'

/** The merchant: their backend, with everything in its account, or somebody signed in to the console. */
export interface Admin {
  readonly kind: 'admin'
  readonly accountId: string
  readonly actor: { readonly kind: 'key' | 'user'; readonly id: string; readonly name: string }
  /** What the user may do; null: a key, which may do all that is not for users alone. */
  readonly role: ConsoleRole | null
}

/**
 * A customer of the merchant, in a browser or an app, with a token that the merchant's backend made; or on a page of the
 * shop, which the platform vouches for.
 */
export interface EndUser {
  readonly kind: 'end_user'
  readonly accountId: string
  /** The key whose secret signed the token, or the connector whose secret the platform signed with. */
  readonly signerId: string
  /** Whom the token names, in the merchant's words; null: nobody is signed in. Personal: never to be logged. */
  readonly externalId: string | null
  /** null: the account has no member by this externalId, so nothing is theirs yet. */
  readonly memberId: string | null
}

export type Caller = Admin | EndUser

/** @throws AppError UNAUTHENTICATED */
export type Authenticate = (headers: IncomingHttpHeaders) => Promise<Caller>
