import { z } from 'zod'
import { ControlFault, type Order, order, view } from '../parts/control.ts'
import { allCoupons, couponOf, deleteCoupon, putCoupon } from './coupon-book.ts'
import type { Events } from './events.ts'
import type { Limits } from './limits.ts'
import {
  captureCharge,
  chargeOf,
  chargeShape,
  makeCharge,
  openDispute,
  refundCharge,
  refundShape,
  settleDispute,
  settleRefund,
} from './merchant.ts'
import { isActive } from './promotion-codes.ts'
import { type Key, newId, newKey, PERMISSIONS, type StripeState } from './state.ts'

const nothing = z.strictObject({})
const permissions = z.array(z.string().regex(/^rak_[a-z_]+$/))

function keyOf({ keys }: StripeState, id: string): Key {
  const key = keys.get(id)
  if (key === undefined) throw new ControlFault('there is no such key')
  return key
}

/** What the owner of the account, buyers and banks do. */
export function stripeControls(state: StripeState, events: Events, limits: Limits): Order[] {
  return [
    view('GET /world', 'the account and its keys', () => ({
      account: state.account,
      keys: state.keys.all(),
    })),
    view('GET /connection', 'what connecting to it asks for: its restricted key', () => ({
      apiKey: state.keys.all()[1]?.id ?? '',
    })),
    order(
      'POST /keys',
      'makes a key: live, permissions (rak_…; null may do everything)',
      z.strictObject({
        live: z.boolean().default(false),
        permissions: permissions.nullable().default([...PERMISSIONS]),
      }),
      (given) => newKey(state, given),
    ),
    order(
      'POST /keys/change',
      'changes what a restricted key may do: key, permissions',
      z.strictObject({ key: z.string(), permissions }),
      (given) => state.keys.put({ ...keyOf(state, given.key), permissions: given.permissions }),
    ),
    order('POST /keys/expire', 'a key is rolled: key', z.strictObject({ key: z.string() }), ({ key }) => {
      state.keys.put({ ...keyOf(state, key), isExpired: true })
    }),
    order(
      'POST /limits',
      'changes requests a second: live, test, endpoint',
      z.strictObject({
        live: z.int().min(1).optional(),
        test: z.int().min(1).optional(),
        endpoint: z.int().min(1).optional(),
      }),
      (given) =>
        limits.set(Object.fromEntries(Object.entries(given).filter(([, value]) => value !== undefined))),
    ),
    order(
      'POST /charges',
      'somebody pays: amount, currency, email, customer, metadata, captured, live, …',
      chargeShape,
      (given) => makeCharge(state, events, given),
    ),
    view('GET /charges/{id}', 'one, as the API shows it', (id) => chargeOf(state, id ?? '')),
    order(
      'POST /charges/{id}/tell',
      'tells of it once more, by an event of its own: type charge.succeeded, charge.captured',
      z.strictObject({ type: z.enum(['charge.succeeded', 'charge.captured']) }),
      ({ type }, id) => events.emit(type, chargeOf(state, id ?? '')),
    ),
    order(
      'POST /charges/{id}/capture',
      'captures what was authorised: amount',
      z.strictObject({ amount: z.int().min(1).optional() }),
      ({ amount }, id) => captureCharge(state, events, id ?? '', amount),
    ),
    order('POST /charges/{id}/refund', 'money goes back: amount, status', refundShape, (given, id) =>
      refundCharge(state, events, id ?? '', given),
    ),
    order(
      'POST /refunds/{id}',
      'what became of a refund: status succeeded, failed, canceled',
      z.strictObject({ status: z.enum(['succeeded', 'failed', 'canceled', 'pending']) }),
      ({ status }, id) => settleRefund(state, events, id ?? '', status),
    ),
    order(
      'POST /charges/{id}/dispute',
      'opens a dispute: amount, status',
      z.strictObject({ amount: z.int().min(1).optional(), status: z.string().default('needs_response') }),
      (given, id) => openDispute(state, events, id ?? '', given.amount, given.status),
    ),
    order(
      'POST /disputes/{id}',
      'what became of a dispute: status won, lost, under_review, …',
      z.strictObject({ status: z.string() }),
      ({ status }, id) => settleDispute(state, events, id ?? '', status),
    ),
    order(
      'POST /customers',
      'makes a customer: id, email, live',
      z.strictObject({
        id: z.string().optional(),
        email: z.string().nullable().default(null),
        live: z.boolean().default(false),
      }),
      (given) =>
        state.customers.put({
          id: given.id ?? newId('cus'),
          object: 'customer',
          email: given.email,
          created: state.now(),
          livemode: given.live,
          metadata: {},
        }),
    ),
    order('DELETE /customers/{id}', 'deletes a customer', nothing, (_, id) =>
      state.customers.delete(id ?? ''),
    ),
    order('DELETE /coupons/{id}', 'the owner deletes a coupon in the Dashboard', nothing, (_, id) => {
      for (const live of [true, false]) deleteCoupon(state, live, id ?? '')
    }),
    view('GET /promotion-codes', 'all of them', () => ({ promotionCodes: state.promotionCodes.all() })),
    view('GET /coupons', 'all of them', () => ({ coupons: allCoupons(state) })),
    order('POST /promotion-codes/{code}/redeem', 'a buyer uses it', nothing, (_, code) => {
      const row = state.promotionCodes.find(
        (one) => one.active && (one.id === code || one.code.toLowerCase() === code?.toLowerCase()),
      )
      if (row === undefined) throw new ControlFault(`there is no active promotion code ${code}`)
      if (row.max_redemptions !== null && row.times_redeemed >= row.max_redemptions)
        throw new ControlFault(`${code} is used up`)
      if (!isActive(state, row)) throw new ControlFault(`${code} can no longer be used`)
      const coupon = couponOf(state, row.livemode, row.promotion.coupon)
      if (coupon !== undefined) putCoupon(state, { ...coupon, times_redeemed: coupon.times_redeemed + 1 })
      return state.promotionCodes.put({ ...row, times_redeemed: row.times_redeemed + 1 })
    }),
    view('GET /endpoints', 'webhook endpoints with their secrets', () => ({
      endpoints: state.endpoints.all(),
    })),
    order(
      'POST /endpoints/{id}/disable',
      'Stripe switches an endpoint off that failed for days',
      nothing,
      (_, id) => {
        const row = state.endpoints.get(id ?? '')
        if (row === undefined) throw new ControlFault(`there is no endpoint ${id}`)
        state.endpoints.put({ ...row, status: 'disabled' })
      },
    ),
    order(
      'POST /endpoints/{id}/roll',
      'gives an endpoint a new secret; the old one signs as well',
      nothing,
      (_, id) => {
        const row = state.endpoints.get(id ?? '')
        if (row === undefined) throw new ControlFault(`there is no endpoint ${id}`)
        return state.endpoints.put({ ...row, secrets: [newId('whsec'), row.secrets[0]] })
      },
    ),
    order('DELETE /endpoints/{id}', 'the owner deletes one in the Dashboard', nothing, (_, id) => {
      state.endpoints.delete(id ?? '')
      events.sender.forget(id ?? '')
    }),
    order(
      'POST /events',
      'sends any event: type, object, account',
      z.strictObject({
        type: z.string(),
        object: z.looseObject({ id: z.string() }),
        account: z.string().optional(),
        live: z.boolean().default(false),
      }),
      ({ type, object, account, live }) =>
        events.emit(type, { created: state.now(), livemode: live, ...object }, account),
    ),
  ]
}
