import { idOf } from './connection.ts'
import { customerGraph } from './customer-graph.ts'
import {
  activateDiscount,
  createDiscount,
  deactivateDiscount,
  deleteDiscount,
  discountByCode,
  discountById,
} from './discounts.ts'
import { disputeOf, disputesOf } from './dispute-graph.ts'
import type { Caller } from './execute.ts'
import { gid } from './json-parts.ts'
import { orderOf, ordersOf, refundOf } from './order-graph.ts'
import {
  createSubscription,
  deleteSubscription,
  listSubscriptions,
  subscriptionById,
  updateSubscription,
} from './subscriptions.ts'

/** What can be asked of the double: of Shopify's schema the part that a middleware like ours needs. */
export function rootOf(caller: Caller): object {
  return {
    shop: shopGraph(caller),
    currentAppInstallation: installationGraph(caller),
    appInstallation: () => installationGraph(caller),
    orders: ordersOf,
    order: ({ id }: { id: string }) => orderOf(id, caller),
    customer: ({ id }: { id: string }) => {
      const known = caller.world.state.customers.get(idOf(id, 'Customer') ?? '')
      return known?.shop === caller.shop.id ? customerGraph(known, caller) : null
    },
    node: ({ id }: { id: string }) => nodeOf(id, caller),
    nodes: ({ ids }: { ids: string[] }) => ids.map((id) => nodeOf(id, caller)),
    disputes: disputesOf,
    dispute: disputeOf,
    webhookSubscriptions: listSubscriptions,
    webhookSubscription: subscriptionById,
    webhookSubscriptionCreate: createSubscription,
    webhookSubscriptionUpdate: updateSubscription,
    webhookSubscriptionDelete: deleteSubscription,
    codeDiscountNodeByCode: discountByCode,
    discountNode: discountById,
    discountCodeBasicCreate: createDiscount,
    discountCodeDeactivate: deactivateDiscount,
    discountCodeActivate: activateDiscount,
    discountCodeDelete: deleteDiscount,
  }
}

function nodeOf(id: string, caller: Caller): object | null {
  return orderOf(id, caller) ?? refundOf(id, caller)
}

function shopGraph({ shop }: Caller): object {
  return {
    id: gid('Shop', shop.number),
    name: shop.name,
    myshopifyDomain: shop.id,
    url: `https://${shop.id}`,
    email: shop.email,
    contactEmail: shop.email,
    currencyCode: shop.currency,
    enabledPresentmentCurrencies: [shop.currency],
    ianaTimezone: shop.timezone,
    createdAt: new Date(shop.createdAt).toISOString(),
    taxesIncluded: true,
    primaryDomain: { id: gid('Domain', shop.number), host: shop.id, url: `https://${shop.id}` },
    plan: { partnerDevelopment: false, publicDisplayName: 'Basic', shopifyPlus: false },
  }
}

function installationGraph({ install, app }: Caller): object {
  return {
    id: gid('AppInstallation', install.number),
    accessScopes: install.scopes.map((handle) => ({ handle, description: handle.replaceAll('_', ' ') })),
    launchUrl: `https://admin.shopify.com/apps/${app.id}`,
    app: { id: gid('App', install.number), apiKey: app.id, title: app.name, handle: app.name.toLowerCase() },
  }
}
