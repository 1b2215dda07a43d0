import { findRow } from '../commit/planned.ts'
import { untilWritten } from '../commit/until-written.ts'
import { revise } from '../ports/changes.ts'
import type { Clock } from '../ports/clock.ts'
import { all, beyond, equal } from '../ports/conditions.ts'
import type { Caps } from '../ports/schema/values.ts'
import type { Row } from '../ports/schema.ts'
import type { Store } from '../ports/store.ts'
import { amountOf, NO_USE, placeOf, type Use, windowsAt, withOne } from './caps.ts'

const PAGE = 1_000
const MAX_ROUNDS = 20

interface CountDeps {
  readonly store: Store
  readonly clock: Clock
}

/**
 * Counts what was let through before there were caps, where that is still to be done: until then nothing is let
 * through. What gives its place back meanwhile makes it count again. Idempotent; whoever is killed in it leaves it to
 * the next one. @throws AppError STORE_BUSY, STORE_UNAVAILABLE
 */
export async function countPlaces({ store, clock }: CountDeps, accountId: string): Promise<void> {
  const uses = await store.findByKeys('cap_use', ['accountId'], [[accountId]])
  for (const { id } of uses.filter(({ countedAt }) => countedAt === null)) {
    await untilWritten(`what caps of ${id} count`, MAX_ROUNDS, async () => {
      const use = await findRow(store, 'cap_use', accountId, id)
      if (use === null || use.countedAt !== null) return true
      const account = await findRow(store, 'account', accountId, accountId)
      const owner =
        use.milestoneId === null ? account : await findRow(store, 'milestone', accountId, use.milestoneId)
      if (owner?.caps == null) return true
      const counted = await count(store, use, owner.caps, account?.timezone ?? 'UTC')
      const now = clock.now()
      const result = await store.commit([
        revise('cap_use', use, { ...counted, countedAt: now, updatedAt: now }),
      ])
      return result.outcome === 'committed' ? true : null
    })
  }
}

async function count(
  store: Store,
  { accountId, milestoneId }: Row<'cap_use'>,
  caps: Caps,
  timezone: string,
): Promise<Use> {
  const own = equal<'reward_log'>({ accountId, ...(milestoneId === null ? {} : { milestoneId }) })
  const placed: { at: number; amount: bigint }[] = []
  let last: Row<'reward_log'> | undefined
  for (;;) {
    const page = await store.find('reward_log', {
      where: all(own, last === undefined ? null : beyond('createdAt', 'desc', last)),
      sort: [
        { field: 'createdAt', order: 'desc' },
        { field: 'id', order: 'asc' },
      ],
      limit: PAGE,
    })
    for (const reward of page) {
      const at = placeOf(reward)
      if (at !== null) placed.push({ at, amount: amountOf(reward.reward, caps) })
    }
    last = page.at(-1)
    if (page.length < PAGE) break
  }
  // days and months are counted as they came
  placed.sort((one, other) => one.at - other.at)
  return placed.reduce<Use>((use, { at, amount }) => withOne(use, windowsAt(timezone, at), amount), NO_USE)
}
