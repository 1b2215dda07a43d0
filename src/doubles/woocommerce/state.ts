import { randomBytes } from 'node:crypto'
import type { MovableClock } from '../parts/clock.ts'
import type { Table, Tables } from '../parts/tables.ts'

/** The shop's site: there is one. */
export interface Site {
  readonly id: 'site'
  /** `https://shop.example/store` */
  readonly url: string
  /** With plain permalinks only `?rest_route=` answers; `/wp-json` is a page. */
  readonly permalinks: 'pretty' | 'plain'
  readonly currency: string
  readonly pricesIncludeTax: boolean
}

export interface Key {
  /** `ck_…` */
  readonly id: string
  readonly secret: string
  readonly permissions: 'read' | 'write' | 'read_write'
  /** Whether its user manages the shop. */
  readonly isManager: boolean
}

export interface Hook {
  readonly id: string
  readonly name: string
  readonly status: 'active' | 'paused' | 'disabled'
  readonly topic: string
  readonly deliveryUrl: string
  readonly secret: string
  readonly failures: number
  readonly createdAt: number
  readonly modifiedAt: number
}

export interface Line {
  readonly id: number
  readonly name: string
  readonly quantity: number
  /** Of all units, without tax. */
  readonly total: string
  readonly totalTax: string
  readonly productId: number
  readonly sku: string
}

export interface OrderRow {
  readonly id: string
  readonly number: string
  readonly status: string
  readonly currency: string
  readonly customerId: number
  readonly billing: {
    readonly email: string
    readonly first_name: string
    readonly last_name: string
    readonly phone: string
    readonly country: string
  }
  readonly lines: readonly Line[]
  readonly shippingTotal: string
  readonly discountTotal: string
  readonly couponCodes: readonly string[]
  readonly refunds: readonly {
    readonly id: number
    readonly reason: string
    readonly total: string
    readonly at: number
  }[]
  readonly createdAt: number
  readonly modifiedAt: number
  readonly paidAt: number | null
  readonly isTrashed: boolean
}

export interface WooState {
  readonly sites: Table<Site>
  readonly keys: Table<Key>
  readonly hooks: Table<Hook>
  readonly orders: Table<OrderRow>
  readonly clock: MovableClock
  site(): Site
  newNumber(): number
}

export function openState(tables: Tables, clock: MovableClock): WooState {
  const sites = tables.table<Site>('sites')
  const first: Site = {
    id: 'site',
    url: 'https://shop.example',
    permalinks: 'pretty',
    currency: 'EUR',
    pricesIncludeTax: true,
  }
  const state: WooState = {
    sites,
    keys: tables.table('keys'),
    hooks: tables.table('hooks'),
    orders: tables.table('orders'),
    clock,
    site: () => sites.get('site') ?? first,
    newNumber: () => tables.nextNumber('posts', 101),
  }
  if (sites.get('site') === undefined) sites.put(first)
  if (state.keys.all().length === 0) newKey(state, 'read_write', true)
  return state
}

export function newKey(
  { keys }: Pick<WooState, 'keys'>,
  permissions: Key['permissions'],
  isManager: boolean,
): Key {
  const draw = (prefix: string): string => `${prefix}_${randomBytes(20).toString('hex')}`
  return keys.put({ id: draw('ck'), secret: draw('cs'), permissions, isManager })
}
