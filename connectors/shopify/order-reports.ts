import type { IgnoreReason, Translation } from '../../src/ports/connector.ts'
import { defaultExternalId } from '../identity.ts'
import type { Json } from '../json.ts'
import { readReport, reportOrder, type StatedReport } from '../report.ts'
import { ignoreDelivery } from '../rules.ts'
import { readTypedId } from './ids.ts'
import { readBuyer, readOrderName, readTime } from './order.ts'
import { readRefund } from './refund.ts'
import { listOf } from './refund-parts.ts'

/** More than any order has. */
const MAX_REFUNDS = 1_000

interface ListedRefunds {
  readonly refunds: readonly StatedReport[]
  /** Why one of them cannot be kept; null where all can. */
  readonly fault: IgnoreReason | null
}

/** The refunds that the body of an order lists, each once, as far as they can be kept: one that cannot hides no other. */
export function listedRefunds(order: Json | undefined): ListedRefunds {
  const byId = new Map<string, StatedReport>()
  let fault: IgnoreReason | null = null
  for (const refund of listOf(order, 'refunds').slice(0, MAX_REFUNDS)) {
    const id = readTypedId(refund, 'Refund')
    if (id !== null && byId.has(id)) continue
    const stated = id === null ? null : readRefund(refund, id)
    const read = stated === null ? 'BODY_NOT_UNDERSTOOD' : readReport(stated)
    if (typeof read === 'string') fault ??= read
    else byId.set(id!, stated!)
  }
  return { refunds: [...byId.values()], fault }
}

/** That the order is cancelled, where its body says when. */
function cancellationOf(order: Json | undefined, orderId: string): StatedReport[] {
  if (typeof readTime(order, 'cancelled_at') !== 'number') return []
  const object = `shopify:cancellation:${orderId}`
  return [{ object, kind: 'cancellation', state: 'taken', amount: null, currency: null }]
}

/** `orders/cancelled`: an order that says when it was cancelled. That takes back the whole of it. */
export function translateCancelledOrder(order: Json | undefined): Translation {
  return translateOrderNews(order, 'NOT_CANCELLED')
}

/**
 * `orders/updated`: comes for most changes of an order, and several times for one. What it lists of refunds may be told
 * nowhere else, such as that one succeeded which was pending.
 */
export function translateUpdatedOrder(order: Json | undefined): Translation {
  return translateOrderNews(order, 'NOTHING_TO_REPORT')
}

/** What an order lists of refunds, and that it is cancelled. @param reason why it is ignored where it tells nothing */
export function translateOrderNews(order: Json | undefined, reason: IgnoreReason): Translation {
  const orderId = readTypedId(order, 'Order')
  if (orderId === null) return ignoreDelivery('BODY_NOT_UNDERSTOOD', null)
  const orderName = readOrderName(order)
  if (readTime(order, 'cancelled_at') === 'invalid') {
    return ignoreDelivery('BODY_NOT_UNDERSTOOD', orderId, orderName)
  }
  const { refunds, fault } = listedRefunds(order)
  const reports = [...cancellationOf(order, orderId), ...refunds]
  if (reports.length === 0) return ignoreDelivery(fault ?? reason, orderId, orderName)
  const externalId = defaultExternalId(readBuyer(order))
  return reportOrder({ orderId, orderKey: orderId, externalId, orderName }, reports)
}
