import { type Json, member } from '../json.ts'
import {
  decimalsOfAmount,
  type Purchase,
  readAmount,
  readCurrency,
  type SoldProduct,
  sumAmounts,
} from '../purchase.ts'
import { readBuyer, readId, readOrderName, readTime } from './order.ts'

/** Of a paid order; null where something that is needed cannot be read. */
export function readPurchase(
  order: Json | undefined,
  orderId: string,
  settings: Readonly<Record<string, unknown>>,
): Purchase | null {
  const activityAt = readTime(order, 'date_paid_gmt') ?? readTime(order, 'date_created_gmt')
  if (typeof activityAt !== 'number') return null
  const modifiedAt = readTime(order, 'date_modified_gmt')
  const lines = linesOf(order)
  const taxesIncluded = member(order, 'prices_include_tax') === true
  const ofGoods = lines?.flatMap((line) => {
    const total = readAmount(member(line, 'total'))
    return taxesIncluded ? [total, readAmount(member(line, 'total_tax'))] : [total]
  })
  return {
    ...readBuyer(order, settings),
    orderId,
    orderName: readOrderName(order),
    // refunds stand in the order itself
    references: [],
    activityAt,
    // WooCommerce knows no test orders
    isTest: false,
    currency: readCurrency(member(order, 'currency')),
    amounts: {
      order_total: readAmount(member(order, 'total')),
      order_subtotal: ofGoods === undefined ? { ok: false, reason: 'not_a_number' } : sumAmounts(ofGoods),
      item_count:
        lines === null
          ? { ok: false, reason: 'not_a_number' }
          : sumAmounts(lines.map((line) => readAmount(member(line, 'quantity')))),
    },
    // an order's refunds do not say of which lines they are
    lines: null,
    giftCardMoney: { ok: true, value: 0n },
    tags: null,
    products: lines?.map(productOf) ?? null,
    channel: channelOf(order),
    taxesIncluded,
    presented: null,
    decimals: decimalsOfAmount(member(order, 'total')),
    edits: [],
    profileAt: typeof modifiedAt === 'number' ? modifiedAt : activityAt,
  }
}

function linesOf(order: Json | undefined): readonly Json[] | null {
  const lines = member(order, 'line_items')
  return Array.isArray(lines) ? (lines as readonly Json[]) : null
}

function productOf(line: Json): SoldProduct {
  const sku = member(line, 'sku')
  const names = [
    readId(member(line, 'product_id')),
    readId(member(line, 'variation_id')),
    typeof sku === 'string' && sku.trim() !== '' ? sku : null,
  ]
  return { names: names.filter((name) => name !== null), isGiftCard: false }
}

/** `checkout`, `admin`, `rest-api`, `store-api`, or what a plugin calls itself. */
function channelOf(order: Json | undefined): string | null {
  const channel = member(order, 'created_via')
  return typeof channel === 'string' ? channel : null
}
