import { untilCommitted } from '../commit/planned.ts'
import { AppError } from '../errors.ts'
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
  let erasure: Row<'erasure'> | undefined
  await untilCommitted(store, `erasure of member ${id}`, async () => {
    const [member] = await store.findByKeys('member', ['accountId', 'id'], [[accountId, id]])
    const [underWay] = await store.findByKeys('erasure', ['accountId', 'id'], [[accountId, id]])
    erasure = underWay
    if (erasure !== undefined) return null
    if (member === undefined || isErased(member)) {
      throw new AppError('NOT_FOUND', 'There is no member by this id')
    }
    const now = clock.now()
    const { externalId } = member
    erasure = { id, accountId, createdAt: now, updatedAt: now, externalId }
    // purchases that wait would make the member anew
    const open = await openItemsNaming(store, accountId, externalId)
    return [
      withoutIdentity(member, now),
      ...open.map((item): Change => {
        const guard = { status: item.status }
        const set = { ...afterErasure(item), updatedAt: now }
        return { op: 'update', collection: 'delivery_item', id: item.id, accountId, guard, set }
      }),
      { op: 'insert', collection: 'erasure', row: erasure },
    ]
  })
  return erasure!
}

function withoutIdentity({ id, accountId, revision }: Row<'member'>, now: number): Change {
  return {
    op: 'update',
    collection: 'member',
    id,
    accountId,
    guard: { revision },
    set: {
      externalId: erasedExternalId(id),
      firstName: null,
      lastName: null,
      email: null,
      phoneNumber: null,
      profileTimes: {},
      status: 'paused',
      revision: revision + 1,
      updatedAt: now,
    },
  }
}

/** Forgets the externalId. Somebody else who erased the same member may have been faster. */
async function end(store: Store, { id, accountId }: Row<'erasure'>): Promise<void> {
  await untilCommitted(store, `erasure of member ${id}`, async () => {
    const [underWay] = await store.findByKeys('erasure', ['accountId', 'id'], [[accountId, id]])
    return underWay === undefined ? null : [{ op: 'delete', collection: 'erasure', id, accountId }]
  })
}
