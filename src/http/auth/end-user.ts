import type { IncomingHttpHeaders } from 'node:http'
import { AppError } from '../../errors.ts'
import type { Clock } from '../../ports/clock.ts'
import type { Store } from '../../ports/store.ts'
import { readUuid } from '../../read/values.ts'
import type { ApiKeys } from './api-keys.ts'
import type { EndUser } from './caller.ts'
import { createTokenCheck, type TokenKey } from './token.ts'

export const TOKEN_HEADER = 'x-enduser-access-token'
export const ACCOUNT_HEADER = 'x-account-id'

/**
 * Checks `x-enduser-access-token` together with `x-account-id` and finds the member. A member of any status may read;
 * one that the account does not know, or that was erased, is an end user without anything.
 */
export function createEndUserCheck(
  keys: ApiKeys,
  store: Store,
  clock: Clock,
): (headers: IncomingHttpHeaders) => Promise<EndUser> {
  async function keyOf(kid: string): Promise<TokenKey | null> {
    const row = await keys.find(kid)
    if (row?.status !== 'live') return null
    return { apiKeyId: row.id, accountId: row.accountId, hmacKey: await keys.hmacKeyOf(row) }
  }
  const checkToken = createTokenCheck({ keyOf, clock })

  return async (headers) => {
    const claimedAccount = accountOf(headers)
    if (claimedAccount === null) {
      throw new AppError('UNAUTHENTICATED', `Send ${ACCOUNT_HEADER}, the id of the account, with the token`)
    }
    const { apiKeyId, accountId, externalId } = await checkToken(
      String(headers[TOKEN_HEADER]),
      claimedAccount,
    )
    return endUserOf(store, accountId, apiKeyId, externalId)
  }
}

/** A member of any status may read; one that the account does not know is an end user without anything. */
export async function endUserOf(
  store: Store,
  accountId: string,
  signerId: string,
  externalId: string | null,
): Promise<EndUser> {
  const keys = externalId === null ? [] : [[accountId, externalId]]
  const [member] =
    keys.length === 0 ? [] : await store.findByKeys('member', ['accountId', 'externalId'], keys)
  return { kind: 'end_user', accountId, signerId, externalId, memberId: member?.id ?? null }
}

/** The account that a request claims to be of; null when it names none. */
export function accountOf(headers: IncomingHttpHeaders): string | null {
  const id = readUuid(headers[ACCOUNT_HEADER])
  return id.ok ? id.value : null
}
