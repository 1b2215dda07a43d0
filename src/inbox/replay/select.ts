import { AppError } from '../../errors.ts'
import { all, atLeast, below, beyond, equal } from '../../ports/conditions.ts'
import type { Row } from '../../ports/schema.ts'
import type { Store } from '../../ports/store.ts'
import { itemsOf } from '../items-of.ts'
import type { ReplayFilter } from './types.ts'

export type Seen = Omit<Row<'delivery'>, 'body' | 'headers'>

/** The last delivery that was looked at. */
interface Cursor {
  readonly createdAt: number
  readonly id: string
}

const UUID = /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/

/** Deliveries of a filter, the newest first: of two profiles that fill the same blank the newer one then does. */
export function findDeliveries(
  store: Store,
  accountId: string,
  filter: ReplayFilter,
  cursor: string | null,
  limit: number,
): Promise<Seen[]> {
  const { connectorId, orderId, receivedFrom, receivedTo } = filter
  return store.find('delivery', {
    // a delivery is created when it is received; `createdAt` is the field that the indexes have
    where: all(
      equal({ accountId }),
      connectorId === undefined ? null : equal({ connectorId }),
      orderId === undefined ? null : equal({ orderId }),
      receivedFrom === undefined ? null : atLeast('createdAt', receivedFrom),
      receivedTo === undefined ? null : below('createdAt', receivedTo),
      cursor === null ? null : beyond('createdAt', 'desc', readCursor(cursor)),
    ),
    sort: [
      { field: 'createdAt', order: 'desc' },
      { field: 'id', order: 'asc' },
    ],
    limit,
    omit: ['body', 'headers'],
  })
}

export function cursorAt({ createdAt, id }: Seen): string {
  return Buffer.from(`${createdAt} ${id}`).toString('base64url')
}

/** @throws AppError INVALID_INPUT when no page ended with it */
function readCursor(cursor: string): Cursor {
  const [createdAt, id = ''] = Buffer.from(cursor, 'base64url').toString('utf8').split(' ')
  if (/^\d{1,15}$/.test(createdAt ?? '') && UUID.test(id)) return { createdAt: Number(createdAt), id }
  const message = 'must be the `next` of an earlier answer'
  throw new AppError('INVALID_INPUT', `cursor ${message}`, { details: [{ path: 'cursor', message }] })
}

/** Those of which the filter names what became of them. */
export async function withItems(
  store: Store,
  accountId: string,
  deliveries: readonly Seen[],
  { itemStatus, reason }: ReplayFilter,
): Promise<Seen[]> {
  if (deliveries.length === 0 || (itemStatus === undefined && reason === undefined)) return [...deliveries]
  const ids = deliveries.map(({ id }) => id)
  const byDelivery = await itemsOf(store, accountId, ids)
  const isNamed = (status: string, why: string | null) =>
    (itemStatus === undefined || status === itemStatus) && (reason === undefined || why === reason)
  return deliveries.filter((delivery) => {
    const own = byDelivery.get(delivery.id)
    if (own === undefined) return isNamed(delivery.outcome, delivery.reason)
    return own.some((item) => isNamed(item.status, item.reason))
  })
}
