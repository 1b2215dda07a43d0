import { all, equal, present } from '../ports/conditions.ts'
import type { Row } from '../ports/schema.ts'
import type { Store } from '../ports/store.ts'
import type { Reading } from './reading.ts'

/** Of one order, which is told of a handful of times. */
const MAX_TOLD = 100

/** What a reading is to be held against. */
interface Asked {
  readonly accountId: string
  readonly orderId: string
  readonly platform: Row<'connector'>['platform']
  /** The connector's own shop. */
  readonly ownId: string
}

/**
 * Refunds, transactions and disputes say nothing of the shop that they are of, and the header that names it is not
 * signed: they are held against the shop of the order that they name, as bodies of the account's connectors have stated
 * it. Where nobody has, or the connector's own number is not known, there is nothing to hold them against. All other
 * readings stay as they are, and are given back at once. @throws AppError STORE_UNAVAILABLE
 */
export function heldAgainstOrder(
  store: Store,
  { accountId, platform, ownId }: Pick<Row<'connector'>, 'accountId' | 'platform' | 'ownId'>,
  reading: Reading,
): Reading | Promise<Reading> {
  const { translation } = reading
  const { orderId, shopNumber = null } = translation
  if (translation.kind !== 'reported' || shopNumber !== null || ownId === null || orderId === null) {
    return reading
  }
  return heldAgainst(store, { accountId, platform, ownId, orderId }, reading)
}

async function heldAgainst(
  store: Store,
  { accountId, platform, ownId, orderId }: Asked,
  reading: Reading,
): Promise<Reading> {
  const told = await store.find('delivery', {
    where: all(equal({ accountId, orderId, platform }), present('shopNumber')),
    omit: ['body', 'headers'],
    limit: MAX_TOLD,
  })
  if (told.length === 0 || told.some((each) => each.shopNumber === ownId)) return reading
  return { ...reading, translation: { kind: 'ignored', orderId, reason: 'SHOP_MISMATCH' } }
}
