import { isDeepStrictEqual } from 'node:util'
import { invalid } from '../errors.ts'
import { NO_USE } from '../life/caps.ts'
import { GATES, gateId, newPassage, readEpoch } from '../life/load-places.ts'
import { change, insert, remove, revise } from '../ports/changes.ts'
import type { Instant } from '../ports/clock.ts'
import type { Caps, RewardSpec } from '../ports/schema/values.ts'
import type { Row } from '../ports/schema.ts'
import type { Change, Store } from '../ports/store.ts'

/** Whose caps they are: a milestone's, or the account's own. */
interface Owner {
  readonly accountId: string
  readonly milestoneId: string | null
}

/**
 * What has to be written with caps that change: whoever lets a reward through at this moment by those of before meets a
 * conflict. What was let through until now is to be counted afterwards (`countPlaces`). Empty where they stay as they
 * are.
 */
export async function capsChanges(
  store: Store,
  owner: Owner,
  before: Caps | null,
  after: Caps | null,
  now: Instant,
): Promise<Change[]> {
  if (isDeepStrictEqual(before, after)) return []
  const use = await useChange(store, owner, before, after, now)
  return [...(await shutGates(store, owner.accountId, now)), ...use]
}

/** The same where the account's time zone changes as well: its days and months are others, those of milestones too. */
export async function zoneChanges(
  store: Store,
  accountId: string,
  before: Caps | null,
  after: Caps | null,
  now: Instant,
): Promise<Change[]> {
  const gates = await shutGates(store, accountId, now)
  const uses = await store.findByKeys('cap_use', ['accountId'], [[accountId]])
  const own = await useChange(store, { accountId, milestoneId: null }, before, after, now)
  const others = uses.filter(({ id }) => id !== accountId || own.length === 0)
  return [...gates, ...own, ...others.map((use) => uncounted(use, now))]
}

/** A new one is still to be counted; so is one whose amounts were counted in another currency. */
async function useChange(
  store: Store,
  { accountId, milestoneId }: Owner,
  before: Caps | null,
  after: Caps | null,
  now: Instant,
): Promise<Change[]> {
  const id = milestoneId ?? accountId
  const [use] = await store.findByKeys('cap_use', ['accountId', 'id'], [[accountId, id]])
  if (after === null) return use === undefined ? [] : [remove('cap_use', use, { revision: use.revision })]
  if (use !== undefined) return before?.currency === after.currency ? [] : [uncounted(use, now)]
  const row = { id, accountId, milestoneId, createdAt: now, updatedAt: now, revision: 1, countedAt: null }
  return [insert('cap_use', { ...row, ...NO_USE })]
}

function uncounted(use: Row<'cap_use'>, updatedAt: Instant): Change {
  return revise('cap_use', use, { countedAt: null, updatedAt })
}

async function shutGates(store: Store, accountId: string, updatedAt: Instant): Promise<Change[]> {
  const epoch = await readEpoch(store, accountId)
  return Array.from({ length: GATES }, (_, place) => {
    const set = { epoch: epoch + 1, passage: newPassage(), updatedAt }
    return change('cap_gate', { id: gateId(accountId, place), accountId }, { epoch }, set)
  })
}

/** @throws AppError INVALID_INPUT for an amount that no reward of the milestone could be set against */
export function refuseUncountable(caps: Caps | null, reward: RewardSpec | null): void {
  if (caps === null || (caps.amountPerMonth === undefined && caps.amountTotal === undefined)) return
  const { currency } = caps
  const discount = reward?.discount
  if (discount !== undefined && 'amount' in discount && discount.currency === currency) return
  throw invalid('caps', `with an amount need a reward whose discount is an amount in ${currency}`)
}
