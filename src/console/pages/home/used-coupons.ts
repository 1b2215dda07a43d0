import type { OrderExplained } from '../../../client/schema.ts'
import { request } from '../../api/request.ts'
import { addUp, type Paid, type Used, type UsedSums } from '../../words/used-coupons.ts'

/** How many orders are asked for at once. */
const TOGETHER = 5

/**
 * What used coupons cost and brought, by the orders that named them.
 * @param tell how many were looked up. @throws Failure
 */
export async function sumsOf(
  used: readonly Used[],
  signal: AbortSignal,
  tell: (looked: number) => void,
): Promise<UsedSums> {
  const ids = [...new Set(used.flatMap(({ redeemedOrderId }) => redeemedOrderId ?? []))]
  const paid = new Map<string, Paid | null>()
  for (let from = 0; from < ids.length; from += TOGETHER) {
    const some = ids.slice(from, from + TOGETHER)
    await Promise.all(some.map(async (id) => paid.set(id, await paidFor(id, signal))))
    tell(Math.min(used.length, from + TOGETHER))
  }
  return addUp(used, paid)
}

async function paidFor(orderId: string, signal: AbortSignal): Promise<Paid | null> {
  const query = new URLSearchParams({ orderId })
  const path = `/schema/delivery/explain?${query}`
  const { data } = await request<{ data: OrderExplained }>('GET', path, undefined, { signal })
  const { order } = data
  return order === null || order.total === null || order.currency === null
    ? null
    : { total: order.total, currency: order.currency }
}
