import type { SoldLine } from '../../src/ports/schema/values.ts'
import { type ParsedQuantity, parseQuantity, wholeQuantity } from '../../src/streaks/quantity.ts'
import { ExactNumber, isAbsent, type Json, member } from '../json.ts'
import { readAmount, type SoldProduct, sumAmounts } from '../purchase.ts'
import type { StatedReport } from '../report.ts'
import { readReference } from './ids.ts'
import { listOf, numberOf } from './refund-parts.ts'

/** What an order's lines come to. */
export interface Sold {
  readonly lines: readonly SoldLine[]
  /** What the gift cards among them cost. */
  readonly giftCardMoney: ParsedQuantity
  readonly products: readonly SoldProduct[]
}

const NOT_A_NUMBER: ParsedQuantity = { ok: false, reason: 'not_a_number' }

/**
 * The lines of an order as they were sold: what an edit took out before is none, and what the same body already lists
 * as returned was. null where a line does not say how much of it.
 */
export function readSold(order: Json | undefined, refunds: readonly StatedReport[]): Sold | null {
  const list = member(order, 'line_items')
  if (!Array.isArray(list)) return null
  const returned = returnedUnits(refunds)
  const lines: SoldLine[] = []
  const giftCards: ParsedQuantity[] = []
  const products: SoldProduct[] = []
  for (const line of list as readonly Json[]) {
    const lineId = numberOf(line, 'LineItem')
    const units = unitsOf(line, lineId === null ? 0 : (returned.get(lineId) ?? 0))
    if (units === null) return null
    const isGiftCard = member(line, 'gift_card') === true
    lines.push({ lineId, units, isGiftCard })
    if (units > 0) products.push({ names: namesOf(line), isGiftCard })
    if (isGiftCard && units > 0) giftCards.push(moneyOf(line, units))
  }
  return { lines, giftCardMoney: sumAmounts(giftCards), products }
}

/** A product and a variant by their numbers and by their gids, as the Admin API calls them; and the SKU. */
function namesOf(line: Json): string[] {
  const names: string[] = []
  const product = readReference(member(line, 'product_id'))
  if (product !== null) names.push(product, `gid://shopify/Product/${product}`)
  const variant = readReference(member(line, 'variant_id'))
  if (variant !== null) names.push(variant, `gid://shopify/ProductVariant/${variant}`)
  const sku = member(line, 'sku')
  if (typeof sku === 'string' && sku.trim() !== '') names.push(sku)
  return names
}

function unitsOf(line: Json, returned: number): number | null {
  const ordered = wholeOf(member(line, 'quantity'))
  const stated = member(line, 'current_quantity')
  const current = isAbsent(stated) ? ordered : wholeOf(stated)
  return ordered === null || current === null ? null : Math.min(ordered, current + returned)
}

function wholeOf(value: Json | undefined): number | null {
  return value instanceof ExactNumber && /^\d{1,15}$/.test(value.digits) ? Number(value.digits) : null
}

/** Units that refunds with money took out, and free ones that came back: they had been sold. */
function returnedUnits(refunds: readonly StatedReport[]): ReadonlyMap<string, number> {
  const units = new Map<string, number>()
  for (const { parts } of refunds) {
    const hasMoney = parts !== undefined && parts.transactions.length > 0
    for (const { lineId, units: more, amount, isReturn } of parts?.lines ?? []) {
      if (lineId === null || !(hasMoney || (isReturn && amount.shop === '0'))) continue
      units.set(lineId, (units.get(lineId) ?? 0) + more)
    }
  }
  return units
}

/** What is allocated to a line of all discounts is its own; older bodies only state the line's. */
function moneyOf(line: Json, units: number): ParsedQuantity {
  const price = readAmount(member(line, 'price'))
  const list = member(line, 'discount_allocations')
  const whole = member(line, 'total_discount')
  const discount = Array.isArray(list)
    ? sumAmounts(listOf(line, 'discount_allocations').map((one) => readAmount(member(one, 'amount'))))
    : isAbsent(whole)
      ? parseQuantity('0')
      : readAmount(whole)
  if (!price.ok || !discount.ok) return price.ok ? discount : price
  const money = (price.value * wholeQuantity(units)) / wholeQuantity(1) - discount.value
  return money < 0n ? parseQuantity('0') : { ok: true, value: money }
}

/** How many units these lines have together. */
export function countUnits(lines: readonly SoldLine[] | null): ParsedQuantity {
  if (lines === null) return NOT_A_NUMBER
  return parseQuantity(lines.reduce((sum, { units }) => sum + BigInt(units), 0n).toString())
}
