import type {
  RefundParts,
  RefundTransaction,
  ReportState,
  ReturnedLine,
} from '../../src/ports/schema/values.ts'
import { formatQuantity } from '../../src/streaks/quantity.ts'
import { ExactNumber, isAbsent, type Json, type MemberNames, member } from '../json.ts'
import { readAmount, readCurrency } from '../purchase.ts'
import { readReference, readShopifyId, type ShopifyType } from './ids.ts'
import { addMoney, MONEY_SET, MoneyReader } from './money.ts'

/** What is read of a refund, by itself or inside its order. */
export const REFUND_MEMBERS: MemberNames = {
  id: true,
  admin_graphql_api_id: true,
  order_id: true,
  transactions: {
    id: true,
    admin_graphql_api_id: true,
    kind: true,
    status: true,
    currency: true,
    amount: true,
  },
  refund_line_items: {
    line_item_id: true,
    line_item: { id: true, admin_graphql_api_id: true },
    quantity: true,
    restock_type: true,
    subtotal: true,
    total_tax: true,
    subtotal_set: MONEY_SET,
    total_tax_set: MONEY_SET,
  },
  refund_shipping_lines: { subtotal_amount_set: MONEY_SET, tax_amount_set: MONEY_SET },
  order_adjustments: {
    kind: true,
    amount: true,
    tax_amount: true,
    amount_set: MONEY_SET,
    tax_amount_set: MONEY_SET,
  },
  duties: { amount_set: MONEY_SET },
  total_duties_set: MONEY_SET,
}

const SHIPPING = 'shipping_refund'

/** The parts of a refund; null where one of them cannot be read. */
export function readParts(refund: Json | undefined, refundId: string): RefundParts | null {
  const reader = new MoneyReader()
  const lines = readLines(refund, reader)
  if (lines === null) return null
  const shipping = readShipping(refund, reader)
  const duties = readDuties(refund, reader)
  const others = listOf(refund, 'order_adjustments').filter((one) => member(one, 'kind') !== SHIPPING)
  const difference = addMoney(others.flatMap((one) => adjustment(one, reader)))
  const transactions = readPayments(refund, refundId)
  return reader.isReadable
    ? { transactions, lines, ...shipping, duties, difference, ...reader.currencies }
    : null
}

/** The payments by which a refund is paid out; `sale`, `void` and the like are none. */
export function paymentsOf(refund: Json | undefined): readonly Json[] {
  return listOf(refund, 'transactions').filter((one) => member(one, 'kind') === 'refund')
}

/** Shopify adds statuses as it goes: one that nobody has heard of has moved nothing yet. */
export function stateOfPayment(status: Json | undefined): ReportState {
  if (status === 'success') return 'taken'
  return status === 'failure' || status === 'error' ? 'given_back' : 'open'
}

/** The number of an object that stands with or without a gid; null where it has none that can be kept. */
export function numberOf(object: Json | undefined, type: ShopifyType): string | null {
  const id = readShopifyId(object, type)
  return id.kind === 'known' ? id.id : null
}

/** Those that have moved no money need not say how much it would have been. */
function readPayments(refund: Json | undefined, refundId: string): RefundTransaction[] {
  return paymentsOf(refund).map((one, place) => {
    const amount = readAmount(member(one, 'amount'))
    return {
      id: numberOf(one, 'OrderTransaction') ?? `${refundId}-${place}`,
      state: stateOfPayment(member(one, 'status')),
      amount: amount.ok ? formatQuantity(amount.value) : '0',
      currency: readCurrency(member(one, 'currency')),
    }
  })
}

function readLines(refund: Json | undefined, reader: MoneyReader): ReturnedLine[] | null {
  const lines: ReturnedLine[] = []
  for (const line of listOf(refund, 'refund_line_items')) {
    const quantity = member(line, 'quantity')
    if (!(quantity instanceof ExactNumber) || !/^\d{1,9}$/.test(quantity.digits)) return null
    lines.push({
      lineId: numberOf(member(line, 'line_item'), 'LineItem') ?? readReference(member(line, 'line_item_id')),
      units: Number(quantity.digits),
      amount: reader.read(member(line, 'subtotal_set'), member(line, 'subtotal')),
      tax: reader.read(member(line, 'total_tax_set'), member(line, 'total_tax')),
      isReturn: member(line, 'restock_type') === 'return',
    })
  }
  return lines
}

/** Newer bodies have lines for it; in older ones it is an adjustment, below 0. */
function readShipping(
  refund: Json | undefined,
  reader: MoneyReader,
): Pick<RefundParts, 'shipping' | 'shippingTax'> {
  const lines = listOf(refund, 'refund_shipping_lines')
  if (lines.length > 0) {
    return {
      shipping: addMoney(lines.map((one) => reader.read(member(one, 'subtotal_amount_set'), undefined))),
      shippingTax: addMoney(lines.map((one) => reader.read(member(one, 'tax_amount_set'), undefined))),
    }
  }
  const older = listOf(refund, 'order_adjustments').filter((one) => member(one, 'kind') === SHIPPING)
  const of = (name: string) =>
    addMoney(
      older.map((one) => reader.read(member(one, `${name}_set`), member(one, name))),
      -1n,
    )
  return { shipping: of('amount'), shippingTax: of('tax_amount') }
}

function readDuties(refund: Json | undefined, reader: MoneyReader): RefundParts['duties'] {
  const whole = member(refund, 'total_duties_set')
  if (!isAbsent(whole)) return reader.read(whole, undefined)
  return addMoney(listOf(refund, 'duties').map((one) => reader.read(member(one, 'amount_set'), undefined)))
}

function adjustment(one: Json, reader: MoneyReader): RefundParts['difference'][] {
  return ['amount', 'tax_amount'].map((name) => reader.read(member(one, `${name}_set`), member(one, name)))
}

export function listOf(object: Json | undefined, name: string): readonly Json[] {
  const value = member(object, name)
  return Array.isArray(value) ? value : []
}
