import type { RewardLog } from '../../client/schema.ts'

export type Used = Pick<RewardLog, 'id' | 'reward' | 'redeemedOrderId'>

export interface CurrencySum {
  readonly currency: string
  /** What was taken off; reckoned back from what was paid where coupons are a percentage. */
  readonly cost: number
  readonly isEstimate: boolean
  /** Totals of the orders. */
  readonly brought: number
}

export interface UsedSums {
  readonly looked: number
  /** Those whose order, or its total, is not known. */
  readonly unknown: number
  readonly byCurrency: readonly CurrencySum[]
}

export interface Paid {
  readonly total: number
  readonly currency: string
}

/** What used coupons cost and brought. @param paid by order; null, or nothing, where nobody knows */
export function addUp(used: readonly Used[], paid: ReadonlyMap<string, Paid | null>): UsedSums {
  const sums = new Map<string, { cost: number; isEstimate: boolean; brought: number }>()
  const sumIn = (currency: string) => {
    const sum = sums.get(currency) ?? { cost: 0, isEstimate: false, brought: 0 }
    sums.set(currency, sum)
    return sum
  }
  // an order that names two coupons was paid once
  const counted = new Set<string>()
  let unknown = 0
  for (const { reward, redeemedOrderId } of used) {
    const order = redeemedOrderId === null ? null : (paid.get(redeemedOrderId) ?? null)
    const discount = reward?.discount
    if (discount !== undefined && 'amount' in discount) sumIn(discount.currency).cost += discount.amount
    if (order === null || redeemedOrderId === null) {
      unknown += 1
      continue
    }
    const sum = sumIn(order.currency)
    if (!counted.has(redeemedOrderId)) sum.brought += order.total
    counted.add(redeemedOrderId)
    if (discount === undefined || !('percentage' in discount) || discount.percentage >= 100) continue
    sum.cost += (order.total * discount.percentage) / (100 - discount.percentage)
    sum.isEstimate = true
  }
  const byCurrency = [...sums].map(([currency, sum]) => ({ currency, ...sum }))
  return { looked: used.length, unknown, byCurrency }
}
