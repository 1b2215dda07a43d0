import type { TranslateInput, Translation } from '../../src/ports/connector.ts'
import type { OrderReport } from '../../src/ports/schema/values.ts'
import { defaultExternalId } from '../identity.ts'
import { isAbsent, type Json, member, members, readJson } from '../json.ts'
import { readReport, reportOrder, type StatedReport } from '../report.ts'
import { ignoreDelivery } from '../rules.ts'
import { readPayer } from './buyer.ts'
import { translateCharge } from './charge.ts'
import { statedDispute } from './dispute.ts'
import { paymentIdOf, readOrderId, readOrderName, readPaymentId } from './ids.ts'
import { statedRefund, statedTotal } from './refund.ts'

/**
 * A charge that was read instead of told, as it stands now, with what became of it beside it. No event of Stripe has
 * these types, so no webhook can be taken for one.
 */
export const READ_PURCHASE = 'charge'
export const READ_REPORTS = 'charge.reports'

const REFERENCE = { id: true } as const
const REPORTED = {
  object: true,
  id: true,
  status: true,
  amount: true,
  currency: true,
  charge: REFERENCE,
  payment_intent: REFERENCE,
} as const

const BODY = members({
  type: true,
  livemode: true,
  api_version: true,
  data: {
    object: {
      object: true,
      id: true,
      paid: true,
      status: true,
      captured: true,
      refunded: true,
      metadata: true,
      presentment_details: { presentment_amount: true, presentment_currency: true },
      payment_intent: REFERENCE,
      created: true,
      livemode: true,
      currency: true,
      amount: true,
      amount_captured: true,
      amount_refunded: true,
      billing_details: { name: true, email: true, phone: true, address: { country: true } },
      receipt_email: true,
      customer: REFERENCE,
    },
    refunds: REPORTED,
    disputes: REPORTED,
  },
})

export function isReadTopic(topic: string): boolean {
  return topic === READ_PURCHASE || topic === READ_REPORTS
}

/** A charge of which all money is back when it is read is no purchase; one of which a part is counts, and loses it. */
export function translateRead(input: TranslateInput): Translation {
  const body = readJson(input.rawBody, BODY)
  const data = member(body, 'data')
  const charge = member(data, 'object')
  if (member(body, 'type') !== input.topic) return ignoreDelivery('BODY_NOT_UNDERSTOOD', null)
  const stated = statedReports(data, body)
  if (input.topic === READ_REPORTS) return translateReports(data, stated, input)
  if (member(charge, 'object') !== 'charge') return ignoreDelivery('BODY_NOT_UNDERSTOOD', null)
  if (member(charge, 'refunded') === true) {
    return ignoreDelivery('NOT_PAID', readOrderId(charge, input.orderIdFrom), readOrderName(charge))
  }
  const translation = translateCharge(charge, body, input)
  const reports = stated.map(readReport).filter((report): report is OrderReport => typeof report !== 'string')
  return translation.kind === 'translated' && reports.length > 0 ? { ...translation, reports } : translation
}

function translateReports(
  data: Json | undefined,
  stated: readonly StatedReport[],
  input: TranslateInput,
): Translation {
  const charge = member(data, 'object')
  const isThere = !isAbsent(charge)
  const orderKey = isThere ? paymentIdOf(charge) : paymentOf(listOf(data, 'refunds', 'disputes')[0])
  const orderId = isThere ? readOrderId(charge, input.orderIdFrom) : orderKey
  if (orderKey === null || orderId === null) return ignoreDelivery('BODY_NOT_UNDERSTOOD', orderId)
  if (stated.length === 0) return ignoreDelivery('NOTHING_TO_REPORT', orderId)
  const externalId = isThere ? defaultExternalId(readPayer(charge)) : null
  return reportOrder({ orderId, orderKey, externalId, orderName: readOrderName(charge) }, stated)
}

function paymentOf(object: Json | undefined): string | null {
  return readPaymentId(member(object, 'payment_intent'), member(object, 'charge'))
}

/** Refunds and disputes by themselves; and what the charge says was refunded beyond them. */
function statedReports(data: Json | undefined, body: Json | undefined): StatedReport[] {
  const refunds = listOf(data, 'refunds').map(statedRefund)
  const disputes = listOf(data, 'disputes').map(statedDispute)
  const charge = member(data, 'object')
  if (isAbsent(charge)) return [...refunds, ...disputes]
  const total = statedTotal(charge, body)
  const known = refunds.reduce(
    (sum, { state, amount }) => (state !== 'given_back' && amount?.ok === true ? sum + amount.value : sum),
    0n,
  )
  const isMore = total.amount?.ok === true && total.amount.value > known
  return [...refunds, ...(isMore ? [total] : []), ...disputes]
}

function listOf(data: Json | undefined, ...names: readonly ('refunds' | 'disputes')[]): readonly Json[] {
  return names.flatMap((name) => {
    const list = member(data, name)
    return Array.isArray(list) ? (list as readonly Json[]) : []
  })
}
