import { describe, expect, it } from '@jest/globals'
import { shopify } from '../../connectors/shopify/index.ts'
import type { Translation } from '../../src/ports/connector.ts'
import {
  cancelledOrderSample,
  paidOrderSample,
  refundSample,
  shopifySample,
} from '../fixtures/shopify/samples.ts'
import type { ShopifyOrderOptions } from '../helpers/payloads.ts'
import {
  type ShopifyRefundOptions,
  shopifyCancelledOrder,
  shopifyRefund,
} from '../helpers/report-payloads.ts'
import { outcomesOf, rule } from '../helpers/rules.ts'
import { shopifyOrder } from '../helpers/signed.ts'

function translate(topic: string, body: string): Translation {
  const input = { rawBody: Buffer.from(body), topic, receivedAt: Date.parse('2026-11-22T12:00:00Z') }
  return shopify.translate({
    ...input,
    rules: [rule()],
    purchaseSpace: 'space-1',
    orderIdFrom: null,
    settings: {},
  })
}

const refund = (options: ShopifyRefundOptions) => translate('refunds/create', shopifyRefund(options))

const money = (...transactions: NonNullable<ShopifyRefundOptions['transactions']>) => {
  const translation = refund({ transactions })
  if (translation.kind !== 'reported') return outcomesOf(translation)
  const { state, amount, currency } = translation.reports[0]!
  return [state, amount, currency]
}

const cancellation = (options: ShopifyOrderOptions) =>
  translate('orders/cancelled', shopifyCancelledOrder(options))

const NONE = { shop: null, shown: null }
const SAMPLE_LINES = [
  ['487817672276298554', '89.99'],
  ['789012345678901234', '19.99'],
  ['890123456789012345', '24.99'],
  ['976318377106520349', '159.99'],
  ['315789986012684393', '119.99'],
] as const

describe('the bodies Shopify publishes as its samples', () => {
  it('a refund takes back what its transactions paid out', () => {
    expect(translate('refunds/create', refundSample())).toEqual({
      kind: 'reported',
      orderId: '820982911946154508',
      orderKey: '820982911946154508',
      externalId: null,
      reports: [
        {
          object: 'shopify:refund:890088186047892319',
          kind: 'refund',
          state: 'taken',
          amount: '85',
          currency: null,
          parts: {
            transactions: [
              { id: '245135271310201194', state: 'taken', amount: '75', currency: null },
              { id: '839212141605670573', state: 'taken', amount: '10', currency: null },
            ],
            lines: SAMPLE_LINES.map(([lineId, amount]) => ({
              lineId,
              units: 1,
              amount: { shop: amount, shown: amount },
              tax: { shop: '0', shown: '0' },
              isReturn: false,
            })),
            shipping: NONE,
            shippingTax: NONE,
            duties: { shop: '0', shown: '0' },
            difference: NONE,
            currency: 'USD',
            shownCurrency: 'USD',
          },
        },
      ],
    })
  })

  it('a cancelled order is taken back whole', () => {
    expect(translate('orders/cancelled', cancelledOrderSample())).toEqual({
      kind: 'reported',
      orderId: '820982911946154508',
      orderKey: '820982911946154508',
      orderName: '#9999',
      externalId: 'shopify:115310627314723954',
      shopNumber: '548380009',
      reports: [
        {
          object: 'shopify:cancellation:820982911946154508',
          kind: 'cancellation',
          state: 'taken',
          amount: null,
          currency: null,
        },
      ],
    })
  })
})

describe("bodies under another's topic", () => {
  const samples = {
    'orders/paid': paidOrderSample(),
    'orders/cancelled': cancelledOrderSample(),
    'refunds/create': refundSample(),
  }
  const crosses = Object.entries(samples).map(([own, body]) => [
    own,
    ...Object.keys(samples).map((topic) => outcomesOf(translate(topic, body))),
  ])

  it('do no more than under their own, since nobody signs the topic', () => {
    const cancelled = 'shopify:cancellation:820982911946154508'
    const refunded = 'shopify:refund:890088186047892319'
    expect(crosses).toEqual([
      ['orders/paid', ['log'], 'NOT_CANCELLED', 'BODY_NOT_UNDERSTOOD'],
      ['orders/cancelled', 'CANCELLED', cancelled, 'BODY_NOT_UNDERSTOOD'],
      ['refunds/create', 'BODY_NOT_UNDERSTOOD', 'BODY_NOT_UNDERSTOOD', refunded],
    ])
  })

  it('report nothing unless they are a refund or a cancelled order themselves', () => {
    for (const other of [
      'customers/update',
      'orders/edited',
      'draft_orders/create',
      'fulfillments/create',
      'order_transactions/create',
      'checkouts/create',
      'returns/approve',
      'disputes/create',
    ]) {
      for (const topic of ['refunds/create', 'orders/cancelled']) {
        const expected = { kind: 'ignored', reason: 'BODY_NOT_UNDERSTOOD', orderId: null }
        expect(translate(topic, shopifySample(other))).toEqual(expected)
      }
    }
  })
})

describe('how much a refund takes back', () => {
  it('the exact sum of the refunds that succeeded', () => {
    expect(money({ amount: '0.10' }, { amount: '0.20' })).toEqual(['taken', '0.3', null])
    expect(money({ amount: '999999999.99' }, { amount: '0.01' })).toEqual(['taken', '1000000000', null])
    expect(
      money(
        { amount: '5.00' },
        { kind: 'sale', amount: '7.00' },
        { status: 'pending', amount: '8.00' },
        { status: 'failure', amount: '9.00' },
      ),
    ).toEqual(['taken', '5', null])
  })

  it('nothing while no money has moved', () => {
    expect(money()).toEqual(['open', '0', null])
    expect(money({ status: 'pending' }, { status: 'error' })).toEqual(['open', '0', null])
    expect(money({ kind: 'void' }, { kind: 'change' })).toEqual(['open', '0', null])
    expect(money({ amount: '0.00' })).toEqual(['open', '0', null])
  })

  it('nothing once all of it has failed, whatever it would have been', () => {
    const failed = { status: 'failure', amount: '7.00', currency: 'EUR' }
    expect(money(failed)).toEqual(['given_back', '7', 'EUR'])
    expect(money(failed, { ...failed, status: 'error' })).toEqual(['given_back', '14', 'EUR'])
    expect(money(failed, { ...failed, currency: 'USD' })).toEqual(['given_back', '0', null])
    expect(money(failed, { status: 'success', amount: '5.00', currency: 'EUR' })).toEqual([
      'taken',
      '5',
      'EUR',
    ])
  })

  it('what it cannot read exactly it does not guess', () => {
    for (const amount of [null, '', '5,00', {}, true, '1'.repeat(41)]) {
      expect(money({ amount: '5.00' }, { amount })).toBe('BODY_NOT_UNDERSTOOD')
      expect(money({ amount: '5.00' }, { amount, status: 'pending' })).toEqual(['taken', '5', null])
    }
    for (const transactions of [undefined, null, {}, 'none']) {
      expect(outcomesOf(refund({ refund: { transactions } }))).toBe('BODY_NOT_UNDERSTOOD')
    }
    for (const amount of ['-5.00', '0.0000001', '1000000000.01']) {
      expect(money({ amount })).toBe('VALUE_OUT_OF_RANGE')
    }
    expect(money({ amount: '999999999.99' }, { amount: '0.02' })).toBe('VALUE_OUT_OF_RANGE')
  })

  it('in the currency of its transactions; of several it says no sum', () => {
    expect(money({ currency: 'EUR' }, { currency: 'eur' })).toEqual(['taken', '85', 'EUR'])
    expect(money({ currency: 'EUR' }, { currency: 'USD', status: 'pending' })).toEqual([
      'taken',
      '42.5',
      'EUR',
    ])
    expect(money({ currency: 'EUR' }, { currency: 'USD' })).toEqual(['taken', null, null])
    expect(money({ currency: 'EUR' }, { currency: null })).toEqual(['taken', null, null])
    for (const currency of ['', 'euro', 978, {}]) expect(money({ currency })).toBe('BODY_NOT_UNDERSTOOD')
  })
})

describe('which order a refund is of', () => {
  it('the one whose id it carries, digit by digit', () => {
    expect(refund({ orderId: '18446744073709551615' })).toMatchObject({ orderKey: '18446744073709551615' })
    for (const order_id of [undefined, null, '5001', 5001.5, 0, -5001, 'gid://shopify/Order/5001']) {
      expect(refund({ refund: { order_id } })).toEqual({
        kind: 'ignored',
        reason: 'BODY_NOT_UNDERSTOOD',
        orderId: null,
      })
    }
  })

  it('a refund that is not understood keeps the order id, to be found by', () => {
    const translation = refund({ orderId: '6007', refund: { transactions: null } })
    expect(translation).toEqual({ kind: 'ignored', reason: 'BODY_NOT_UNDERSTOOD', orderId: '6007' })
  })

  it('a refund is known by its own gid', () => {
    expect(refund({ id: '890088186047892319' })).toMatchObject({
      reports: [{ object: 'shopify:refund:890088186047892319' }],
    })
    for (const admin_graphql_api_id of [
      undefined,
      null,
      8001,
      'gid://shopify/Order/8001',
      'gid://shopify/Refund/8002',
    ]) {
      expect(outcomesOf(refund({ refund: { admin_graphql_api_id } }))).toBe('BODY_NOT_UNDERSTOOD')
    }
  })
})

describe('a cancellation', () => {
  it('is one only when the order says when', () => {
    expect(translate('orders/cancelled', shopifyOrder({ id: '6007' }))).toEqual({
      kind: 'ignored',
      reason: 'NOT_CANCELLED',
      orderId: '6007',
      orderName: '#1001',
    })
    expect(outcomesOf(cancellation({ order: { cancelled_at: undefined } }))).toBe('NOT_CANCELLED')
    for (const cancelled_at of [true, '', 'yesterday', 1_795_341_600, {}]) {
      expect(outcomesOf(cancellation({ order: { cancelled_at } }))).toBe('BODY_NOT_UNDERSTOOD')
    }
  })

  it('holds whatever the payment status is, and for test orders too', () => {
    for (const financialStatus of ['paid', 'refunded', 'voided', 'of_a_later_version']) {
      expect(outcomesOf(cancellation({ financialStatus, test: true }))).toBe('shopify:cancellation:5001')
    }
  })

  it('names the buyer whose data it holds, by the default identity', () => {
    const named = (options: ShopifyOrderOptions) => cancellation(options)
    expect(named({ customerId: '7001' })).toMatchObject({ externalId: 'shopify:7001' })
    expect(named({ customerId: null, email: ' A@Example.com ' })).toMatchObject({
      externalId: 'email:a@example.com',
    })
    expect(named({ customerId: null, email: null })).toMatchObject({ kind: 'reported', externalId: null })
    expect(named({ order: { customer: 'nobody' } })).toMatchObject({ kind: 'reported', externalId: null })
  })
})
