import { readFileSync } from 'node:fs'
import { describe, expect, it } from '@jest/globals'
import { decimalsOf } from '../../connectors/stripe/currency.ts'
import { stripe } from '../../connectors/stripe/index.ts'
import type { Translation } from '../../src/ports/connector.ts'
import type { ConnectorRule, PurchaseActivity } from '../../src/ports/schema/values.ts'
import { rawNumber, type StripeChargeOptions } from '../helpers/payloads.ts'
import { activityOf, outcomesOf, rule } from '../helpers/rules.ts'
import { stripeChargeEvent } from '../helpers/signed.ts'

const RECEIVED_AT = Date.parse('2026-11-22T12:00:00Z')
const FIXTURE = readFileSync(new URL('../fixtures/stripe/charge-succeeded.json', import.meta.url), 'utf8')

function translate(body: string, rules: readonly ConnectorRule[] = [rule()], topic?: string): Translation {
  const input = {
    rawBody: Buffer.from(body),
    receivedAt: RECEIVED_AT,
    rules,
    purchaseSpace: 'space-1',
    settings: {},
    orderIdFrom: 'metadata.order_id',
  }
  return stripe.translate({ ...input, topic: topic ?? 'charge.succeeded' })
}

const outcome = (options: StripeChargeOptions, overrides: Partial<ConnectorRule> = {}) =>
  [outcomesOf(translate(stripeChargeEvent(options), [rule(overrides)], options.type))].flat()[0]

const activity = (options: StripeChargeOptions, overrides: Partial<ConnectorRule> = {}): PurchaseActivity =>
  activityOf(translate(stripeChargeEvent(options), [rule(overrides)], options.type))

describe('a charge as Stripe sends it', () => {
  it('counts under its payment intent', () => {
    const translation = translate(FIXTURE, [rule({ value: 'order_total', currency: 'EUR' })])
    expect(translation).toMatchObject({ kind: 'translated', orderId: 'pi_3SfVb2KuuB1fWySn0Rf2yYpM' })
    expect(activityOf(translation)).toEqual({
      externalId: 'stripe:cus_TcNp4fWb8Yk2Qz',
      profile: { firstName: 'Jenny Rosen', email: 'Jenny.Rosen@Example.com', phoneNumber: '+4930123456' },
      profileAt: 1_795_341_600_000,
      activityAt: 1_795_341_600_000,
      activityId: 'made_a_purchase',
      activityValue: '19.99',
      orderId: 'pi_3SfVb2KuuB1fWySn0Rf2yYpM',
      orderReference: 'ch_3SfVb2KuuB1fWySn0kq0rT9a',
      orderTotal: '19.99',
      currency: 'EUR',
      isAmount: true,
      basis: {
        value: 'order_total',
        minimumValue: null,
        giftCards: 'count',
        subtotal: null,
        taxesIncluded: null,
        presented: null,
        decimals: 2,
        lines: null,
        giftCardMoney: '0',
        edits: [],
      },
      purchaseSpace: 'space-1',
      droppedFields: [],
    })
  })
})

describe('which charges count', () => {
  it('captured ones do, under either topic', () => {
    expect(outcome({ type: 'charge.succeeded' })).toBe('log')
    expect(outcome({ type: 'charge.captured' })).toBe('log')
  })

  it('an authorisation counts once it is captured, with what was captured', () => {
    const authorised = { captured: false, charge: { amount: 5000, amount_captured: 0 } }
    expect(outcome(authorised)).toBe('NOT_CAPTURED')
    const captured = {
      type: 'charge.captured',
      charge: { amount: 5000, amount_captured: 3000, amount_refunded: 2000 },
    }
    expect(activity(captured, { value: 'order_total', currency: 'USD' }).activityValue).toBe('30')
  })

  it('a charge that is not paid, or in a state nobody knows yet, does not', () => {
    expect(outcome({ paid: false })).toBe('NOT_PAID')
    for (const status of ['pending', 'failed', 'of_a_later_version', ''])
      expect(outcome({ status })).toBe('NOT_PAID')
    for (const captured of [undefined, null, 'true', 1])
      expect(outcome({ charge: { captured } })).toBe('NOT_CAPTURED')
    for (const paid of [undefined, null, 'true', 1]) expect(outcome({ charge: { paid } })).toBe('NOT_PAID')
  })

  it('an ignored charge keeps its order id, to be found by', () => {
    const translation = translate(stripeChargeEvent({ captured: false, paymentIntent: 'pi_9' }))
    expect(translation).toEqual({ kind: 'ignored', reason: 'NOT_CAPTURED', orderId: 'pi_9' })
  })

  it('the type inside the signed body decides, not the topic that was noted', () => {
    const expired = stripeChargeEvent({ type: 'charge.expired' })
    expect(outcomesOf(translate(expired))).toBe('BODY_NOT_UNDERSTOOD')
    expect(outcomesOf(translate(expired, [rule()], 'charge.expired'))).toBe('TOPIC_NOT_SUPPORTED')
    const captured = stripeChargeEvent({ type: 'charge.captured' })
    expect(outcomesOf(translate(captured, [rule()], 'charge.succeeded'))).toBe('BODY_NOT_UNDERSTOOD')
  })

  it('another object than a charge is not understood', () => {
    for (const object of ['payment_intent', undefined, null]) {
      expect(outcome({ charge: { object } })).toBe('BODY_NOT_UNDERSTOOD')
    }
    for (const data of [undefined, null, [], { object: null }, { object: 'ch_1' }, { object: [] }]) {
      expect(outcome({ event: { data } })).toBe('BODY_NOT_UNDERSTOOD')
    }
  })

  it('a charge without a time is not understood', () => {
    for (const created of [undefined, null, '1795341600', 1.5, -1, 1_795_341_600_000]) {
      expect(outcome({ charge: { created } })).toBe('BODY_NOT_UNDERSTOOD')
    }
  })
})

describe('test mode', () => {
  it('a charge is a test when it or its event says that it is not live', () => {
    expect(outcome({ livemode: false })).toBe('TEST_ORDER')
    expect(outcome({ charge: { livemode: false } })).toBe('TEST_ORDER')
    expect(outcome({ event: { livemode: false } })).toBe('TEST_ORDER')
    expect(outcome({ livemode: false }, { testOrders: 'count' })).toBe('log')
  })

  it('one of them must say so', () => {
    expect(outcome({ event: { livemode: undefined } })).toBe('log')
    expect(outcome({ charge: { livemode: undefined } })).toBe('log')
    expect(outcome({ event: { livemode: undefined }, charge: { livemode: 'yes' } })).toBe(
      'BODY_NOT_UNDERSTOOD',
    )
  })
})

describe('the order id', () => {
  const orderIdOf = (options: StripeChargeOptions) => activity(options).orderId

  it("is the merchant's own, else the payment intent, else the charge", () => {
    const ids = { orderId: '820982911946154508', paymentIntent: 'pi_1', chargeId: 'ch_1' }
    expect(orderIdOf(ids)).toBe('820982911946154508')
    expect(orderIdOf({ ...ids, orderId: '  ' })).toBe('pi_1')
    expect(orderIdOf({ paymentIntent: 'pi_1', chargeId: 'ch_1' })).toBe('pi_1')
    expect(orderIdOf({ paymentIntent: null, chargeId: 'ch_1' })).toBe('ch_1')
    expect(orderIdOf({ paymentIntent: { id: 'pi_2', object: 'payment_intent' } })).toBe('pi_2')
  })

  it('beside it, the names by which refunds and disputes call it are kept: payment intent and charge', () => {
    const namesOf = (options: StripeChargeOptions) => {
      const { orderReference, otherReference } = activity({ chargeId: 'ch_1', ...options })
      return [orderReference, otherReference]
    }
    expect(namesOf({ orderId: '1001', paymentIntent: 'pi_1' })).toEqual(['pi_1', 'ch_1'])
    const expanded = { id: 'pi_2', object: 'payment_intent' }
    expect(namesOf({ orderId: '1001', paymentIntent: expanded })).toEqual(['pi_2', 'ch_1'])
    expect(namesOf({ orderId: '1001', paymentIntent: null })).toEqual(['ch_1', undefined])
    expect(namesOf({ orderId: 'pi_1', paymentIntent: 'pi_1' })).toEqual(['ch_1', undefined])
    expect(namesOf({ paymentIntent: 'pi_1' })).toEqual(['ch_1', undefined])
    expect(namesOf({ paymentIntent: null })).toEqual([null, undefined])
    expect(translate(stripeChargeEvent({ orderId: '1001' }))).toMatchObject({
      orderReference: 'pi_5001',
      otherReference: 'ch_5001',
    })
  })

  it('is read from where the connector says: the payment, or any key of the metadata, to the letter', () => {
    const from = (orderIdFrom: string | null, metadata: unknown) => {
      const body = Buffer.from(stripeChargeEvent({ paymentIntent: 'pi_1', charge: { metadata } }))
      const input = { rawBody: body, receivedAt: RECEIVED_AT, rules: [rule()], purchaseSpace: 'space-1' }
      const translation = stripe.translate({
        ...input,
        topic: 'charge.succeeded',
        orderIdFrom,
        settings: {},
      })
      return [translation.orderId, translation.orderName]
    }
    expect(from('payment', { order_id: '1001' })).toEqual(['pi_1', '1001'])
    expect(from(null, { order_id: '1001' })).toEqual(['pi_1', '1001'])
    expect(from('metadata.order_id', { order_id: ' 1001' })).toEqual([' 1001', ' 1001'])
    expect(from('metadata.my.key', { 'my.key': 'A-1', my: { key: 'no' } })).toEqual(['A-1', undefined])
    for (const value of [undefined, '', ' \t', null, 5, {}]) {
      expect(from('metadata.shop', { shop: value, order_id: '7' })).toEqual(['pi_1', '7'])
    }
    expect(from('metadata.shop', null)).toEqual(['pi_1', undefined])
    expect(from('metadata.shop', { shop: 'o'.repeat(257) })).toEqual([null, undefined])
  })

  it("keeps the merchant's own to the letter", () => {
    expect(orderIdOf({ orderId: ' Über-1 ' })).toBe(' Über-1 ')
    expect(orderIdOf({ orderId: 'o'.repeat(256) })).toBe('o'.repeat(256))
  })

  it('that cannot be kept is not replaced by another', () => {
    for (const orderId of ['o'.repeat(257), 'a\0b', 'lone \ud800']) {
      expect(outcome({ orderId })).toBe('BODY_NOT_UNDERSTOOD')
    }
    for (const payment_intent of [5, '', {}, { id: null }, [], true]) {
      expect(outcome({ charge: { payment_intent } })).toBe('BODY_NOT_UNDERSTOOD')
    }
    expect(outcome({ charge: { payment_intent: null, id: undefined } })).toBe('BODY_NOT_UNDERSTOOD')
  })

  it('is not read from metadata of another shape', () => {
    for (const metadata of [undefined, null, [], 'order_id', { order_id: null }, { order_id: 5 }]) {
      expect(orderIdOf({ charge: { metadata } })).toBe('pi_5001')
    }
  })
})

describe('amounts in minor units', () => {
  const total = (currency: string, amountCaptured: string) =>
    activity({ currency, amountCaptured }, { value: 'order_total', currency: currency.toUpperCase() })
      .activityValue

  it("follow Stripe's own decimals", () => {
    expect(total('usd', '1999')).toBe('19.99')
    expect(total('usd', '5')).toBe('0.05')
    expect(total('usd', '0')).toBe('0')
    expect(total('jpy', '500')).toBe('500')
    expect(total('mga', '500')).toBe('500')
    expect(total('isk', '500')).toBe('5')
    expect(total('ugx', '500')).toBe('5')
    expect(total('huf', '1045')).toBe('10.45')
    expect(total('twd', '80000')).toBe('800')
    expect(total('kwd', '5120')).toBe('5.12')
    expect(total('bhd', '1')).toBe('0.001')
  })

  it('are whole or in thousandths for the currencies Stripe names', () => {
    const having = (decimals: number, currencies: string) =>
      currencies.split(' ').filter((currency) => decimalsOf(currency) !== decimals)
    expect(having(0, 'BIF CLP DJF GNF JPY KMF KRW MGA PYG RWF VND VUV XAF XOF XPF')).toEqual([])
    expect(having(3, 'BHD JOD KWD OMR TND')).toEqual([])
    expect(having(2, 'USD EUR GBP ISK UGX HUF TWD MRU IQD LYD CLF')).toEqual([])
  })

  it('keep every digit and stay within the limit', () => {
    const range = (amountCaptured: string, currency = 'usd') =>
      outcome({ amountCaptured, currency }, { value: 'order_total', currency: currency.toUpperCase() })
    expect(total('usd', '99999999999')).toBe('999999999.99')
    expect(range('100000000000')).toBe('log')
    expect(range('100000000001')).toBe('VALUE_OUT_OF_RANGE')
    expect(range('1000000001', 'jpy')).toBe('VALUE_OUT_OF_RANGE')
    expect(range('9007199254740993')).toBe('VALUE_OUT_OF_RANGE')
    expect(range('-1')).toBe('VALUE_OUT_OF_RANGE')
  })

  it('that are not whole numbers are not understood where they are needed', () => {
    for (const amount_captured of [
      '1999',
      19.99,
      rawNumber('1e3'),
      null,
      undefined,
      rawNumber('1'.repeat(21)),
    ]) {
      const charge = { amount_captured }
      expect(outcome({ charge }, { value: 'order_total', currency: 'USD' })).toBe('BODY_NOT_UNDERSTOOD')
      expect(outcome({ charge })).toBe('log')
    }
  })

  it('are all that Stripe can measure', () => {
    expect(stripe.values).toEqual(['one', 'order_total'])
    expect(outcome({}, { value: 'order_subtotal', currency: 'USD' })).toBe('BODY_NOT_UNDERSTOOD')
    expect(outcome({}, { value: 'item_count' })).toBe('BODY_NOT_UNDERSTOOD')
  })
})

describe('who paid', () => {
  it('a customer by id, also where the object was expanded or deleted', () => {
    expect(activity({ customer: 'cus_1' }).externalId).toBe('stripe:cus_1')
    expect(activity({ customer: { id: 'cus_2', object: 'customer' } }).externalId).toBe('stripe:cus_2')
    expect(activity({ customer: { id: 'cus_3', object: 'customer', deleted: true } }).externalId).toBe(
      'stripe:cus_3',
    )
  })

  it('without a customer it is a guest', () => {
    expect(activity({ customer: null }).externalId).toBe('email:buyer@example.com')
    expect(activity({ charge: { customer: undefined } }).externalId).toBe('email:buyer@example.com')
  })

  it('a customer id that cannot be kept is never replaced by another identity', () => {
    for (const customer of [5, {}, { id: null }, [], ' ', 'c\0', 'c'.repeat(250), 'c'.repeat(257)]) {
      expect(outcome({ charge: { customer } })).toBe('NO_CUSTOMER')
      expect(outcome({ charge: { customer } }, { identifyBy: 'email' })).toBe('log')
    }
    expect(activity({ customer: 'c'.repeat(249) }).externalId).toHaveLength(256)
  })

  it('the address is the billing one, else the one for receipts', () => {
    const byEmail = (options: StripeChargeOptions) => activity(options, { identifyBy: 'email' }).externalId
    expect(byEmail({ email: 'A@example.com', receiptEmail: 'b@example.com' })).toBe('email:a@example.com')
    expect(byEmail({ email: null, receiptEmail: 'b@example.com' })).toBe('email:b@example.com')
    expect(byEmail({ charge: { billing_details: null, receipt_email: 'b@example.com' } })).toBe(
      'email:b@example.com',
    )
  })

  it('invalid profile fields are dropped and noted, and the charge counts', () => {
    const charge = { name: 'n'.repeat(257), email: 'nobody', phone: '030 123456' }
    expect(activity(charge)).toMatchObject({
      externalId: 'stripe:cus_7001',
      profile: {},
      droppedFields: ['firstName', 'email', 'phoneNumber'],
    })
  })
})
