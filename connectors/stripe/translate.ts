import type { TranslateInput, Translation } from '../../src/ports/connector.ts'
import { externalIds } from '../identity.ts'
import { isAbsent, type Json, member, members, readJson } from '../json.ts'
import { ignoreDelivery } from '../rules.ts'
import { readNamed, readPayer } from './buyer.ts'
import { translateCharge } from './charge.ts'
import { translateDispute } from './dispute.ts'
import { isReadTopic, translateRead } from './read.ts'
import { translateChargeRefunds, translateRefund } from './refund.ts'

/** What is read of an event, whichever object it carries; the rest is only checked to be JSON. */
const EVENT = members({
  type: true,
  account: true,
  livemode: true,
  api_version: true,
  data: {
    object: {
      object: true,
      id: true,
      paid: true,
      status: true,
      captured: true,
      metadata: true,
      presentment_details: { presentment_amount: true, presentment_currency: true },
      payment_intent: { id: true },
      charge: { id: true },
      created: true,
      livemode: true,
      currency: true,
      amount: true,
      amount_captured: true,
      amount_refunded: true,
      billing_details: { name: true, email: true, phone: true, address: { country: true } },
      receipt_email: true,
      instructions_email: true,
      evidence: { customer_email_address: true },
      customer: { id: true },
    },
  },
})

/** What an event carries: the object that its type promises, and the event itself for what only it knows. */
interface EventReader {
  readonly object: 'charge' | 'refund' | 'dispute'
  translate(object: Json | undefined, event: Json | undefined, input: TranslateInput): Translation
}

const PURCHASE: EventReader = { object: 'charge', translate: translateCharge }
const CHARGE_REFUNDS: EventReader = { object: 'charge', translate: translateChargeRefunds }
const REFUND: EventReader = { object: 'refund', translate: translateRefund }
const DISPUTE: EventReader = { object: 'dispute', translate: translateDispute }

/** By topic, which is the type of the event. */
const READERS: ReadonlyMap<string, EventReader> = new Map([
  ['charge.succeeded', PURCHASE],
  ['charge.captured', PURCHASE],
  ['charge.refunded', CHARGE_REFUNDS],
  ['charge.refund.updated', REFUND],
  ['refund.created', REFUND],
  ['refund.updated', REFUND],
  ['refund.failed', REFUND],
  ['charge.dispute.created', DISPUTE],
  ['charge.dispute.updated', DISPUTE],
  ['charge.dispute.closed', DISPUTE],
  ['charge.dispute.funds_withdrawn', DISPUTE],
  ['charge.dispute.funds_reinstated', DISPUTE],
])

export const TOPICS: readonly string[] = [...READERS.keys()]

/** Turns a charge into one outcome per rule, and a refund or a dispute into a report of its order. */
export function translate(input: TranslateInput): Translation {
  if (isReadTopic(input.topic)) return translateRead(input)
  const reader = READERS.get(input.topic)
  if (reader === undefined) return ignoreDelivery('TOPIC_NOT_SUPPORTED', null)
  const event = readJson(input.rawBody, EVENT)
  const object = member(member(event, 'data'), 'object')
  const isRight = member(event, 'type') === input.topic && member(object, 'object') === reader.object
  if (!isRight) return ignoreDelivery('BODY_NOT_UNDERSTOOD', null)
  const translation = reader.translate(object, event, input)
  return isOfOther(event, input) ? ofOther(translation) : translation
}

/**
 * Events of connected accounts name theirs (https://docs.stripe.com/connect/webhooks). Where our own account is not
 * known, none can be told from it.
 */
function isOfOther(event: Json | undefined, { ownId = null }: TranslateInput): boolean {
  const account = member(event, 'account')
  return ownId !== null && !isAbsent(account) && account !== ownId
}

/** Nothing of it counts here; it is still found by its order. */
function ofOther({ orderId, orderName = null }: Translation): Translation {
  return ignoreDelivery('ACCOUNT_MISMATCH', orderId, orderName)
}

/** Whom an event names, whichever object it carries: a customer, and addresses in the places that objects have. */
export function identities(rawBody: Uint8Array): readonly string[] {
  const object = member(member(readJson(rawBody, EVENT), 'data'), 'object')
  const addresses = [
    member(object, 'instructions_email'),
    member(member(object, 'evidence'), 'customer_email_address'),
  ]
  return externalIds(readPayer(object), ...addresses.map((address) => readNamed(null, address)))
}
