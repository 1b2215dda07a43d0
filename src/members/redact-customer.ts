import { AppError } from '../errors.ts'
import { all, equal, oneOf } from '../ports/conditions.ts'
import type { RedactionCounts } from '../ports/schema/news-values.ts'
import type { Row } from '../ports/schema.ts'
import type { Store } from '../ports/store.ts'
import { purge } from './end-erasure.ts'
import { eraseMember } from './erase.ts'
import type { EraseDeps } from './erased.ts'
import { forgetInRequests } from './forget-in-requests.ts'
import { deliveriesMeant, membersMeant } from './privacy-scope.ts'
import { scrubBodies } from './scrub-bodies.ts'

const MAX_COUNTED = 100_000

/**
 * Erases whom a platform asks to have erased: the members that are meant, and what else the shop's bodies tell of them,
 * also where nobody became a member. null where nothing here names them. What was done stays done when it is asked
 * again after a crash; the counts are then of what was left.
 * @throws AppError STORE_BUSY, STORE_UNAVAILABLE
 */
export async function redactCustomer(
  deps: EraseDeps,
  request: Row<'privacy_request'>,
): Promise<RedactionCounts | null> {
  const { store } = deps
  const { accountId } = request
  const found = new Set<string>()
  const members = new Set([
    ...(await interrupted(store, request)),
    ...(await membersMeant(store, request)).map(({ id }) => id),
  ])
  let codes = 0
  for (const id of members) codes += await eraseFound(deps, accountId, id, found)
  for await (const ids of deliveriesMeant(store, request)) {
    for (const id of ids) found.add(id)
    await scrubBodies(deps, accountId, ids)
  }
  await forgetInRequests(deps, accountId, request.subject?.identities ?? [])
  await purge(store, accountId)
  const isNamed = members.size > 0 || found.size > 0
  return isNamed ? { members: members.size, deliveries: found.size, codes } : null
}

/** Erases a member, unless somebody else was faster; answers how many codes without a coupon it gave up. */
export async function eraseFound(
  deps: EraseDeps,
  accountId: string,
  memberId: string,
  found: Set<string>,
): Promise<number> {
  const where = all(
    equal<'reward_log'>({ accountId, ownedById: memberId }),
    oneOf('fulfilmentStatus', ['pending', 'held', 'failed']),
  )
  const codes = await deps.store.count('reward_log', where, MAX_COUNTED)
  try {
    await eraseMember(deps, accountId, memberId, { found })
    return codes
  } catch (error) {
    if (error instanceof AppError && error.code === 'NOT_FOUND') return 0
    throw error
  }
}

/** Members whose erasure a crash left half done: they have lost their names already. */
async function interrupted(store: Store, { accountId, subject }: Row<'privacy_request'>): Promise<string[]> {
  const keys = (subject?.identities ?? []).map((identity) => [accountId, identity])
  const erasures = await store.findByKeys('erasure', ['accountId', 'externalId'], keys)
  const ids = erasures.map(({ id }) => [accountId, id])
  return (await store.findByKeys('member', ['accountId', 'id'], ids)).map(({ id }) => id)
}
