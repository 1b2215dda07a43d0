import { findRow, untilCommitted } from '../commit/planned.ts'
import { change, remove } from '../ports/changes.ts'
import { all, equal } from '../ports/conditions.ts'
import { ERASED_PREFIX } from '../ports/schema/values.ts'
import type { Row } from '../ports/schema.ts'
import type { Store } from '../ports/store.ts'
import { type EraseDeps, erasedExternalId } from './erased.ts'

const MAX_ENDED = 200

/**
 * Forgets whom an erasure was about, sees to it that the store's files forget it too, and only then the erasure itself:
 * until then a repetition finds it.
 */
export async function endErasure({ store, clock }: EraseDeps, erasure: Row<'erasure'>): Promise<void> {
  const { id, accountId } = erasure
  await untilCommitted(store, `erasure ${id}`, async () => {
    const underWay = await findRow(store, 'erasure', accountId, id)
    const anonymous = erasedExternalId(id)
    // somebody else who erased the same member was faster
    if (underWay === null || underWay.externalId === anonymous) return null
    const set = { externalId: anonymous, emailIdentity: null, updatedAt: clock.now() }
    return [change('erasure', underWay, { externalId: underWay.externalId }, set)]
  })
  await purge(store, accountId)
}

/** Purges the store, and ends the erasures that needed nothing but that, whoever began them. */
export async function purge(store: Store, accountId: string): Promise<void> {
  const ended = await store.find('erasure', {
    where: all(equal({ accountId }), { field: 'externalId', op: 'startsWith', value: ERASED_PREFIX }),
    limit: MAX_ENDED,
  })
  await store.purge()
  await untilCommitted(store, 'ends of erasures', async () => {
    const keys = ended.map(({ id }) => [accountId, id])
    const left = await store.findByKeys('erasure', ['accountId', 'id'], keys)
    return left.length === 0 ? null : left.map((each) => remove('erasure', each, {}))
  })
}
