import { fromMinor, present, toMinor } from './money.ts'

export interface Line {
  readonly id: string
  readonly title: string
  readonly sku: string | null
  readonly productId: string | null
  readonly variantId: string | null
  readonly quantity: number
  /** Of one unit, in the shop's currency. */
  readonly price: string
  readonly giftCard: boolean
  /** Of all units: what discounts took off, and the tax on what is left. */
  readonly discount: string
  readonly tax: string
}

export interface Transaction {
  readonly id: string
  readonly kind: 'sale' | 'authorization' | 'capture' | 'refund' | 'void'
  readonly status: 'success' | 'pending' | 'failure' | 'error'
  /** In the shop's currency. */
  readonly amount: string
  readonly gateway: string
  readonly parentId: string | null
  readonly at: number
}

export interface RefundLine {
  readonly id: string
  readonly lineId: string
  readonly quantity: number
  readonly restockType: 'no_restock' | 'cancel' | 'return' | 'legacy_restock'
  readonly subtotal: string
  readonly tax: string
}

export interface Refund {
  readonly id: string
  readonly at: number
  readonly note: string | null
  readonly lines: readonly RefundLine[]
  /** null where no shipping went back. */
  readonly shipping: { readonly id: string; readonly amount: string; readonly tax: string } | null
  /** What went back beyond, or short of, its parts. */
  readonly adjustment: { readonly id: string; readonly amount: string } | null
  readonly transactionIds: readonly string[]
}

export interface OrderRow {
  readonly id: string
  readonly shop: string
  readonly number: number
  readonly createdAt: number
  readonly updatedAt: number
  readonly processedAt: number
  readonly cancelledAt: number | null
  readonly cancelReason: string | null
  readonly test: boolean
  readonly currency: string
  readonly presentmentCurrency: string
  /** Presented units for one of the shop's. */
  readonly rate: number
  readonly taxesIncluded: boolean
  readonly customerId: string | null
  readonly email: string | null
  readonly phone: string | null
  readonly countryCode: string | null
  readonly lines: readonly Line[]
  readonly shipping: { readonly id: string; readonly price: string; readonly tax: string } | null
  readonly tip: string
  readonly discountCodes: readonly { readonly code: string; readonly amount: string; readonly type: string }[]
  readonly transactions: readonly Transaction[]
  readonly refunds: readonly Refund[]
  readonly sourceName: string
  readonly gateway: string
  readonly token: string
}

/** Amounts of an order in the shop's currency, in minor units. */
export interface Sums {
  readonly goods: bigint
  readonly discounts: bigint
  readonly tax: bigint
  readonly shipping: bigint
  readonly subtotal: bigint
  readonly total: bigint
  readonly received: bigint
  readonly refunded: bigint
  readonly authorized: boolean
  readonly currentSubtotal: bigint
  readonly currentTotal: bigint
  readonly currentTax: bigint
}

const sum = (amounts: readonly bigint[]): bigint => amounts.reduce((all, one) => all + one, 0n)

export function sumsOf(order: OrderRow): Sums {
  const minor = (text: string): bigint => toMinor(text, order.currency)
  const goods = sum(order.lines.map(({ price, quantity }) => minor(price) * BigInt(quantity)))
  const discounts = sum(order.lines.map(({ discount }) => minor(discount)))
  const lineTax = sum(order.lines.map(({ tax }) => minor(tax)))
  const shippingTax = minor(order.shipping?.tax ?? '0')
  const shipping = minor(order.shipping?.price ?? '0')
  const tax = lineTax + shippingTax
  const subtotal = goods - discounts
  const total = subtotal + shipping + (order.taxesIncluded ? 0n : tax) + minor(order.tip)
  const moved = (kinds: readonly string[], status = 'success'): bigint =>
    sum(
      order.transactions
        .filter((one) => kinds.includes(one.kind) && one.status === status)
        .map(({ amount }) => minor(amount)),
    )
  const back = sum(order.refunds.flatMap(({ lines }) => lines.map(({ subtotal: part }) => minor(part))))
  const taxBack = sum(
    order.refunds.flatMap(({ lines, shipping: part }) => [
      ...lines.map((line) => minor(line.tax)),
      minor(part?.tax ?? '0'),
    ]),
  )
  const shippingBack = sum(order.refunds.map((refund) => minor(refund.shipping?.amount ?? '0')))
  const cancelled = order.cancelledAt !== null
  const currentTotal = total - back - shippingBack - (order.taxesIncluded ? 0n : taxBack)
  return {
    goods,
    discounts,
    tax,
    shipping,
    subtotal,
    total,
    received: moved(['sale', 'capture']),
    refunded: moved(['refund']),
    authorized: moved(['authorization']) > 0n,
    currentSubtotal: cancelled ? 0n : subtotal - back,
    currentTotal: cancelled ? 0n : currentTotal,
    currentTax: cancelled ? 0n : tax - taxBack,
  }
}

/** As in a webhook: lower case. */
export function financialStatusOf(order: OrderRow): string {
  const { total, received, refunded, authorized } = sumsOf(order)
  if (received > 0n && refunded >= received) return 'refunded'
  if (refunded > 0n) return 'partially_refunded'
  if (received >= total && (received > 0n || total === 0n))
    return order.cancelledAt === null || received > 0n ? 'paid' : 'voided'
  if (order.cancelledAt !== null) return 'voided'
  if (received > 0n) return 'partially_paid'
  return authorized ? 'authorized' : 'pending'
}

/** Units of a line that came back, or were taken out by an edit. */
export function unitsBack(order: OrderRow, lineId: string): number {
  const lines = order.refunds.flatMap(({ lines: parts }) => parts)
  return lines.filter((line) => line.lineId === lineId).reduce((all, { quantity }) => all + quantity, 0)
}

export interface MoneySet {
  readonly shop: string
  readonly presentment: string
}

/** An amount in the shop's currency and in the shopper's. */
export function bothOf(order: OrderRow, amount: bigint | string): MoneySet {
  const { currency, presentmentCurrency, rate } = order
  const minor = typeof amount === 'bigint' ? amount : toMinor(amount, currency)
  return {
    shop: fromMinor(minor, currency),
    presentment: fromMinor(present(minor, currency, presentmentCurrency, rate), presentmentCurrency),
  }
}
