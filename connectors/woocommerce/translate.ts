import type { TranslateInput, Translation } from '../../src/ports/connector.ts'
import { defaultExternalId, externalIds } from '../identity.ts'
import { isObject, type Json, member, readJson } from '../json.ts'
import { readReport, reportOrder, type StatedReport } from '../report.ts'
import { applyRules, ignoreDelivery, viewOf } from '../rules.ts'
import { isOrder, ORDER, readBuyer, readId, readOrderName } from './order.ts'
import { readPurchase } from './purchase.ts'
import { cancellation, listedRefunds } from './reports.ts'

/** Statuses in which an order counts; all others do not, those of plugins among them. */
const PAID: readonly (Json | undefined)[] = ['processing', 'completed']
/** Nothing is left of an order then. */
const ENDED: readonly (Json | undefined)[] = ['cancelled', 'refunded', 'failed']

type Translate = (input: TranslateInput) => Translation

/** By topic. */
const READERS: ReadonlyMap<string, Translate> = new Map([
  ['order.created', translateOrder],
  ['order.updated', translateOrder],
  ['order.deleted', translateDeletedOrder],
  ['order.restored', translateOrder],
])

export const TOPICS: readonly string[] = [...READERS.keys()]

/**
 * Turns an order into one outcome per rule and what it lists beside, or into what became of it. The topic comes from an
 * unsigned header and only chooses the translator, each of which asks the body itself what it is.
 */
export function translate(input: TranslateInput): Translation {
  return READERS.get(input.topic)?.(input) ?? ignoreDelivery('TOPIC_NOT_SUPPORTED', null)
}

/** An order by its status, whatever happened to it: `order.created`, `order.updated` and `order.restored` bring it whole. */
function translateOrder(input: TranslateInput): Translation {
  const order = readJson(input.rawBody, ORDER)
  const orderId = readId(member(order, 'id'))
  if (orderId === null || !isOrder(order)) return ignoreDelivery('BODY_NOT_UNDERSTOOD', null)
  const status = member(order, 'status')
  const { refunds, fault } = listedRefunds(order)
  const isPaid = PAID.includes(status)
  const purchase = isPaid || input.explains === true ? readPurchase(order, orderId, input.settings) : null
  const view = viewOf(purchase, input)
  const news = (reports: readonly StatedReport[], reason: Parameters<typeof ignoreDelivery>[0]) => {
    const orderName = readOrderName(order)
    if (reports.length === 0) return { ...ignoreDelivery(fault ?? reason, orderId, orderName), ...view }
    const externalId = defaultExternalId(readBuyer(order, input.settings))
    return { ...reportOrder({ orderId, orderKey: orderId, externalId, orderName }, reports), ...view }
  }
  if (ENDED.includes(status)) {
    return news([cancellation(order, orderId, 'taken', input.receivedAt), ...refunds], 'NOT_PAID')
  }
  if (!isPaid) return news(refunds, 'NOT_PAID')
  const counted = purchase === null ? null : applyRules(purchase, input)
  // what does not count now may have counted before: what it lists is told all the same
  if (counted === null) return news(refunds, 'BODY_NOT_UNDERSTOOD')
  if (counted.kind === 'ignored') return refunds.length === 0 ? counted : news(refunds, counted.reason)
  const beside = [cancellation(order, orderId, 'given_back', input.receivedAt), ...refunds]
  return { ...counted, reports: beside.map(readReport).filter((each) => typeof each !== 'string') }
}

/** More than an id needs. */
const MAX_DELETED_BYTES = 256

/** `order.deleted`: an order that was put into the trash, by its id and nothing else. */
function translateDeletedOrder({ rawBody, receivedAt }: TranslateInput): Translation {
  const body = rawBody.byteLength <= MAX_DELETED_BYTES ? readJson(rawBody) : undefined
  const orderId = isObject(body) && [...body.entries()].length === 1 ? readId(member(body, 'id')) : null
  if (orderId === null) return ignoreDelivery('BODY_NOT_UNDERSTOOD', null)
  const deleted = { ...cancellation(undefined, orderId, 'taken', receivedAt) }
  return reportOrder({ orderId, orderKey: orderId, externalId: null }, [deleted])
}

/** That of an order, or of one that was deleted. */
export function topicOf(rawBody: Uint8Array): string {
  return member(readJson(rawBody, ORDER), 'status') === undefined && rawBody.byteLength <= MAX_DELETED_BYTES
    ? 'order.deleted'
    : 'order.updated'
}

/** Whom a body names: the buyer of an order. */
export function identities(
  rawBody: Uint8Array,
  settings: Readonly<Record<string, unknown>>,
): readonly string[] {
  return externalIds(readBuyer(readJson(rawBody, ORDER), settings))
}
