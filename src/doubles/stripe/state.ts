import { randomBytes } from 'node:crypto'
import type { MovableClock } from '../parts/clock.ts'
import type { Table, Tables } from '../parts/tables.ts'

/** A key of the account. */
export interface Key {
  /** `sk_test_…`, `rk_live_…` */
  readonly id: string
  /** null: may do everything. Names as Stripe's refusals have them: `rak_charge_read`. */
  readonly permissions: readonly string[] | null
  readonly isExpired: boolean
}

/** An object of Stripe, as the API shows it. */
export interface Thing {
  readonly id: string
  readonly livemode: boolean
  /** Seconds. */
  readonly created: number
  // biome-ignore lint/suspicious/noExplicitAny: fields are those of Stripe's own objects
  readonly [field: string]: any
}

export interface StoredAnswer {
  readonly id: string
  /** Of path and parameters. */
  readonly asked: string
  readonly path: string
  readonly status: number
  readonly body: unknown
  readonly requestId: string
  readonly at: number
}

export interface StripeState {
  readonly account: { readonly id: string; readonly apiVersion: string }
  readonly keys: Table<Key>
  readonly charges: Table<Thing>
  readonly refunds: Table<Thing>
  readonly disputes: Table<Thing>
  readonly customers: Table<Thing>
  readonly coupons: Table<Thing>
  readonly promotionCodes: Table<Thing>
  readonly endpoints: Table<Thing>
  readonly events: Table<Thing>
  readonly answers: Table<StoredAnswer>
  readonly clock: MovableClock
  /** Seconds. */
  now(): number
}

export const API_VERSION = '2026-10-28.endive'

/** `ch_` and 24 letters and digits. */
export function newId(prefix: string): string {
  return `${prefix}_${randomBytes(18).toString('base64url').replace(/[-_]/g, 'x')}`
}

export function openState(tables: Tables, clock: MovableClock): StripeState {
  const accounts = tables.table<{ id: string; apiVersion: string }>('accounts')
  const account =
    accounts.all()[0] ?? accounts.put({ id: newId('acct').slice(0, 21), apiVersion: API_VERSION })
  const state: StripeState = {
    account,
    keys: tables.table('keys'),
    charges: tables.table('charges'),
    refunds: tables.table('refunds'),
    disputes: tables.table('disputes'),
    customers: tables.table('customers'),
    coupons: tables.table('coupons'),
    promotionCodes: tables.table('promotionCodes'),
    endpoints: tables.table('endpoints'),
    events: tables.table('events'),
    answers: tables.table('answers'),
    clock,
    now: () => Math.floor(clock.now() / 1_000),
  }
  if (state.keys.all().length === 0) {
    newKey(state, { live: false, permissions: null })
    newKey(state, { live: false, permissions: [...PERMISSIONS] })
  }
  return state
}

/** What a restricted key needs for all that the double plays. */
export const PERMISSIONS = [
  'rak_charge_read',
  'rak_event_read',
  'rak_webhook_read',
  'rak_webhook_write',
  'rak_coupon_read',
  'rak_coupon_write',
  'rak_promotion_code_read',
  'rak_promotion_code_write',
] as const

export function newKey(
  { keys }: Pick<StripeState, 'keys'>,
  { live, permissions }: { live: boolean; permissions: readonly string[] | null },
): Key {
  const kind = `${permissions === null ? 'sk' : 'rk'}_${live ? 'live' : 'test'}`
  return keys.put({ id: newId(kind), permissions, isExpired: false })
}
