import type { TranslateInput, Translation } from '../../src/ports/connector.ts'
import { externalIds } from '../identity.ts'
import { type Json, member, members, readJson } from '../json.ts'
import type { Wanted } from '../json-members.ts'
import { ignoreDelivery } from '../rules.ts'
import { DISPUTE, translateDispute } from './dispute.ts'
import {
  NEWS,
  translateCustomerRedact,
  translateDataRequest,
  translateMerge,
  translateScopesUpdate,
  translateShopRedact,
  translateUninstalled,
} from './news.ts'
import { ORDER, readBuyer, shopNumberIn } from './order.ts'
import { translateCancelledOrder, translateUpdatedOrder } from './order-reports.ts'
import { translatePaidOrder } from './paid-order.ts'
import { REFUND, translateRefund } from './refund.ts'
import { TRANSACTION, translateTransaction } from './transaction.ts'

/** A translator and what it reads of a body: the rest is only checked to be JSON. */
interface BodyReader {
  readonly reads: Wanted
  translate(body: Json | undefined, input: TranslateInput): Translation
}

/** By topic. */
const READERS: ReadonlyMap<string, BodyReader> = new Map<string, BodyReader>([
  ['orders/paid', { reads: ORDER, translate: translatePaidOrder }],
  ['orders/cancelled', { reads: ORDER, translate: translateCancelledOrder }],
  ['orders/updated', { reads: ORDER, translate: translateUpdatedOrder }],
  ['refunds/create', { reads: REFUND, translate: translateRefund }],
  ['order_transactions/create', { reads: TRANSACTION, translate: translateTransaction }],
  ['disputes/create', { reads: DISPUTE, translate: translateDispute }],
  ['disputes/update', { reads: DISPUTE, translate: translateDispute }],
  ['app/uninstalled', { reads: NEWS, translate: translateUninstalled }],
  ['app/scopes_update', { reads: NEWS, translate: translateScopesUpdate }],
  ['customers/merge', { reads: NEWS, translate: translateMerge }],
  [
    'customers/data_request',
    { reads: NEWS, translate: (body, { settings }) => translateDataRequest(body, settings) },
  ],
  [
    'customers/redact',
    { reads: NEWS, translate: (body, { settings }) => translateCustomerRedact(body, settings) },
  ],
  ['shop/redact', { reads: NEWS, translate: (body, { settings }) => translateShopRedact(body, settings) }],
])

export const TOPICS: readonly string[] = [...READERS.keys()]

/**
 * Turns a body into one outcome per rule, or into what it reports of its order, or both. The topic comes from an unsigned header and
 * only chooses the translator, each of which asks the body itself what it is: under another's topic it does no more
 * than under its own.
 */
export function translate(input: TranslateInput): Translation {
  const reader = READERS.get(input.topic)
  if (reader === undefined) return ignoreDelivery('TOPIC_NOT_SUPPORTED', null)
  const body = readJson(input.rawBody, reader.reads)
  const translation = reader.translate(body, input)
  const shopNumber = reader.reads === ORDER ? shopNumberIn(body) : null
  return shopNumber === null ? translation : { ...translation, shopNumber }
}

const GID = members({ admin_graphql_api_id: true })

/** By the gid of what a body is of: orders are told of when they are paid. */
export function topicOf(rawBody: Uint8Array): string {
  const gid = member(readJson(rawBody, GID), 'admin_graphql_api_id')
  const [, type] = typeof gid === 'string' ? (/^gid:\/\/shopify\/(\w+)\//.exec(gid) ?? []) : []
  if (type === 'Refund') return 'refunds/create'
  return type === 'OrderTransaction' ? 'order_transactions/create' : 'orders/paid'
}

/**
 * Whom a body names. Those of all topics about an order name its buyer alike, the ones that nobody wants among them.
 */
export function identities(rawBody: Uint8Array): readonly string[] {
  return externalIds(readBuyer(readJson(rawBody, ORDER)))
}
