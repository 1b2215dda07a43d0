import type { z } from 'zod'
import { ControlFault } from '../parts/control.ts'
import { localTime, raw } from './json-parts.ts'
import { change, orderRowOf, shopOf, tell, tellTransaction } from './merchant.ts'
import type { editShape, refundShape } from './merchant-shapes.ts'
import { fromMinor, toMinor } from './money.ts'
import {
  type OrderRow,
  type Refund,
  type RefundLine,
  sumsOf,
  type Transaction,
  unitsBack,
} from './order-book.ts'
import { refundJson } from './refund-json.ts'
import type { World } from './world.ts'

/** Marks as paid, or captures what was authorised. */
export function payOrder(world: World, id: string): OrderRow {
  const order = orderRowOf(world, id)
  const { currentTotal, received, refunded, authorized } = sumsOf(order)
  const open = currentTotal - (received - refunded)
  if (open <= 0n) throw new ControlFault(`order ${id} is paid`)
  const pending = order.transactions.find(({ status, kind }) => status === 'pending' && kind === 'sale')
  const parent = order.transactions.find(({ kind }) => kind === 'authorization')
  const paid: Transaction = {
    id: pending?.id ?? world.state.newId(),
    kind: authorized ? 'capture' : 'sale',
    status: 'success',
    amount: fromMinor(open, order.currency),
    gateway: pending?.gateway ?? order.gateway,
    parentId: parent?.id ?? null,
    at: world.clock.now(),
  }
  const others = order.transactions.filter(({ id: other }) => other !== paid.id)
  const row = change(world, order, { transactions: [...others, paid] })
  tellTransaction(world, row, paid)
  tell(world, row, 'ORDERS_PAID', 'ORDERS_UPDATED')
  return row
}

export function refundOrder(world: World, id: string, given: z.infer<typeof refundShape>): Refund {
  const order = orderRowOf(world, id)
  const { state, clock } = world
  const lines = given.lines.map((part) => refundLineOf(world, order, part))
  const minor = (text: string): bigint => toMinor(text, order.currency)
  const shipping =
    given.shipping === undefined ? null : { id: state.newId(), amount: given.shipping, tax: '0' }
  const ofLines = lines.reduce(
    (all, one) => all + minor(one.subtotal) + (order.taxesIncluded ? 0n : minor(one.tax)),
    0n,
  )
  const parts = ofLines + minor(given.shipping ?? '0')
  const money = given.amount === undefined ? parts : minor(given.amount)
  const { received, refunded } = sumsOf(order)
  if (money > received - refunded) throw new ControlFault(`order ${id} has less than that to give back`)
  const parent = order.transactions.find(
    ({ kind, status }) => kind !== 'refund' && kind !== 'authorization' && status === 'success',
  )
  const transaction: Transaction = {
    id: state.newId(),
    kind: 'refund',
    status: given.state,
    amount: fromMinor(money, order.currency),
    gateway: order.gateway,
    parentId: parent?.id ?? null,
    at: clock.now(),
  }
  const refund: Refund = {
    id: state.newId(),
    at: clock.now(),
    note: given.note,
    lines,
    shipping,
    adjustment:
      money === parts ? null : { id: state.newId(), amount: fromMinor(parts - money, order.currency) },
    transactionIds: money === 0n ? [] : [transaction.id],
  }
  const transactions = money === 0n ? order.transactions : [...order.transactions, transaction]
  const row = change(world, order, { transactions, refunds: [...order.refunds, refund] })
  const shop = shopOf(world, row.shop)
  world.emit(shop, 'REFUNDS_CREATE', () => refundJson(row, refund, shop))
  if (money > 0n) tellTransaction(world, row, transaction)
  tell(world, row, 'ORDERS_UPDATED')
  return refund
}

function refundLineOf(
  { state }: World,
  order: OrderRow,
  part: { line: number; quantity: number; restockType: RefundLine['restockType'] },
): RefundLine {
  const line = order.lines[part.line]
  if (line === undefined) throw new ControlFault(`the order has no line ${part.line}`)
  if (part.quantity > line.quantity - unitsBack(order, line.id)) {
    throw new ControlFault(`line ${part.line} has fewer than ${part.quantity} units left`)
  }
  const share = (whole: string): bigint =>
    (toMinor(whole, order.currency) * BigInt(part.quantity)) / BigInt(line.quantity)
  const goods = toMinor(line.price, order.currency) * BigInt(part.quantity)
  return {
    id: state.newId(),
    lineId: line.id,
    quantity: part.quantity,
    restockType: part.restockType,
    subtotal: fromMinor(goods - share(line.discount), order.currency),
    tax: fromMinor(share(line.tax), order.currency),
  }
}

/** What became of a transaction that was pending. */
export function settleTransaction(
  world: World,
  id: string,
  transactionId: string,
  status: Transaction['status'],
): OrderRow {
  const order = orderRowOf(world, id)
  const one = order.transactions.find((transaction) => transaction.id === transactionId)
  if (one === undefined) throw new ControlFault(`order ${id} has no transaction ${transactionId}`)
  const settled = { ...one, status }
  const transactions = order.transactions.map((other) => (other === one ? settled : other))
  const row = change(world, order, { transactions })
  tellTransaction(world, row, settled)
  tell(world, row, 'ORDERS_UPDATED')
  return row
}

export function cancelOrder(world: World, id: string, reason: string, isRefunded: boolean): OrderRow {
  const order = orderRowOf(world, id)
  if (order.cancelledAt !== null) throw new ControlFault(`order ${id} is cancelled`)
  const cancelled = change(world, order, { cancelledAt: world.clock.now(), cancelReason: reason })
  const { received, refunded } = sumsOf(cancelled)
  if (isRefunded && received > refunded) {
    const left = cancelled.lines.map(({ id: lineId, quantity }, line) => ({
      line,
      quantity: quantity - unitsBack(cancelled, lineId),
      restockType: 'cancel' as const,
    }))
    const lines = left.filter(({ quantity }) => quantity > 0)
    refundOrder(world, id, {
      lines,
      amount: fromMinor(received - refunded, order.currency),
      state: 'success',
      note: null,
    })
  }
  const row = orderRowOf(world, id)
  tell(world, row, 'ORDERS_CANCELLED', 'ORDERS_UPDATED')
  return row
}

/** Lines go by a refund without transactions, as Shopify writes it; what is added has to be paid. */
export function editOrder(world: World, id: string, given: z.infer<typeof editShape>): OrderRow {
  const order = orderRowOf(world, id)
  const { state, clock } = world
  const added = given.add.map((line) => ({ id: state.newId(), ...line }))
  const lines = given.remove.map((part) => refundLineOf(world, order, { ...part, restockType: 'no_restock' }))
  const removal: Refund = {
    id: state.newId(),
    at: clock.now(),
    note: null,
    lines,
    shipping: null,
    adjustment: null,
    transactionIds: [],
  }
  const refunds = lines.length === 0 ? order.refunds : [...order.refunds, removal]
  const row = change(world, order, { lines: [...order.lines, ...added], refunds })
  const change_ = (line: { id: string; delta: number }): object => ({ id: raw(line.id), delta: line.delta })
  const body = {
    order_edit: {
      id: raw(state.newId()),
      app_id: null,
      created_at: localTime(clock.now(), shopOf(world, row.shop).timezone),
      notify_customer: false,
      order_id: raw(row.id),
      staff_note: '',
      user_id: null,
      line_items: {
        additions: added.map((line) => change_({ id: line.id, delta: line.quantity })),
        removals: lines.map((line) => change_({ id: line.lineId, delta: line.quantity })),
      },
      discounts: { line_item: { additions: [], removals: [] } },
      shipping_lines: { additions: [], removals: [] },
    },
  }
  world.emit(shopOf(world, row.shop), 'ORDERS_EDITED', () => body)
  tell(world, row, 'ORDERS_UPDATED')
  return row
}
