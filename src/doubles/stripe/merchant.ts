import { z } from 'zod'
import { ControlFault } from '../parts/control.ts'
import type { Events } from './events.ts'
import { newId, type StripeState, type Thing } from './state.ts'

const minor = z.int().min(0)

export const chargeShape = z.strictObject({
  id: z.string().optional(),
  paymentIntent: z.string().nullable().optional(),
  amount: minor.default(2_000),
  currency: z.string().length(3).default('eur'),
  captured: z.boolean().default(true),
  status: z.enum(['succeeded', 'pending', 'failed']).default('succeeded'),
  customer: z.string().nullable().default(null),
  email: z.string().nullable().default(null),
  receiptEmail: z.string().nullable().default(null),
  name: z.string().nullable().default(null),
  phone: z.string().nullable().default(null),
  country: z.string().nullable().default(null),
  metadata: z.record(z.string(), z.string()).default({}),
  live: z.boolean().default(false),
  created: z.iso.datetime({ offset: true }).optional(),
  /** A connected account whose charge it is. */
  account: z.string().optional(),
  /** Whether events tell of it. */
  tell: z.boolean().default(true),
})

export const refundShape = z.strictObject({
  /** Of what is left where absent. */
  amount: z.int().min(1).optional(),
  status: z.enum(['succeeded', 'pending', 'failed', 'requires_action']).default('succeeded'),
  reason: z.string().nullable().default('requested_by_customer'),
})

export function chargeOf({ charges }: StripeState, id: string): Thing {
  const charge = charges.get(id) ?? charges.find((one) => one.payment_intent === id)
  if (charge === undefined) throw new ControlFault(`there is no charge ${id}`)
  return charge
}

/** Somebody pays. */
export function makeCharge(state: StripeState, { emit }: Events, given: z.infer<typeof chargeShape>): Thing {
  const { amount, captured } = given
  const paid = given.status !== 'failed'
  const paymentIntent = given.paymentIntent === undefined ? newId('pi') : given.paymentIntent
  const id = given.id ?? newId('ch')
  if (state.charges.get(id) !== undefined) throw new ControlFault(`there is a charge ${id} already`)
  const charge = state.charges.put({
    id,
    object: 'charge',
    amount,
    amount_captured: paid && captured ? amount : 0,
    amount_refunded: 0,
    billing_details: {
      address: {
        country: given.country,
        city: null,
        line1: null,
        line2: null,
        postal_code: null,
        state: null,
      },
      email: given.email,
      name: given.name,
      phone: given.phone,
      tax_id: null,
    },
    captured: paid && captured,
    created: given.created === undefined ? state.now() : Math.floor(Date.parse(given.created) / 1_000),
    currency: given.currency.toLowerCase(),
    customer: given.customer,
    description: null,
    disputed: false,
    failure_code: paid ? null : 'card_declined',
    livemode: given.live,
    metadata: given.metadata,
    on_behalf_of: null,
    paid,
    payment_intent: paymentIntent,
    payment_method_details: { type: 'card' },
    receipt_email: given.receiptEmail,
    refunded: false,
    source_transfer: null,
    status: given.status,
    transfer_data: null,
  })
  if (!given.tell) return charge
  if (given.status === 'pending') emit('charge.pending', charge, given.account)
  else emit(paid ? 'charge.succeeded' : 'charge.failed', charge, given.account)
  if (paid && captured && paymentIntent !== null) {
    const intent = {
      id: paymentIntent,
      object: 'payment_intent',
      amount,
      amount_received: amount,
      currency: charge.currency,
      customer: given.customer,
      latest_charge: charge.id,
      livemode: given.live,
      metadata: given.metadata,
      status: 'succeeded',
      created: charge.created,
    }
    emit('payment_intent.succeeded', intent, given.account)
  }
  return charge
}

export function captureCharge(
  state: StripeState,
  { emit }: Events,
  id: string,
  amount: number | undefined,
): Thing {
  const charge = chargeOf(state, id)
  if (charge.captured) throw new ControlFault(`charge ${id} is captured`)
  const captured = state.charges.put({ ...charge, captured: true, amount_captured: amount ?? charge.amount })
  emit('charge.captured', captured)
  return captured
}

/** Money goes back, or is on its way back. */
export function refundCharge(
  state: StripeState,
  { emit }: Events,
  id: string,
  given: z.infer<typeof refundShape>,
): Thing {
  const charge = chargeOf(state, id)
  const left = charge.amount_captured - charge.amount_refunded
  const amount = given.amount ?? left
  if (amount > left || amount === 0) throw new ControlFault(`charge ${id} has ${left} left to give back`)
  const refund = state.refunds.put({
    id: newId('re'),
    object: 'refund',
    amount,
    charge: charge.id,
    created: state.now(),
    currency: charge.currency,
    livemode: charge.livemode,
    metadata: {},
    payment_intent: charge.payment_intent,
    reason: given.reason,
    status: given.status,
  })
  emit('refund.created', refund)
  if (given.status !== 'failed') tellRefunded(state, emit, charge, amount)
  else emit('refund.failed', refund)
  return refund
}

function tellRefunded(state: StripeState, emit: Events['emit'], charge: Thing, more: number): void {
  const amount_refunded = charge.amount_refunded + more
  const refunded = amount_refunded === charge.amount_captured
  const changed = state.charges.put({ ...charge, amount_refunded, refunded })
  if (more > 0) emit('charge.refunded', changed)
}

/** What became of a refund; one that failed is money that did not go back. */
export function settleRefund(state: StripeState, { emit }: Events, id: string, status: string): Thing {
  const refund = state.refunds.get(id)
  if (refund === undefined) throw new ControlFault(`there is no refund ${id}`)
  const settled = state.refunds.put({ ...refund, status })
  emit('refund.updated', settled)
  emit('charge.refund.updated', settled)
  if (status === 'failed' && refund.status !== 'failed') {
    tellRefunded(state, emit, chargeOf(state, refund.charge), -refund.amount)
    emit('refund.failed', settled)
  }
  return settled
}

export function openDispute(
  state: StripeState,
  { emit }: Events,
  id: string,
  amount: number | undefined,
  status: string,
): Thing {
  const charge = state.charges.put({ ...chargeOf(state, id), disputed: true })
  const dispute = state.disputes.put({
    id: newId('du'),
    object: 'dispute',
    amount: amount ?? charge.amount,
    charge: charge.id,
    created: state.now(),
    currency: charge.currency,
    livemode: charge.livemode,
    metadata: {},
    payment_intent: charge.payment_intent,
    reason: 'fraudulent',
    status,
  })
  emit('charge.dispute.created', dispute)
  if (!status.startsWith('warning_')) emit('charge.dispute.funds_withdrawn', dispute)
  return dispute
}

export function settleDispute(state: StripeState, { emit }: Events, id: string, status: string): Thing {
  const known = state.disputes.get(id)
  if (known === undefined) throw new ControlFault(`there is no dispute ${id}`)
  const dispute = state.disputes.put({ ...known, status })
  const isClosed = ['won', 'lost', 'warning_closed', 'prevented'].includes(status)
  emit(isClosed ? 'charge.dispute.closed' : 'charge.dispute.updated', dispute)
  if (status === 'won') emit('charge.dispute.funds_reinstated', dispute)
  return dispute
}
