import { findRow, untilCommitted } from '../commit/planned.ts'
import { AppError } from '../errors.ts'
import { change, insert, remove, revise } from '../ports/changes.ts'
import { isErased } from '../ports/schema/values.ts'
import type { Row } from '../ports/schema.ts'
import type { Change, Store } from '../ports/store.ts'
import { afterErasure, openItemsNaming, scrubDeliveriesOfLogs, scrubItemsNaming } from './erase-deliveries.ts'
import { closeJourneys } from './erase-journeys.ts'
import { type EraseDeps, erasedExternalId } from './erased.ts'

/**
 * Erases a member. Its profile and externalId go, what was delivered about it is scrubbed, rewards that are not minted
 * are revoked; the ledger keeps the anonymous id. The first commit takes the identity: from then on the member counts
 * as absent, no log is taken for it any more, and its externalId is free for a new one. The rest follows in commits of
 * bounded size. Done when it resolves. After a failure or a crash in between call it again: it goes on.
 * @throws AppError NOT_FOUND for a member that does not exist or is erased already; STORE_BUSY, STORE_UNAVAILABLE
 */
export async function eraseMember(deps: EraseDeps, accountId: string, id: string): Promise<void> {
  const erasure = await begin(deps, accountId, id)
  await scrubItemsNaming(deps, erasure)
  await closeJourneys(deps, erasure)
  // only now is it certain that no more logs come
  await scrubDeliveriesOfLogs(deps, erasure)
  await end(deps.store, erasure)
}

/** Takes the identity, or finds that it was taken before and the rest is still to be done. */
async function begin({ store, clock }: EraseDeps, accountId: string, id: string): Promise<Row<'erasure'>> {
  let erasure: Row<'erasure'> | null = null
  await untilCommitted(store, `erasure of member ${id}`, async () => {
    const member = await findRow(store, 'member', accountId, id)
    erasure = await findRow(store, 'erasure', accountId, id)
    if (erasure !== null) return null
    if (member === null || isErased(member)) {
      throw new AppError('NOT_FOUND', 'There is no member by this id')
    }
    const now = clock.now()
    const { externalId } = member
    erasure = { id, accountId, createdAt: now, updatedAt: now, externalId }
    // purchases that wait would make the member anew
    const open = await openItemsNaming(store, accountId, externalId)
    return [
      withoutIdentity(member, now),
      ...open.map((item) => {
        const set = { ...afterErasure(item), updatedAt: now }
        return change('delivery_item', item, { status: item.status }, set)
      }),
      insert('erasure', erasure),
    ]
  })
  return erasure!
}

function withoutIdentity(member: Row<'member'>, now: number): Change {
  return revise('member', member, {
    externalId: erasedExternalId(member.id),
    firstName: null,
    lastName: null,
    email: null,
    phoneNumber: null,
    profileTimes: {},
    status: 'paused',
    updatedAt: now,
  })
}

/** Forgets the externalId. Somebody else who erased the same member may have been faster. */
async function end(store: Store, { id, accountId }: Row<'erasure'>): Promise<void> {
  await untilCommitted(store, `erasure of member ${id}`, async () => {
    const underWay = await findRow(store, 'erasure', accountId, id)
    return underWay === null ? null : [remove('erasure', underWay, {})]
  })
}
