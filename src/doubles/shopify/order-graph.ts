import { connectionOf, idOf, type PageArguments } from './connection.ts'
import { addressGraph, customerGraph, graphTime as time } from './customer-graph.ts'
import type { Caller } from './execute.ts'
import { gid } from './json-parts.ts'
import { toMinor } from './money.ts'
import {
  bothOf,
  financialStatusOf,
  type Line,
  type OrderRow,
  type Refund,
  sumsOf,
  type Transaction,
  unitsBack,
} from './order-book.ts'
import { searchOrders } from './search.ts'
import { grants } from './state.ts'

const ALL_ORDERS_DAYS = 60
const DAY_MS = 86_400_000

const timeOrNull = (at: number | null): string | null => (at === null ? null : time(at))

interface OrdersArguments extends PageArguments {
  readonly query?: string | null
  readonly sortKey?: string | null
}

const SORTS: Readonly<Record<string, (order: OrderRow) => number>> = {
  PROCESSED_AT: ({ processedAt }) => processedAt,
  CREATED_AT: ({ createdAt }) => createdAt,
  UPDATED_AT: ({ updatedAt }) => updatedAt,
  ORDER_NUMBER: ({ number }) => number,
  ID: ({ number }) => number,
}

/** `QueryRoot.orders`: of the last 60 days alone, unless all orders may be read. */
export function ordersOf(given: OrdersArguments, caller: Caller): object {
  const { fits, warnings } = searchOrders(given.query)
  if (warnings.length > 0) caller.search.push({ path: ['orders'], query: given.query, warnings })
  const sort = SORTS[given.sortKey ?? 'PROCESSED_AT'] ?? SORTS.PROCESSED_AT ?? (() => 0)
  const rows = visibleOrders(caller).filter(fits)
  rows.sort((a, b) => sort(a) - sort(b) || a.number - b.number)
  return connectionOf(rows, given, (order) => orderGraph(order, caller))
}

export function orderOf(id: string, caller: Caller): object | null {
  const digits = idOf(id, 'Order')
  const order = visibleOrders(caller).find((one) => one.id === digits)
  return order === undefined ? null : orderGraph(order, caller)
}

/** Of an order that may be read. */
export function refundOf(id: string, caller: Caller): object | null {
  const digits = idOf(id, 'Refund')
  for (const order of digits === null ? [] : visibleOrders(caller)) {
    const refund = order.refunds.find((one) => one.id === digits)
    if (refund !== undefined) return refundGraph(order, refund, caller)
  }
  return null
}

function visibleOrders({ world, shop, install }: Caller): OrderRow[] {
  const oldest = grants(install.scopes, 'read_all_orders') ? 0 : world.clock.now() - ALL_ORDERS_DAYS * DAY_MS
  return world.state.orders.all((order) => order.shop === shop.id && order.createdAt >= oldest)
}

function bag(order: OrderRow, amount: bigint | string): object {
  const { shop, presentment } = bothOf(order, amount)
  return {
    shopMoney: { amount: shop, currencyCode: order.currency },
    presentmentMoney: { amount: presentment, currencyCode: order.presentmentCurrency },
  }
}

export function orderGraph(order: OrderRow, caller: Caller): object {
  const { world, shop, app } = caller
  const sums = sumsOf(order)
  const maySee = app.customerData
  const customer = order.customerId === null ? undefined : world.state.customers.get(order.customerId)
  const address = maySee && order.countryCode !== null ? addressGraph(order.countryCode) : null
  const transactions = ({ first }: PageArguments): object[] =>
    order.transactions.slice(0, first ?? undefined).map((one) => transactionGraph(order, one, caller))
  return {
    __typename: 'Order',
    id: gid('Order', order.id),
    legacyResourceId: order.id,
    name: `#${order.number}`,
    number: order.number,
    test: order.test,
    confirmed: true,
    edited: false,
    closed: false,
    closedAt: null,
    createdAt: time(order.createdAt),
    updatedAt: time(order.updatedAt),
    processedAt: time(order.processedAt),
    cancelledAt: timeOrNull(order.cancelledAt),
    cancelReason: order.cancelReason?.toUpperCase() ?? null,
    currencyCode: order.currency,
    presentmentCurrencyCode: order.presentmentCurrency,
    taxesIncluded: order.taxesIncluded,
    displayFinancialStatus: financialStatusOf(order).toUpperCase(),
    displayFulfillmentStatus: 'UNFULFILLED',
    fullyPaid: sums.received >= sums.total,
    unpaid: sums.received === 0n,
    email: maySee ? order.email : null,
    phone: maySee ? order.phone : null,
    customerAcceptsMarketing: false,
    customerLocale: 'en',
    customer: customer === undefined ? null : customerGraph(customer, caller),
    billingAddress: address,
    shippingAddress: address,
    sourceName: order.sourceName,
    discountCode: order.discountCodes[0]?.code ?? null,
    discountCodes: order.discountCodes.map(({ code }) => code),
    note: null,
    tags: [],
    customAttributes: [],
    confirmationNumber: order.token.slice(0, 9).toUpperCase(),
    dutiesIncluded: false,
    currentTotalDutiesSet: null,
    originalTotalDutiesSet: null,
    shippingLine: order.shipping === null ? null : shippingGraph(order, order.shipping),
    shippingLines: (given: PageArguments) =>
      connectionOf(order.shipping === null ? [] : [order.shipping], given, (line) =>
        shippingGraph(order, line),
      ),
    paymentGatewayNames: order.transactions.length === 0 ? [] : [order.gateway],
    statusPageUrl: () =>
      `https://${shop.id}/${shop.number}/orders/${order.token}/authenticate?key=${order.token}`,
    originalTotalPriceSet: bag(order, sums.total),
    totalPriceSet: bag(order, sums.total),
    subtotalPriceSet: bag(order, sums.subtotal),
    totalTaxSet: bag(order, sums.tax),
    totalDiscountsSet: bag(order, sums.discounts),
    totalShippingPriceSet: bag(order, sums.shipping),
    totalTipReceivedSet: bag(order, order.tip),
    totalReceivedSet: bag(order, sums.received),
    totalRefundedSet: bag(order, sums.refunded),
    netPaymentSet: bag(order, sums.received - sums.refunded),
    currentTotalPriceSet: bag(order, sums.currentTotal),
    currentSubtotalPriceSet: bag(order, sums.currentSubtotal),
    currentTotalTaxSet: bag(order, sums.currentTax),
    totalOutstandingSet: bag(
      order,
      sums.currentTotal > sums.received - sums.refunded
        ? sums.currentTotal - sums.received + sums.refunded
        : 0n,
    ),
    subtotalLineItemsQuantity: order.lines.reduce((all, { quantity }) => all + quantity, 0),
    currentSubtotalLineItemsQuantity: order.lines.reduce(
      (all, line) => all + line.quantity - unitsBack(order, line.id),
      0,
    ),
    lineItems: (given: PageArguments) => connectionOf(order.lines, given, (line) => lineGraph(order, line)),
    transactions,
    refunds: ({ first }: PageArguments) =>
      order.refunds.slice(0, first ?? undefined).map((refund) => refundGraph(order, refund, caller)),
    disputes: () =>
      world.state.disputes
        .all()
        .filter(({ orderId }) => orderId === order.id)
        .map(({ id, type, status }) => ({
          id: gid('OrderDisputeSummary', id),
          initiatedAs: type.toUpperCase(),
          status: status.toUpperCase(),
        })),
  }
}

function shippingGraph(order: OrderRow, line: NonNullable<OrderRow['shipping']>): object {
  return {
    id: gid('ShippingLine', line.id),
    title: 'Standard',
    originalPriceSet: bag(order, line.price),
    discountedPriceSet: bag(order, line.price),
    taxLines: Number(line.tax) === 0 ? [] : [{ title: 'Tax', priceSet: bag(order, line.tax) }],
  }
}

function lineGraph(order: OrderRow, line: Line): object {
  const back = unitsBack(order, line.id)
  const total = toMinor(line.price, order.currency) * BigInt(line.quantity)
  const product =
    line.productId === null ? null : { id: gid('Product', line.productId), legacyResourceId: line.productId }
  return {
    id: gid('LineItem', line.id),
    name: line.title,
    title: line.title,
    sku: line.sku,
    quantity: line.quantity,
    currentQuantity: order.cancelledAt === null ? line.quantity - back : 0,
    refundableQuantity: line.quantity - back,
    isGiftCard: line.giftCard,
    requiresShipping: !line.giftCard,
    taxable: !line.giftCard,
    vendor: null,
    product,
    variant:
      line.variantId === null
        ? null
        : { id: gid('ProductVariant', line.variantId), legacyResourceId: line.variantId },
    originalUnitPriceSet: bag(order, line.price),
    originalTotalSet: bag(order, total),
    totalDiscountSet: bag(order, 0n),
    discountedTotalSet: () => bag(order, total),
    discountedUnitPriceSet: bag(order, line.price),
    discountAllocations:
      Number(line.discount) === 0 ? [] : [{ allocatedAmountSet: bag(order, line.discount) }],
    taxLines: () => (Number(line.tax) === 0 ? [] : [{ title: 'Tax', priceSet: bag(order, line.tax) }]),
  }
}

export function transactionGraph(order: OrderRow, one: Transaction, caller: Caller): object {
  return {
    id: gid('OrderTransaction', one.id),
    kind: one.kind.toUpperCase(),
    status: one.status.toUpperCase(),
    gateway: one.gateway,
    formattedGateway: one.gateway,
    test: order.test,
    createdAt: time(one.at),
    processedAt: time(one.at),
    manualPaymentGateway: one.gateway === 'manual',
    errorCode: null,
    paymentId: one.id,
    amountSet: bag(order, one.amount),
    order: () => orderGraph(order, caller),
    parentTransaction: () => {
      const parent = order.transactions.find(({ id }) => id === one.parentId)
      return parent === undefined ? null : transactionGraph(order, parent, caller)
    },
  }
}

function refundGraph(order: OrderRow, refund: Refund, caller: Caller): object {
  const mine = order.transactions.filter(({ id }) => refund.transactionIds.includes(id))
  const succeeded = sumsOf({ ...order, transactions: mine }).refunded
  return {
    __typename: 'Refund',
    id: gid('Refund', refund.id),
    legacyResourceId: refund.id,
    createdAt: time(refund.at),
    processedAt: time(refund.at),
    updatedAt: time(refund.at),
    note: refund.note,
    return: null,
    duties: [],
    totalRefundedSet: bag(order, succeeded),
    order: () => orderGraph(order, caller),
    transactions: (given: PageArguments) =>
      connectionOf(mine, given, (one) => transactionGraph(order, one, caller)),
    refundLineItems: (given: PageArguments) =>
      connectionOf(refund.lines, given, (part) => ({
        id: gid('RefundLineItem', part.id),
        quantity: part.quantity,
        restockType: part.restockType.toUpperCase(),
        restocked: part.restockType !== 'no_restock',
        subtotalSet: bag(order, part.subtotal),
        totalTaxSet: bag(order, part.tax),
        lineItem: () =>
          order.lines.filter(({ id }) => id === part.lineId).map((line) => lineGraph(order, line))[0],
      })),
    refundShippingLines: (given: PageArguments) =>
      connectionOf(refund.shipping === null ? [] : [refund.shipping], given, (part) => ({
        id: gid('RefundShippingLine', part.id),
        subtotalAmountSet: bag(order, part.amount),
        taxAmountSet: bag(order, part.tax),
      })),
    orderAdjustments: (given: PageArguments) =>
      connectionOf(refund.adjustment === null ? [] : [refund.adjustment], given, (part) => ({
        id: gid('OrderAdjustment', part.id),
        amountSet: bag(order, part.amount),
        taxAmountSet: bag(order, 0n),
        reason: 'REFUND_DISCREPANCY',
      })),
  }
}
