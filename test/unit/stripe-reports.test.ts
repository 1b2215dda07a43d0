import { describe, expect, it } from '@jest/globals'
import { stripe } from '../../connectors/stripe/index.ts'
import type { Translation } from '../../src/ports/connector.ts'
import type { StripeChargeOptions } from '../helpers/payloads.ts'
import { rawNumber } from '../helpers/payloads.ts'
import {
  type StripeDisputeOptions,
  type StripeRefundOptions,
  stripeDisputeEvent,
  stripeRefundEvent,
} from '../helpers/report-payloads.ts'
import { outcomesOf, rule } from '../helpers/rules.ts'
import { stripeChargeEvent } from '../helpers/signed.ts'

function translate(topic: string, body: string): Translation {
  const input = { rawBody: Buffer.from(body), topic, receivedAt: Date.parse('2026-11-22T12:00:00Z') }
  return stripe.translate({
    ...input,
    rules: [rule()],
    purchaseSpace: 'space-1',
    orderIdFrom: 'metadata.order_id',
    settings: {},
  })
}

const refund = (options: StripeRefundOptions = {}) =>
  translate(options.type ?? 'refund.created', stripeRefundEvent(options))

const dispute = (options: StripeDisputeOptions = {}) =>
  translate(options.type ?? 'charge.dispute.created', stripeDisputeEvent(options))

const chargeRefunded = (charge: Readonly<Record<string, unknown>>, options: StripeChargeOptions = {}) =>
  translate('charge.refunded', stripeChargeEvent({ type: 'charge.refunded', ...options, charge }))

describe('a refund', () => {
  it('is known by its own id and calls the order by its payment', () => {
    expect(refund()).toEqual({
      kind: 'reported',
      orderId: 'pi_5001',
      orderKey: 'pi_5001',
      externalId: null,
      reports: [
        {
          object: 'stripe:refund:re_8001',
          kind: 'refund',
          state: 'taken',
          amount: '42.5',
          currency: 'USD',
        },
      ],
    })
  })

  it('its status decides what it does, not the event it comes in', () => {
    const stateOf = (status: unknown, type: string) => {
      const translation = refund({ type, status })
      return translation.kind === 'reported' ? translation.reports[0]!.state : translation.kind
    }
    for (const type of ['refund.created', 'refund.updated', 'refund.failed', 'charge.refund.updated']) {
      expect(stateOf('succeeded', type)).toBe('taken')
      expect(stateOf('failed', type)).toBe('given_back')
      expect(stateOf('canceled', type)).toBe('given_back')
      for (const status of ['pending', 'requires_action', 'of_a_later_version', '', null, 5]) {
        expect(stateOf(status, type)).toBe('open')
      }
    }
  })

  it('names the customer whose data it holds, or the address it writes to', () => {
    expect(refund({ refund: { customer: 'cus_1' } })).toMatchObject({ externalId: 'stripe:cus_1' })
    expect(refund({ refund: { customer: { id: 'cus_2', object: 'customer' } } })).toMatchObject({
      externalId: 'stripe:cus_2',
    })
    expect(refund({ refund: { instructions_email: 'A@Example.com' } })).toMatchObject({
      externalId: 'email:a@example.com',
    })
    expect(refund({ refund: { customer: 5 } })).toMatchObject({ kind: 'reported', externalId: null })
  })
})

describe('a dispute', () => {
  it('is known by its own id and calls the order by its payment', () => {
    expect(dispute({ status: 'lost', paymentIntent: null, type: 'charge.dispute.closed' })).toEqual({
      kind: 'reported',
      orderId: 'ch_5001',
      orderKey: 'ch_5001',
      externalId: null,
      reports: [
        {
          object: 'stripe:dispute:dp_8501',
          kind: 'dispute',
          state: 'taken',
          amount: '42.5',
          currency: 'USD',
        },
      ],
    })
  })

  it('takes when it is lost, gives back when it is won, and nothing else decides', () => {
    const stateOf = (status: unknown, name: string) => {
      const translation = dispute({ type: `charge.dispute.${name}`, status })
      return translation.kind === 'reported' ? translation.reports[0]!.state : translation.kind
    }
    for (const name of ['created', 'updated', 'closed', 'funds_withdrawn', 'funds_reinstated']) {
      expect(stateOf('lost', name)).toBe('taken')
      expect(stateOf('won', name)).toBe('given_back')
      for (const status of [
        'warning_needs_response',
        'warning_under_review',
        'warning_closed',
        'needs_response',
        'under_review',
        'prevented',
        'appeal_needs_response',
        'appeal_under_review',
        'of_a_later_version',
        null,
      ]) {
        expect(stateOf(status, name)).toBe('open')
      }
    }
  })

  it('names the address that its evidence holds', () => {
    const evidence = { customer_email_address: 'A@Example.com', customer_name: 'Ada' }
    expect(dispute({ dispute: { evidence } })).toMatchObject({ externalId: 'email:a@example.com' })
  })
})

describe('what a charge says of its refunds', () => {
  it('is the total so far, under the order id of the charge', () => {
    const refunds = { data: [{ id: 're_1', object: 'refund', amount: 1000 }], object: 'list' }
    expect(chargeRefunded({ amount_refunded: 2050, refunds }, { orderId: '1001' })).toEqual({
      kind: 'reported',
      orderId: '1001',
      orderKey: 'pi_5001',
      orderName: '1001',
      externalId: 'stripe:cus_7001',
      reports: [
        {
          object: 'stripe:charge:ch_5001',
          kind: 'refund_total',
          state: 'taken',
          amount: '20.5',
          currency: 'USD',
        },
      ],
    })
  })

  it('a guest is named by the address, and nobody where there is none', () => {
    const total = { amount_refunded: 1 }
    expect(chargeRefunded(total, { customer: null })).toMatchObject({ externalId: 'email:buyer@example.com' })
    expect(chargeRefunded(total, { customer: null, email: null })).toMatchObject({ externalId: null })
  })

  it('nothing refunded takes nothing', () => {
    expect(chargeRefunded({ amount_refunded: 0 })).toMatchObject({
      reports: [{ state: 'open', amount: '0' }],
    })
  })

  it('an order id that cannot be kept is not replaced by another', () => {
    expect(outcomesOf(chargeRefunded({}, { orderId: 'o'.repeat(257) }))).toBe('BODY_NOT_UNDERSTOOD')
    expect(chargeRefunded({ payment_intent: 5 }, { orderId: '1001' })).toEqual({
      kind: 'ignored',
      reason: 'BODY_NOT_UNDERSTOOD',
      orderId: '1001',
    })
  })

  it('what was authorised and never captured is no refund, in versions that call it one', () => {
    const amountIn = (api_version: unknown, charge: Readonly<Record<string, unknown>>) => {
      const translation = chargeRefunded(charge, { event: { api_version } })
      return translation.kind === 'reported'
        ? [translation.reports[0]!.state, translation.reports[0]!.amount]
        : outcomesOf(translation)
    }
    const partlyCaptured = { amount: 5000, amount_captured: 3000, amount_refunded: 2500 }
    expect(amountIn('2020-08-27', partlyCaptured)).toEqual(['taken', '5'])
    expect(amountIn('2025-02-24.acacia', partlyCaptured)).toEqual(['taken', '5'])
    expect(amountIn('2025-03-31.basil', partlyCaptured)).toEqual(['taken', '25'])
    expect(amountIn(null, partlyCaptured)).toEqual(['taken', '25'])
    expect(amountIn('', partlyCaptured)).toEqual(['taken', '25'])
    expect(amountIn('2020-08-27', { ...partlyCaptured, amount_refunded: 2000 })).toEqual(['open', '0'])
    expect(amountIn('2020-08-27', { ...partlyCaptured, amount_captured: 6000 })).toEqual(['taken', '25'])
    expect(amountIn('2020-08-27', { amount: 5000, amount_captured: 0, amount_refunded: 5000 })).toEqual([
      'open',
      '0',
    ])
    expect(amountIn('2020-08-27', { ...partlyCaptured, amount_captured: null })).toBe('BODY_NOT_UNDERSTOOD')
  })
})

describe('every report', () => {
  const each = (fields: Readonly<Record<string, unknown>>) => [
    refund({ refund: fields }),
    dispute({ dispute: fields }),
    chargeRefunded({ ...fields, amount_refunded: fields.amount ?? fields.amount_refunded }),
  ]

  it("reads minor units by Stripe's own decimals", () => {
    const amounts = (currency: string, amount: unknown) =>
      each({ currency, amount }).map((one) =>
        one.kind === 'reported' ? one.reports[0]!.amount : outcomesOf(one),
      )
    expect(new Set(amounts('jpy', 500))).toEqual(new Set(['500']))
    expect(new Set(amounts('isk', 500))).toEqual(new Set(['5']))
    expect(new Set(amounts('kwd', 5120))).toEqual(new Set(['5.12']))
    expect(new Set(amounts('usd', rawNumber('100000000001')))).toEqual(new Set(['VALUE_OUT_OF_RANGE']))
    expect(new Set(amounts('usd', rawNumber('-1')))).toEqual(new Set(['VALUE_OUT_OF_RANGE']))
  })

  it('without a readable amount or currency is not understood', () => {
    for (const fields of [
      { amount: '500' },
      { amount: 5.5 },
      { amount: {} },
      { amount: 500, currency: null },
      { amount: 500, currency: 'dollars' },
    ]) {
      for (const one of each(fields)) expect(outcomesOf(one)).toBe('BODY_NOT_UNDERSTOOD')
    }
  })

  it('calls the payment the same whether it was expanded or not', () => {
    for (const one of each({ amount: 1, payment_intent: { id: 'pi_9', object: 'payment_intent' } })) {
      expect(one).toMatchObject({ orderKey: 'pi_9' })
    }
    const charge = { id: 'ch_9', object: 'charge', payment_intent: 'pi_other' }
    expect(refund({ paymentIntent: null, charge })).toMatchObject({ orderKey: 'ch_9' })
    expect(dispute({ paymentIntent: null, charge })).toMatchObject({ orderKey: 'ch_9' })
  })

  it('without a payment, or with one whose id cannot be kept, is not understood', () => {
    const expected = { kind: 'ignored', reason: 'BODY_NOT_UNDERSTOOD', orderId: null }
    expect(refund({ paymentIntent: null, charge: null })).toEqual(expected)
    expect(dispute({ paymentIntent: null, charge: null })).toEqual(expected)
    for (const payment_intent of [5, '', {}, { id: null }, [], true, 'p'.repeat(257), 'p\0']) {
      for (const one of each({ amount: 1, payment_intent })) expect(one).toEqual(expected)
    }
  })

  it('without an id of its own that can be kept is not understood', () => {
    for (const id of [undefined, null, 5, '', ' ', 'r\0', 'r'.repeat(250)]) {
      for (const one of each({ amount: 1, id })) expect(outcomesOf(one)).toBe('BODY_NOT_UNDERSTOOD')
    }
  })

  it('holds the object that its type promises', () => {
    for (const object of ['charge', 'refund', 'dispute', 'payment_intent', null]) {
      if (object !== 'refund') expect(outcomesOf(refund({ refund: { object } }))).toBe('BODY_NOT_UNDERSTOOD')
      if (object !== 'dispute')
        expect(outcomesOf(dispute({ dispute: { object } }))).toBe('BODY_NOT_UNDERSTOOD')
      if (object !== 'charge') expect(outcomesOf(chargeRefunded({ object }))).toBe('BODY_NOT_UNDERSTOOD')
    }
  })

  it('has the type of its topic in the signed body', () => {
    const bodies = [stripeRefundEvent(), stripeDisputeEvent(), stripeChargeEvent({ type: 'charge.refunded' })]
    const topics = ['refund.created', 'charge.dispute.created', 'charge.refunded', 'refund.updated']
    const outcomes = bodies.map((body) => topics.map((topic) => translate(topic, body).kind))
    expect(outcomes).toEqual([
      ['reported', 'ignored', 'ignored', 'ignored'],
      ['ignored', 'reported', 'ignored', 'ignored'],
      ['ignored', 'ignored', 'reported', 'ignored'],
    ])
  })
})
