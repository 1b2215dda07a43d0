import { ControlFault } from '../parts/control.ts'
import { gid, localTime, raw, rawOrNull } from './json-parts.ts'
import type { Customer, Install, Shop } from './state.ts'
import type { World } from './world.ts'

/** Tells of a dispute of Shopify Payments, as it now stands. */
export function tellDispute(world: World, shop: Shop, id: string, isNew: boolean): void {
  const dispute = world.state.disputes.get(id)
  if (dispute === undefined) throw new ControlFault(`there is no dispute ${id}`)
  const at = localTime(dispute.initiatedAt, shop.timezone)
  const isOver = ['won', 'lost', 'accepted'].includes(dispute.status)
  world.emit(shop, isNew ? 'DISPUTES_CREATE' : 'DISPUTES_UPDATE', () => ({
    id: raw(dispute.id),
    order_id: rawOrNull(dispute.orderId),
    type: dispute.type,
    amount: dispute.amount,
    currency: dispute.currency,
    reason: dispute.reason,
    network_reason_code: '4837',
    status: dispute.status,
    evidence_due_by: at,
    evidence_sent_on: null,
    finalized_on: isOver ? localTime(world.clock.now(), shop.timezone) : null,
    initiated_at: at,
  }))
}

export function mergedBody(kept: Customer, removed: Customer): object {
  return {
    admin_graphql_api_customer_kept_id: gid('Customer', kept.id),
    admin_graphql_api_customer_deleted_id: gid('Customer', removed.id),
    admin_graphql_api_job_id: null,
    status: 'completed',
    errors: [],
  }
}

/** `app/uninstalled` tells of the shop. */
export function shopJson(shop: Shop): object {
  return {
    id: raw(shop.number),
    name: shop.name,
    email: shop.email,
    domain: shop.id,
    myshopify_domain: null,
    currency: shop.currency,
    iana_timezone: shop.timezone,
    plan_name: 'basic',
    created_at: localTime(shop.createdAt, shop.timezone),
  }
}

/** Everything that made the app part of the shop goes at once; its webhooks go out before. */
export function uninstall(world: World, install: Install): void {
  const { state } = world
  const shop = state.shops.get(install.shop)
  if (shop === undefined) throw new ControlFault(`there is no shop ${install.shop}`)
  world.emit(shop, 'APP_UNINSTALLED', () => shopJson(shop), install)
  for (const table of [state.tokens, state.refreshTokens, state.subscriptions, state.codes]) {
    for (const row of table.all()) if (row.installId === install.id) table.delete(row.id)
  }
  state.installs.delete(install.id)
}

/** What privacy law has shops ask of apps. */
export function complianceBody(
  shop: Shop,
  topic: string,
  who: {
    id?: string | undefined
    email?: string | undefined
    phone?: string | undefined
    orders: readonly string[]
  },
): object {
  const about = { shop_id: raw(shop.number), shop_domain: shop.id }
  if (topic === 'SHOP_REDACT') return about
  const customer = {
    ...(who.id === undefined ? {} : { id: raw(who.id) }),
    ...(who.email === undefined ? {} : { email: who.email }),
    ...(who.phone === undefined ? {} : { phone: who.phone }),
  }
  const orders = who.orders.map(raw)
  if (topic === 'CUSTOMERS_REDACT') return { ...about, customer, orders_to_redact: orders }
  return { ...about, customer, orders_requested: orders, data_request: { id: 9999 } }
}
