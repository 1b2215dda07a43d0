import { commitPlanned } from '../commit/planned.ts'
import { change, remove } from '../ports/changes.ts'
import { isIdentityOnly } from '../ports/schema/values.ts'
import type { Change } from '../ports/store.ts'
import { afterErasure } from './erase-deliveries.ts'
import type { EraseDeps } from './erased.ts'
import { itemsIn } from './items-in.ts'

const PER_COMMIT = 50

/**
 * Takes away what was sent with these deliveries and whom it named; what became of them stays, and so do the members
 * whose logs they made. In commits of bounded size; idempotent.
 * @throws AppError STORE_BUSY, STORE_UNAVAILABLE
 */
export async function scrubBodies(
  { store, clock }: EraseDeps,
  accountId: string,
  deliveryIds: readonly string[],
): Promise<void> {
  for (let from = 0; from < deliveryIds.length; from += PER_COMMIT) {
    const some = new Set(deliveryIds.slice(from, from + PER_COMMIT))
    await commitPlanned(store, async () => {
      const updatedAt = clock.now()
      const raw = {
        body: null,
        bodyKeptSince: null,
        headers: {},
        orderName: null,
        orderNameKey: null,
        updatedAt,
      }
      const items = await itemsIn(store, { accountId }, some)
      const changes: Change[] = [...some].map((id) => change('delivery', { id, accountId }, {}, raw))
      for (const item of items) {
        if (isIdentityOnly(item)) changes.push(remove('delivery_item', item, {}))
        else {
          const { status, activity: told } = item
          const activity = told === null ? null : { ...told, externalId: NOBODY, profile: {} }
          const set = { ...afterErasure(item), activity, externalId: null, addressIdentity: null, updatedAt }
          changes.push(change('delivery_item', item, { status }, set))
        }
      }
      return { changes, result: undefined }
    })
  }
}

/** Stands where a name was: nobody can be called so. */
const NOBODY = 'erased:'
