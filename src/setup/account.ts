import { countPlaces } from '../life/count-places.ts'
import type { Row } from '../ports/schema.ts'
import type { Store } from '../ports/store.ts'
import { capsChanges, zoneChanges } from './caps.ts'
import { type Given, patchRow } from './change-row.ts'

/**
 * Changes an account. Atomic; what repeats the present value changes nothing. Where caps are new, or days and months
 * begin at other times than before, what was let through until now is counted before it resolves.
 * @throws AppError NOT_FOUND, STORE_BUSY
 */
export async function patchAccount(
  store: Store,
  accountId: string,
  id: string,
  now: number,
  given: Given<'account'>,
): Promise<Row<'account'>> {
  const target = { collection: 'account', noun: 'account', accountId, id } as const
  const patched = await patchRow(store, target, now, {
    given,
    async check(next, changed, account) {
      const change = [account.caps, next.caps, now] as const
      return changed.has('timezone')
        ? zoneChanges(store, accountId, ...change)
        : capsChanges(store, { accountId, milestoneId: null }, ...change)
    },
  })
  if (given.caps !== undefined || given.timezone !== undefined) {
    await countPlaces({ store, clock: { now: () => now } }, accountId)
  }
  return patched
}
