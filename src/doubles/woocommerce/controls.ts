import { z } from 'zod'
import { ControlFault, type Order, order, view } from '../parts/control.ts'
import type { Hooks } from './hooks.ts'
import { leftOf, orderJson } from './orders.ts'
import { newKey, type OrderRow, type WooState } from './state.ts'

const nothing = z.strictObject({})
const amount = z.string().regex(/^\d{1,12}(\.\d{1,2})?$/)
const status = z.enum([
  'pending',
  'processing',
  'on-hold',
  'completed',
  'cancelled',
  'refunded',
  'failed',
  'checkout-draft',
])
const PAID = ['processing', 'completed']

const orderShape = z.strictObject({
  id: z
    .string()
    .regex(/^\d{1,15}$/)
    .optional(),
  number: z.string().optional(),
  status: status.default('processing'),
  currency: z.string().length(3).optional(),
  customerId: z.int().min(0).default(0),
  email: z.string().default('ada@example.com'),
  firstName: z.string().default(''),
  lastName: z.string().default(''),
  phone: z.string().default(''),
  country: z.string().default(''),
  lines: z
    .array(
      z.strictObject({
        name: z.string().default('Coffee'),
        quantity: z.int().min(1).default(1),
        total: amount.default('20.00'),
        totalTax: amount.default('0.00'),
        productId: z.int().default(1),
        sku: z.string().default(''),
      }),
    )
    .min(1)
    .default([{ name: 'Coffee', quantity: 1, total: '20.00', totalTax: '0.00', productId: 1, sku: '' }]),
  shippingTotal: amount.default('0.00'),
  discountTotal: amount.default('0.00'),
  couponCodes: z.array(z.string()).default([]),
  createdAt: z.iso.datetime({ offset: true }).optional(),
  paidAt: z.iso.datetime({ offset: true }).nullable().optional(),
})

/** What shoppers, the merchant and the site do. */
export function wooControls(state: WooState, hooks: Hooks): Order[] {
  const { orders, clock } = state

  function find(id: string | undefined): OrderRow {
    const row = orders.get(id ?? '')
    if (row === undefined) throw new ControlFault(`there is no order ${id}`)
    return row
  }

  function change(row: OrderRow, changes: Partial<OrderRow>, topic = 'order.updated'): object {
    const changed = orders.put({ ...row, ...changes, modifiedAt: clock.now() })
    hooks.emit(topic, orderJson(changed, state))
    return orderJson(changed, state)
  }

  return [
    view('GET /world', 'the site and its keys', () => ({ site: state.site(), keys: state.keys.all() })),
    view('GET /connection', 'what connecting to it asks for: its address and the first key', () => {
      const [key] = state.keys.all()
      return { siteUrl: state.site().url, consumerKey: key?.id ?? '', consumerSecret: key?.secret ?? '' }
    }),
    order(
      'POST /site',
      'changes the site: url, permalinks (pretty, plain), currency, pricesIncludeTax',
      z.strictObject({
        url: z.url().optional(),
        permalinks: z.enum(['pretty', 'plain']).optional(),
        currency: z.string().length(3).optional(),
        pricesIncludeTax: z.boolean().optional(),
      }),
      (given) =>
        state.sites.put({
          ...state.site(),
          ...Object.fromEntries(Object.entries(given).filter(([, value]) => value !== undefined)),
        }),
    ),
    order(
      'POST /keys',
      'makes a key of the REST API: permissions (read, write, read_write), isManager',
      z.strictObject({
        permissions: z.enum(['read', 'write', 'read_write']).default('read_write'),
        isManager: z.boolean().default(true),
      }),
      ({ permissions, isManager }) => newKey(state, permissions, isManager),
    ),
    order('DELETE /keys/{id}', 'revokes a key', nothing, (_, id) => state.keys.delete(id ?? '')),
    order(
      'POST /orders',
      'places an order: status, lines, email, customerId, couponCodes, …',
      orderShape,
      (given) => {
        const now = clock.now()
        const id = given.id ?? String(state.newNumber())
        if (orders.get(id) !== undefined) throw new ControlFault(`there is an order ${id} already`)
        const createdAt = given.createdAt === undefined ? now : Date.parse(given.createdAt)
        const paidAt =
          given.paidAt === undefined
            ? PAID.includes(given.status)
              ? createdAt
              : null
            : given.paidAt === null
              ? null
              : Date.parse(given.paidAt)
        const row = orders.put({
          id,
          number: given.number ?? id,
          status: given.status,
          currency: given.currency ?? state.site().currency,
          customerId: given.customerId,
          billing: {
            email: given.email,
            first_name: given.firstName,
            last_name: given.lastName,
            phone: given.phone,
            country: given.country,
          },
          lines: given.lines.map((line) => ({ id: state.newNumber(), ...line })),
          shippingTotal: given.shippingTotal,
          discountTotal: given.discountTotal,
          couponCodes: given.couponCodes,
          refunds: [],
          createdAt,
          modifiedAt: now,
          paidAt,
          isTrashed: false,
        })
        hooks.emit('order.created', orderJson(row, state))
        return orderJson(row, state)
      },
    ),
    view('GET /orders', 'all orders', () => ({ orders: orders.all().map((row) => orderJson(row, state)) })),
    order('POST /orders/{id}', 'changes the status of an order', z.strictObject({ status }), (given, id) => {
      const row = find(id)
      const paidAt = row.paidAt ?? (PAID.includes(given.status) ? clock.now() : null)
      return change(row, { status: given.status, paidAt })
    }),
    order(
      'POST /orders/{id}/refund',
      'money goes back: amount, reason; the last of it makes the order refunded',
      z.strictObject({ amount, reason: z.string().default('') }),
      (given, id) => {
        const row = find(id)
        if (Number(given.amount) > Number(leftOf(row)))
          throw new ControlFault(`order ${id} has ${leftOf(row)} left to give back`)
        const refund = {
          id: state.newNumber(),
          reason: given.reason,
          total: `-${Number(given.amount).toFixed(2)}`,
          at: clock.now(),
        }
        const next = { ...row, refunds: [...row.refunds, refund] }
        return change(next, { status: Number(leftOf(next)) === 0 ? 'refunded' : row.status })
      },
    ),
    order('POST /orders/{id}/trash', 'puts an order into the trash: order.deleted', nothing, (_, id) => {
      const row = find(id)
      orders.put({ ...row, isTrashed: true, modifiedAt: clock.now() })
      hooks.emit('order.deleted', { id: Number(row.id) })
    }),
    order('POST /orders/{id}/restore', 'takes an order out of the trash: order.restored', nothing, (_, id) =>
      change(find(id), { isTrashed: false }, 'order.restored'),
    ),
    view('GET /webhooks', 'webhooks with their secrets', () => ({ webhooks: state.hooks.all() })),
    order(
      'POST /webhooks/{id}',
      'the merchant changes the status of a webhook',
      z.strictObject({ status: z.enum(['active', 'paused', 'disabled']) }),
      (given, id) => {
        const hook = state.hooks.get(id ?? '')
        if (hook === undefined) throw new ControlFault(`there is no webhook ${id}`)
        state.hooks.put({ ...hook, status: given.status })
      },
    ),
    order('DELETE /webhooks/{id}', 'the merchant deletes a webhook', nothing, (_, id) =>
      state.hooks.delete(id ?? ''),
    ),
  ]
}
