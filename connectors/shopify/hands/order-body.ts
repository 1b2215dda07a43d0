import { formatQuantity, parseQuantity } from '../../../src/streaks/quantity.ts'
import {
  type GraphDispute,
  type GraphLine,
  type GraphOrder,
  type GraphRefund,
  type Money,
  numberIn,
} from './graph-order.ts'

/**
 * Orders that are read are written as webhooks tell them, so that one translator reads both: names of REST, lower case,
 * numbers for ids. Only what the translator reads is written, and nothing is reckoned.
 */
export function orderBody(
  order: GraphOrder,
  lines: readonly GraphLine[],
  refunds: readonly GraphRefund[],
): Uint8Array {
  const { customer } = order
  return written({
    ...named(order.id),
    name: order.name,
    test: order.test,
    tags: order.tags.join(', '),
    source_name: order.sourceName,
    discount_codes: order.discountCodes.map((code) => ({ code })),
    order_status_url: order.statusPageUrl,
    created_at: order.createdAt,
    processed_at: order.processedAt,
    updated_at: order.updatedAt,
    cancelled_at: order.cancelledAt,
    financial_status: order.displayFinancialStatus?.toLowerCase() ?? null,
    currency: order.currencyCode,
    taxes_included: order.taxesIncluded,
    email: order.email,
    contact_email: order.email,
    phone: order.phone,
    ...plainAndSet('total_price', order.totalPriceSet),
    ...(order.subtotalPriceSet === null ? {} : plainAndSet('subtotal_price', order.subtotalPriceSet)),
    customer:
      customer === null
        ? null
        : {
            ...named(customer.id),
            first_name: customer.firstName,
            last_name: customer.lastName,
            email: customer.defaultEmailAddress?.emailAddress ?? null,
            phone: customer.defaultPhoneNumber?.phoneNumber ?? null,
            default_address: address(customer.defaultAddress),
          },
    billing_address: address(order.billingAddress),
    shipping_address: address(order.shippingAddress),
    line_items: lines.map(lineBody),
    refunds: refunds.map((refund) => refundBody(order, refund)),
  })
}

/** The body of `disputes/update`. */
export function disputeBody(order: GraphOrder, dispute: GraphDispute): Uint8Array {
  return written({
    id: numeral(dispute.legacyResourceId),
    order_id: numeral(numberIn(order.id)),
    type: dispute.type.toLowerCase(),
    status: dispute.status.toLowerCase(),
    amount: dispute.amount.amount,
    currency: dispute.amount.currencyCode,
    initiated_at: dispute.initiatedAt,
  })
}

function lineBody(line: GraphLine): object {
  return {
    ...named(line.id),
    quantity: line.quantity,
    current_quantity: line.currentQuantity,
    gift_card: line.isGiftCard,
    sku: line.sku,
    product_id: line.product == null ? null : numeral(numberIn(line.product.id)),
    variant_id: line.variant == null ? null : numeral(numberIn(line.variant.id)),
    ...plainAndSet('price', line.originalUnitPriceSet),
    discount_allocations: line.discountAllocations.map(({ allocatedAmountSet: set }) =>
      plainAndSet('amount', set),
    ),
  }
}

function refundBody(order: GraphOrder, refund: GraphRefund): object {
  const duties = refund.duties ?? []
  return {
    ...named(refund.id),
    order_id: numeral(numberIn(order.id)),
    transactions: refund.transactions.nodes.map(({ id, kind, status, amountSet: { presentmentMoney } }) => ({
      ...named(id),
      kind: kind.toLowerCase(),
      status: status.toLowerCase(),
      amount: digitsOf(presentmentMoney),
      currency: presentmentMoney.currencyCode,
    })),
    refund_line_items: refund.refundLineItems.nodes.map((line) => ({
      line_item_id: numeral(numberIn(line.lineItem.id)),
      line_item: named(line.lineItem.id),
      quantity: line.quantity,
      restock_type: line.restockType.toLowerCase(),
      ...plainAndSet('subtotal', line.subtotalSet),
      ...plainAndSet('total_tax', line.totalTaxSet),
    })),
    refund_shipping_lines: refund.refundShippingLines.nodes.map((line) => ({
      subtotal_amount_set: setOf(line.subtotalAmountSet),
      tax_amount_set: setOf(line.taxAmountSet),
    })),
    // GraphQL tells shipping apart, and of adjustments only what differs
    order_adjustments: refund.orderAdjustments.nodes.map((one) => ({
      kind: 'refund_discrepancy',
      ...plainAndSet('amount', one.amountSet),
      ...plainAndSet('tax_amount', one.taxAmountSet),
    })),
    duties: duties.map(({ amountSet }) => ({ amount_set: setOf(amountSet) })),
    // REST states their sum always
    ...(duties.length === 0 ? { total_duties_set: setOf(noMoney(order)) } : {}),
  }
}

function named(gid: string): object {
  return { id: numeral(numberIn(gid)), admin_graphql_api_id: gid }
}

function address(given: { readonly countryCodeV2: string | null } | null): object | null {
  return given === null ? null : { country_code: given.countryCodeV2 }
}

function plainAndSet(name: string, money: Money): Record<string, unknown> {
  return { [name]: digitsOf(money.shopMoney), [`${name}_set`]: setOf(money) }
}

function setOf({ shopMoney, presentmentMoney }: Money): object {
  return {
    shop_money: { amount: digitsOf(shopMoney), currency_code: shopMoney.currencyCode },
    presentment_money: { amount: digitsOf(presentmentMoney), currency_code: presentmentMoney.currencyCode },
  }
}

function noMoney({ totalPriceSet: { shopMoney, presentmentMoney } }: GraphOrder): Money {
  return { shopMoney: { ...shopMoney, amount: '0' }, presentmentMoney: { ...presentmentMoney, amount: '0' } }
}

/**
 * GraphQL writes `25.0` where REST writes `25.00`, and the decimals of an order's total are what its refunds are rounded
 * to: amounts are written with as many as the currency has, and with more where more are there.
 */
function digitsOf({ amount, currencyCode }: Money['shopMoney']): string {
  const isNegative = amount.startsWith('-')
  const parsed = parseQuantity(isNegative ? amount.slice(1) : amount)
  if (!parsed.ok) return amount
  const [whole = '0', fraction = ''] = formatQuantity(parsed.value).split('.')
  const decimals = Math.max(fraction.length, decimalsOf(currencyCode))
  const plain = decimals === 0 ? whole : `${whole}.${fraction.padEnd(decimals, '0')}`
  return isNegative ? `-${plain}` : plain
}

function decimalsOf(currency: string): number {
  // beside the coins of ISO 4217 there are others, with longer names
  if (!/^[A-Z]{3}$/.test(currency)) return 2
  const { maximumFractionDigits } = new Intl.NumberFormat('en', {
    style: 'currency',
    currency,
  }).resolvedOptions()
  return maximumFractionDigits ?? 2
}

/** A number of any length, written as it is. */
function numeral(digits: string): object {
  return (JSON as unknown as { rawJSON(text: string): object }).rawJSON(digits)
}

function written(body: object): Uint8Array {
  return Buffer.from(JSON.stringify(body))
}
