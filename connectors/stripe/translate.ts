import type { TranslateInput, Translation } from '../../src/ports/connector.ts'
import { ExactNumber, isAbsent, isObject, type Json, member, readJson } from '../json.ts'
import { isId, readProfile } from '../profile.ts'
import { type Customer, type Purchase, readCurrency } from '../purchase.ts'
import { applyRules, ignoreDelivery } from '../rules.ts'
import { instantFromUnixSeconds } from '../time.ts'
import { readMinorUnits } from './currency.ts'

export const TOPICS: readonly (Json | undefined)[] = ['charge.succeeded', 'charge.captured']

/**
 * Turns a charge event into one outcome per rule. A charge counts once its money is taken: `charge.succeeded` also
 * reports mere authorisations, whose money comes with `charge.captured` or never.
 */
export function translate(input: TranslateInput): Translation {
  if (!TOPICS.includes(input.topic)) return ignoreDelivery('TOPIC_NOT_SUPPORTED', null)
  const event = readJson(input.rawBody)
  const charge = member(member(event, 'data'), 'object')
  if (!TOPICS.includes(member(event, 'type')) || member(charge, 'object') !== 'charge') {
    return ignoreDelivery('BODY_NOT_UNDERSTOOD', null)
  }
  const orderId = readOrderId(charge)
  if (orderId === null) return ignoreDelivery('BODY_NOT_UNDERSTOOD', null)
  if (member(charge, 'paid') !== true || member(charge, 'status') !== 'succeeded') {
    return ignoreDelivery('NOT_PAID', orderId)
  }
  if (member(charge, 'captured') !== true) return ignoreDelivery('NOT_CAPTURED', orderId)
  const purchase = readPurchase(event, charge, orderId)
  return purchase === null ? ignoreDelivery('BODY_NOT_UNDERSTOOD', orderId) : applyRules(purchase, input)
}

/**
 * The merchant's own order id where the charge carries one, else the payment intent, else the charge. One that is
 * there but cannot be kept is null, never the next: the same order would count once more under another id.
 */
function readOrderId(charge: Json | undefined): string | null {
  const ownId = member(member(charge, 'metadata'), 'order_id')
  if (typeof ownId === 'string' && ownId.trim() !== '') return isId(ownId) ? ownId : null
  const paymentIntent = member(charge, 'payment_intent')
  const id = isAbsent(paymentIntent) ? member(charge, 'id') : idOf(paymentIntent)
  return isId(id) ? id : null
}

function readPurchase(event: Json | undefined, charge: Json | undefined, orderId: string): Purchase | null {
  const created = member(charge, 'created')
  const activityAt = created instanceof ExactNumber ? instantFromUnixSeconds(created.digits) : null
  const livemodes = [member(charge, 'livemode'), member(event, 'livemode')]
  if (activityAt === null || !livemodes.some((livemode) => typeof livemode === 'boolean')) return null
  const currency = readCurrency(member(charge, 'currency'))
  const billing = member(charge, 'billing_details')
  return {
    platform: 'stripe',
    orderId,
    orderReference: null,
    activityAt,
    isTest: livemodes.includes(false),
    currency,
    amounts: { order_total: readMinorUnits(member(charge, 'amount_captured'), currency) },
    customer: readCustomer(member(charge, 'customer')),
    ...readProfile({
      // one line of text at Stripe: where the given name ends is anybody's guess, so nobody guesses
      firstName: [member(billing, 'name')],
      lastName: [],
      email: [member(billing, 'email'), member(charge, 'receipt_email')],
      phoneNumber: [member(billing, 'phone')],
    }),
    profileAt: activityAt,
  }
}

function readCustomer(customer: Json | undefined): Customer {
  if (isAbsent(customer) || customer === '') return { kind: 'guest' }
  const id = idOf(customer)
  return isId(id) ? { kind: 'known', id } : { kind: 'unusable' }
}

/** Stripe names an object by its id, or writes the whole object where the sender had it expanded. */
function idOf(reference: Json): Json | undefined {
  return isObject(reference) ? member(reference, 'id') : reference
}
