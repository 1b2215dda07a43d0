import { isAbsent, isObject, type Json, member } from '../json.ts'
import { isId } from '../profile.ts'

/**
 * How Stripe's objects call a payment: by the payment intent, else by the charge. One that is there but cannot be kept
 * is null, never the other: the same payment would go by two names.
 */
export function readPaymentId(paymentIntent: Json | undefined, charge: Json | undefined): string | null {
  const id = idOf(isAbsent(paymentIntent) ? charge : paymentIntent)
  return isId(id) ? id : null
}

/** Of a charge itself. */
export function paymentIdOf(charge: Json | undefined): string | null {
  return readPaymentId(member(charge, 'payment_intent'), member(charge, 'id'))
}

/** Stripe names an object by its id, or writes the whole object where the sender had it expanded. */
export function idOf(reference: Json | undefined): Json | undefined {
  return isObject(reference) ? member(reference, 'id') : reference
}

/** `stripe:refund:re_1` for a refund; null when its id cannot be kept. */
export function objectName(value: Json | undefined): string | null {
  const [type, id] = [member(value, 'object'), member(value, 'id')]
  return isId(type) && isId(id) ? `stripe:${type}:${id}` : null
}

/** The names by which refunds and disputes call the payment of a charge: its payment intent, and the charge itself. */
export function paymentNames(charge: Json | undefined): string[] {
  const names = [idOf(member(charge, 'payment_intent')), member(charge, 'id')]
  return [...new Set(names.filter(isId))]
}

const METADATA = 'metadata.'

/**
 * The order id of a charge, by the connector's `orderIdFrom`: the payment, or the value under a key of the metadata
 * where it is there and not blank. One that is there but cannot be kept is null, never the next: the same order would
 * count once more under another id.
 */
export function readOrderId(charge: Json | undefined, orderIdFrom: string | null): string | null {
  const key = orderIdFrom?.startsWith(METADATA) ? orderIdFrom.slice(METADATA.length) : null
  const ownId = key === null ? undefined : member(member(charge, 'metadata'), key)
  if (typeof ownId === 'string' && ownId.trim() !== '') return isId(ownId) ? ownId : null
  return paymentIdOf(charge)
}

/** What people call the order, as shop systems write it into the metadata by themselves. */
export function readOrderName(object: Json | undefined): string | null {
  const name = member(member(object, 'metadata'), 'order_id')
  return isId(name) ? name : null
}
