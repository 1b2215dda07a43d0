import type { TranslateInput, Translation } from '../../src/ports/connector.ts'
import type { ParsedQuantity } from '../../src/streaks/quantity.ts'
import { defaultExternalId } from '../identity.ts'
import { type Json, member } from '../json.ts'
import { readCurrency } from '../purchase.ts'
import { reportOrder, type StatedReport } from '../report.ts'
import { ignoreDelivery } from '../rules.ts'
import { readNamed, readPayer } from './buyer.ts'
import { readMinorUnits } from './currency.ts'
import { objectName, paymentIdOf, readOrderId, readOrderName, readPaymentId } from './ids.ts'

/**
 * The first version in which a capture of less than was authorised, or none, is no refund of the rest
 * (https://docs.stripe.com/changelog/basil/2025-03-31/remove-refund-from-partial-capture-and-payment-cancellation-flow)
 */
const RELEASES_ARE_NO_REFUNDS = '2025-03-31'

/** `refund.*` and `charge.refund.updated`: one refund as it stood. */
export function translateRefund(refund: Json | undefined): Translation {
  const orderKey = readPaymentId(member(refund, 'payment_intent'), member(refund, 'charge'))
  if (orderKey === null) return ignoreDelivery('BODY_NOT_UNDERSTOOD', null)
  const named = readNamed(member(refund, 'customer'), member(refund, 'instructions_email'))
  return reportOrder(
    {
      orderId: orderKey,
      orderKey,
      externalId: defaultExternalId(named),
      orderName: readOrderName(refund),
    },
    [statedRefund(refund)],
  )
}

/** One refund as its object states it. */
export function statedRefund(refund: Json | undefined): StatedReport {
  const currency = readCurrency(member(refund, 'currency'))
  return {
    object: objectName(refund),
    kind: 'refund',
    state: stateOf(member(refund, 'status')),
    amount: readMinorUnits(member(refund, 'amount'), currency),
    currency,
  }
}

/** `pending`, `requires_action` and whatever comes later have moved no money yet. */
function stateOf(status: Json | undefined): 'open' | 'taken' | 'given_back' {
  if (status === 'succeeded') return 'taken'
  return status === 'failed' || status === 'canceled' ? 'given_back' : 'open'
}

/**
 * `charge.refunded`: how much of the charge was refunded so far. It names no refunds, and where the sender had them
 * expanded they are only the latest ones.
 */
export function translateChargeRefunds(
  charge: Json | undefined,
  event: Json | undefined,
  { orderIdFrom }: TranslateInput,
): Translation {
  const orderId = readOrderId(charge, orderIdFrom)
  const orderKey = paymentIdOf(charge)
  if (orderId === null || orderKey === null) return ignoreDelivery('BODY_NOT_UNDERSTOOD', orderId)
  return reportOrder(
    { orderId, orderKey, externalId: defaultExternalId(readPayer(charge)), orderName: readOrderName(charge) },
    [statedTotal(charge, event)],
  )
}

/** How much of a charge was refunded so far, as the charge states it. */
export function statedTotal(charge: Json | undefined, event: Json | undefined): StatedReport {
  const currency = readCurrency(member(charge, 'currency'))
  const amount = readRefunded(charge, event, currency)
  return {
    object: objectName(charge),
    kind: 'refund_total',
    state: amount.ok && amount.value > 0n ? 'taken' : 'open',
    amount,
    currency,
  }
}

/** Of the money that was taken: older versions call what was authorised and never captured refunded as well. */
function readRefunded(
  charge: Json | undefined,
  event: Json | undefined,
  currency: string | null,
): ParsedQuantity {
  const refunded = readMinorUnits(member(charge, 'amount_refunded'), currency)
  const version = member(event, 'api_version')
  if (!refunded.ok || !isDated(version) || version >= RELEASES_ARE_NO_REFUNDS) return refunded
  const authorised = readMinorUnits(member(charge, 'amount'), currency)
  const captured = readMinorUnits(member(charge, 'amount_captured'), currency)
  if (!authorised.ok) return authorised
  if (!captured.ok) return captured
  if (captured.value >= authorised.value) return refunded
  const released = authorised.value - captured.value
  return { ok: true, value: refunded.value > released ? refunded.value - released : 0n }
}

function isDated(version: Json | undefined): version is string {
  return typeof version === 'string' && /^\d{4}-\d\d-\d\d/.test(version)
}
