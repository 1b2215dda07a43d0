import type { PlatformNews, Translation } from '../../src/ports/connector.ts'
import type { PrivacySubject } from '../../src/ports/schema/news-values.ts'
import { emailIdentity } from '../../src/ports/schema/values.ts'
import { ExactNumber, isAbsent, isObject, type Json, member, members } from '../json.ts'
import { readProfile } from '../profile.ts'
import { ignoreDelivery } from '../rules.ts'
import { readReference } from './ids.ts'
import { listOf } from './refund-parts.ts'

/** What is read of what is no order. */
export const NEWS = members({
  id: true,
  admin_graphql_api_id: true,
  name: true,
  myshopify_domain: true,
  plan_name: true,
  previous: true,
  current: true,
  shop_id: true,
  shop_domain: true,
  customer: { id: true, email: true },
  orders_requested: true,
  orders_to_redact: true,
  data_request: true,
  admin_graphql_api_customer_kept_id: true,
  admin_graphql_api_customer_deleted_id: true,
})

/** More than anybody ordered in one shop. */
const MAX_ORDERS = 10_000
const SHOP_DOMAIN = /^[a-z0-9][a-z0-9-]*\.myshopify\.com$/

const noted = (news: PlatformNews): Translation => ({ kind: 'noted', orderId: null, news })
const notUnderstood = (): Translation => ignoreDelivery('BODY_NOT_UNDERSTOOD', null)

/** `app/uninstalled`: a shop, as REST describes it, and nothing of the app. */
export function translateUninstalled(body: Json | undefined): Translation {
  const isShop =
    readReference(member(body, 'id')) !== null &&
    isAbsent(member(body, 'admin_graphql_api_id')) &&
    typeof member(body, 'name') === 'string' &&
    member(body, 'myshopify_domain') !== undefined &&
    member(body, 'plan_name') !== undefined
  return isShop ? noted({ about: 'shop', news: 'uninstalled' }) : notUnderstood()
}

/** `app/scopes_update`: Shopify is asked which scopes there are; what the body says of them is not read. */
export function translateScopesUpdate(body: Json | undefined): Translation {
  const isUpdate = Array.isArray(member(body, 'previous')) && Array.isArray(member(body, 'current'))
  return isUpdate ? noted({ about: 'shop', news: 'scopes_changed' }) : notUnderstood()
}

/** `customers/merge`: kept, so that it can be acted on once it is. */
export function translateMerge(body: Json | undefined): Translation {
  const ids = ['kept', 'deleted'].map((which) => member(body, `admin_graphql_api_customer_${which}_id`))
  return ids.every((id) => typeof id === 'string') ? noted({ about: 'nothing' }) : notUnderstood()
}

type Settings = Readonly<Record<string, unknown>>

/** `customers/data_request`: somebody wants to know what is kept. */
export function translateDataRequest(body: Json | undefined, settings: Settings): Translation {
  if (!isObject(member(body, 'data_request')) || !isObject(member(body, 'customer'))) return notUnderstood()
  const subject = readSubject(body, 'orders_requested')
  return ofShop(body, settings, { about: 'privacy', kind: 'data_request', subject })
}

/** `customers/redact`: what is kept of somebody is to go. */
export function translateCustomerRedact(body: Json | undefined, settings: Settings): Translation {
  if (!Array.isArray(member(body, 'orders_to_redact')) || !isObject(member(body, 'customer'))) {
    return notUnderstood()
  }
  const subject = readSubject(body, 'orders_to_redact')
  return ofShop(body, settings, { about: 'privacy', kind: 'customer_redact', subject })
}

/** `shop/redact`: what is kept of a shop that was left is to go. It names nothing but the shop. */
export function translateShopRedact(body: Json | undefined, settings: Settings): Translation {
  const isAlone = isAbsent(member(body, 'customer')) && isAbsent(member(body, 'id'))
  if (!isAlone || isAbsent(member(body, 'shop_domain'))) return notUnderstood()
  return ofShop(body, settings, { about: 'privacy', kind: 'shop_redact', subject: null })
}

/** The header that names the shop is not signed, and an app has one secret for all shops: the body has the last word. */
function ofShop(body: Json | undefined, { shopDomain }: Settings, news: PlatformNews): Translation {
  if (!(member(body, 'shop_id') instanceof ExactNumber)) return notUnderstood()
  const said = member(body, 'shop_domain')
  const shop = typeof said === 'string' ? said.toLowerCase() : ''
  return SHOP_DOMAIN.test(shop) && shop !== shopDomain ? ignoreDelivery('SHOP_MISMATCH', null) : noted(news)
}

function readSubject(body: Json | undefined, orders: string): PrivacySubject {
  const customer = member(body, 'customer')
  const id = readReference(member(customer, 'id'))
  const { email } = readProfile({
    ...{ firstName: [], lastName: [], phoneNumber: [] },
    email: [member(customer, 'email')],
  }).profile
  return {
    identities: [
      ...(id === null ? [] : [`shopify:${id}`]),
      ...(email === undefined ? [] : [emailIdentity(email)]),
    ],
    orderIds: [...new Set(listOf(body, orders).flatMap((one) => readReference(one) ?? []))].slice(
      0,
      MAX_ORDERS,
    ),
  }
}
