import { randomBytes } from 'node:crypto'
import type { z } from 'zod'
import { ControlFault } from '../parts/control.ts'
import { findByCode } from './discount-faults.ts'
import { statusOf } from './discounts.ts'
import { type manyShape, orderShape } from './merchant-shapes.ts'
import { fromMinor, toMinor } from './money.ts'
import { financialStatusOf, type OrderRow, sumsOf, type Transaction } from './order-book.ts'
import { orderJson, type Seen } from './order-json.ts'
import { transactionJson } from './refund-json.ts'
import type { App, Customer, Shop } from './state.ts'
import type { World } from './world.ts'

export function shopOf({ state }: World, given: string | undefined): Shop {
  const shop = given === undefined ? state.shops.all()[0] : state.shops.get(given)
  if (shop === undefined) throw new ControlFault(`there is no shop ${given ?? ''}`)
  return shop
}

export function orderRowOf({ state }: World, id: string): OrderRow {
  const byName = (row: OrderRow): boolean => `#${row.number}` === id || String(row.number) === id
  const order = state.orders.get(id) ?? state.orders.find(byName)
  if (order === undefined) throw new ControlFault(`there is no order ${id}`)
  return order
}

export function seenBy(world: World, order: OrderRow, app: App): Seen {
  const customer = order.customerId === null ? undefined : world.state.customers.get(order.customerId)
  return { shop: shopOf(world, order.shop), customer: customer ?? null, customerData: app.customerData }
}

/** Tells of an order by one of the topics whose body is an order. */
export function tell(world: World, order: OrderRow, ...topics: string[]): void {
  const shop = shopOf(world, order.shop)
  for (const topic of topics) world.emit(shop, topic, (app) => orderJson(order, seenBy(world, order, app)))
}

export function bodyOfOrder(world: World, order: OrderRow): object {
  const app = world.state.apps.all()[0]
  if (app === undefined) throw new ControlFault('there is no app')
  return orderJson(order, seenBy(world, order, app))
}

export function placeOrder(world: World, given: z.infer<typeof orderShape>): OrderRow {
  const { state, clock } = world
  const shop = shopOf(world, given.shop)
  const now = clock.now()
  const currency = given.currency ?? shop.currency
  const at = (text: string | undefined, other: number): number =>
    text === undefined ? other : Date.parse(text)
  const id = given.id ?? state.newId()
  if (state.orders.get(id) !== undefined) throw new ControlFault(`there is an order ${id} already`)
  const customer = given.customer === null ? null : keepCustomer(world, shop, given.customer)
  const createdAt = at(given.createdAt, at(given.processedAt, now))
  const order: OrderRow = {
    id,
    shop: shop.id,
    number: state.newOrderNumber(shop.id),
    createdAt,
    updatedAt: now,
    processedAt: at(given.processedAt, createdAt),
    cancelledAt: null,
    cancelReason: null,
    test: given.test,
    currency,
    presentmentCurrency: given.presentmentCurrency ?? currency,
    rate: given.rate,
    taxesIncluded: given.taxesIncluded,
    customerId: customer?.id ?? null,
    email: given.email ?? customer?.email ?? null,
    phone: given.phone,
    countryCode: given.countryCode,
    lines: given.lines.map((line) => ({ id: state.newId(), ...line })),
    shipping: given.shipping === null ? null : { id: state.newId(), ...given.shipping },
    tip: given.tip,
    discountCodes: [],
    transactions: [],
    refunds: [],
    sourceName: given.sourceName,
    gateway: given.gateway,
    token: randomBytes(16).toString('hex'),
  }
  // what is bought decides whether the checkout takes a code
  const discountCodes = given.discountCodes.map((code) => redeem(world, shop, order, code))
  const row = state.orders.put({
    ...order,
    discountCodes,
    transactions: paymentOf(world, order, given.payment),
  })
  if (!given.tell) return row
  tell(world, row, 'ORDERS_CREATE')
  if (financialStatusOf(row) === 'paid') tell(world, row, 'ORDERS_PAID')
  tell(world, row, 'ORDERS_UPDATED')
  for (const one of row.transactions) tellTransaction(world, row, one)
  return row
}

/** A past: orders that lie so far apart, by as many buyers as there are; no webhook tells of them. */
export function placeMany(world: World, given: z.infer<typeof manyShape>): OrderRow[] {
  const from = Date.parse(given.from)
  return Array.from({ length: given.count }, (_, index) => {
    const createdAt = new Date(from + index * given.everySeconds * 1_000).toISOString()
    return placeOrder(world, orderShape.parse({ createdAt, ...given.order, tell: false }))
  })
}

function keepCustomer(
  { state, clock }: World,
  shop: Shop,
  given: NonNullable<z.infer<typeof orderShape>['customer']>,
): Customer {
  const id = given.id ?? state.newId()
  const known = state.customers.get(id)
  if (known !== undefined) return known
  return state.customers.put({ ...given, id, shop: shop.id, createdAt: clock.now() })
}

/** @throws ControlFault where the checkout would not take the code */
function redeem(
  { state, clock }: World,
  shop: Shop,
  order: OrderRow,
  code: string,
): OrderRow['discountCodes'][number] {
  const discount = findByCode(state, shop.id, code)
  if (discount === undefined) return { code, amount: '0.00', type: 'fixed_amount' }
  const isActive = statusOf(discount, clock.now()) === 'ACTIVE'
  if (!isActive) throw new ControlFault(`the discount code ${code} is not active`)
  if (discount.usageLimit !== null && discount.used >= discount.usageLimit) {
    throw new ControlFault(`the discount code ${code} was used ${discount.used} times, which is its limit`)
  }
  const { customerIds, minimumSubtotal, usedAt } = discount
  if (customerIds.length > 0 && !customerIds.includes(order.customerId ?? ''))
    throw new ControlFault(`the discount code ${code} is for another customer`)
  if (minimumSubtotal !== null && sumsOf(order).subtotal < toMinor(minimumSubtotal, shop.currency))
    throw new ControlFault(`the discount code ${code} needs an order of ${minimumSubtotal} ${shop.currency}`)
  state.discounts.put({ ...discount, used: discount.used + 1, usedAt: [...usedAt, clock.now()] })
  const isPercentage = discount.percentage !== null
  const worth = isPercentage ? String((discount.percentage ?? 0) * 100) : (discount.amount ?? '0')
  return { code: discount.code, amount: worth, type: isPercentage ? 'percentage' : 'fixed_amount' }
}

function paymentOf({ state, clock }: World, order: OrderRow, payment: string): Transaction[] {
  const { total } = sumsOf(order)
  if (total === 0n) return []
  return [
    {
      id: state.newId(),
      kind: payment === 'authorized' ? 'authorization' : 'sale',
      status: payment === 'pending' ? 'pending' : 'success',
      amount: fromMinor(total, order.currency),
      gateway: payment === 'pending' ? 'manual' : order.gateway,
      parentId: null,
      at: clock.now(),
    },
  ]
}

export function change(world: World, order: OrderRow, changes: Partial<OrderRow>): OrderRow {
  return world.state.orders.put({ ...order, ...changes, updatedAt: world.clock.now() })
}

/** Only of transactions that have come to an end. */
export function tellTransaction(world: World, order: OrderRow, one: Transaction): void {
  if (one.status === 'pending') return
  const shop = shopOf(world, order.shop)
  world.emit(shop, 'ORDER_TRANSACTIONS_CREATE', () => transactionJson(order, one, shop))
}
