import { describe, expect, it } from '@jest/globals'
import { shopify } from '../../connectors/shopify/index.ts'
import type { Translation } from '../../src/ports/connector.ts'
import type { ConnectorRule, PurchaseActivity } from '../../src/ports/schema/values.ts'
import { paidOrderSample, replaceEach, shopifySample } from '../fixtures/shopify/samples.ts'
import { timesTheCostOf } from '../helpers/cost.ts'
import { rawNumber, type ShopifyOrderOptions } from '../helpers/payloads.ts'
import { activityOf, outcomesOf, rule } from '../helpers/rules.ts'
import { shopifyOrder } from '../helpers/signed.ts'

const RECEIVED_AT = Date.parse('2026-11-22T12:00:00Z')

function translate(body: string, rules: readonly ConnectorRule[] = [rule()]): Translation {
  const input = { rawBody: Buffer.from(body), topic: 'orders/paid', receivedAt: RECEIVED_AT }
  return shopify.translate({ ...input, rules, purchaseSpace: 'space-1', orderIdFrom: null, settings: {} })
}

const outcome = (options: ShopifyOrderOptions, overrides: Partial<ConnectorRule> = {}) =>
  [outcomesOf(translate(shopifyOrder(options), [rule(overrides)]))].flat()[0]

const activity = (options: ShopifyOrderOptions, overrides: Partial<ConnectorRule> = {}): PurchaseActivity =>
  activityOf(translate(shopifyOrder(options), [rule(overrides)]))

const SAMPLE_LINES = [
  '487817672276298554',
  '789012345678901234',
  '890123456789012345',
  '976318377106520349',
  '315789986012684393',
]

describe('the order Shopify publishes as its sample', () => {
  it('counts under the order id of its gid once it is paid', () => {
    const total = rule({ value: 'order_total', currency: 'USD' })
    const subtotal = rule({ value: 'order_subtotal', currency: 'USD' })
    const translation = translate(paidOrderSample(), [total, subtotal, rule({ value: 'item_count' })])
    expect(outcomesOf(translation)).toEqual(['log', 'log', 'log'])
    expect(translation).toMatchObject({ orderId: '820982911946154508' })
    expect(activityOf(translation)).toEqual({
      externalId: 'shopify:115310627314723954',
      profile: { firstName: 'John', lastName: 'Smith', email: 'jon@example.com' },
      profileAt: Date.parse('2022-01-01T00:00:00Z'),
      activityAt: Date.parse('2022-01-01T00:00:00Z'),
      activityId: 'made_a_purchase',
      activityValue: '404.95',
      orderId: '820982911946154508',
      orderReference: null,
      orderTotal: '404.95',
      currency: 'USD',
      isAmount: true,
      basis: {
        value: 'order_total',
        minimumValue: null,
        giftCards: 'count',
        subtotal: '404.95',
        taxesIncluded: false,
        presented: { currency: 'USD', total: '404.95' },
        decimals: 2,
        lines: SAMPLE_LINES.map((lineId) => ({ lineId, units: 1, isGiftCard: false })),
        giftCardMoney: '0',
        edits: [],
      },
      purchaseSpace: 'space-1',
      droppedFields: [],
    })
  })

  it('counts under the same id when its numeric ids are still the rounded ones', () => {
    const rounded = replaceEach(paidOrderSample(), [['"id":820982911946154508', '"id":820982911946154500']])
    expect(activityOf(translate(rounded)).orderId).toBe('820982911946154508')
  })

  it('does not count as published: it is cancelled, voided and a test', () => {
    const published = shopifySample('orders/paid')
    expect(translate(published)).toEqual({
      kind: 'ignored',
      reason: 'CANCELLED',
      orderId: '820982911946154508',
      orderName: '#9999',
      shopNumber: '548380009',
    })
    const uncancelled = replaceEach(published, [
      ['"cancelled_at":"2021-12-31T19:00:00-05:00"', '"cancelled_at":null'],
    ])
    expect(outcomesOf(translate(uncancelled))).toBe('NOT_PAID')
    const paid = replaceEach(uncancelled, [['"financial_status":"voided"', '"financial_status":"paid"']])
    expect(outcomesOf(translate(paid))).toEqual(['TEST_ORDER'])
  })
})

describe("another topic's body sent as orders/paid", () => {
  it('is not understood unless it is an order', () => {
    for (const topic of [
      'refunds/create',
      'customers/update',
      'orders/edited',
      'draft_orders/create',
      'fulfillments/create',
      'order_transactions/create',
      'checkouts/create',
    ]) {
      expect(translate(shopifySample(topic))).toEqual({
        kind: 'ignored',
        reason: 'BODY_NOT_UNDERSTOOD',
        orderId: null,
      })
    }
  })

  it('counts as far as it is a paid order itself', () => {
    expect(outcomesOf(translate(shopifySample('orders/create')))).toBe('CANCELLED')
    expect(outcomesOf(translate(shopifyOrder({ financialStatus: 'pending' })))).toBe('NOT_PAID')
  })
})

describe('which orders count', () => {
  it('paid and partially refunded ones do, all others do not', () => {
    expect(outcome({ financialStatus: 'paid' })).toBe('log')
    expect(outcome({ financialStatus: 'partially_refunded' })).toBe('log')
    for (const financialStatus of [
      'pending',
      'authorized',
      'partially_paid',
      'refunded',
      'voided',
      'expired',
      'PAID',
      'new',
    ]) {
      expect(outcome({ financialStatus })).toBe('NOT_PAID')
    }
  })

  it('an ignored order keeps its id, to be found by', () => {
    const pending = translate(shopifyOrder({ id: '6007', financialStatus: 'pending' }))
    const named = { orderId: '6007', orderName: '#1001' }
    expect(pending).toEqual({ kind: 'ignored', reason: 'NOT_PAID', ...named })
  })

  it('a cancelled one does not', () => {
    expect(outcome({ cancelledAt: '2026-11-20T11:00:00-05:00' })).toBe('CANCELLED')
  })

  it('an order without a status or a time is not understood', () => {
    for (const order of [
      { financial_status: undefined },
      { financial_status: null },
      { processed_at: 'yesterday' },
      { processed_at: '2026-11-20T10:00:00' },
      { processed_at: 1_795_341_600 },
      { processed_at: null, created_at: null },
      { processed_at: '1969-12-31T10:00:00Z' },
      { test: 'no' },
    ]) {
      expect(outcome({ order })).toBe('BODY_NOT_UNDERSTOOD')
    }
  })
})

describe('the order id', () => {
  it('is exact up to the largest id there can be', () => {
    expect(activity({ id: '18446744073709551615' }).orderId).toBe('18446744073709551615')
    expect(activity({ order: { id: undefined } }).orderId).toBe('5001')
  })

  it('must be the same in both forms, and one of an order', () => {
    const gid = (admin_graphql_api_id: unknown) => outcome({ order: { admin_graphql_api_id } })
    for (const bad of [
      undefined,
      null,
      5001,
      '',
      '5001',
      'gid://shopify/Refund/5001',
      'gid://shopify/Order/',
      'gid://shopify/Order/05001',
      'gid://shopify/Order/5001/x',
      'gid://shopify/Order/5001\n',
      'gid://shopify/Order/5002',
      `gid://shopify/Order/${'9'.repeat(21)}`,
    ]) {
      expect(gid(bad)).toBe('BODY_NOT_UNDERSTOOD')
    }
    expect(outcome({ order: { id: '5001' } })).toBe('BODY_NOT_UNDERSTOOD')
  })
})

describe('when an order was made', () => {
  it('at processed_at, and at created_at where that is null', () => {
    const times = { processedAt: '2026-11-19T23:30:00-05:00', createdAt: '2026-11-20T09:00:00-05:00' }
    expect(activity(times).activityAt).toBe(Date.parse('2026-11-20T04:30:00Z'))
    expect(activity({ ...times, processedAt: null }).activityAt).toBe(Date.parse('2026-11-20T14:00:00Z'))
  })

  it('the profile is as of the last change of the order', () => {
    expect(activity({ updatedAt: '2026-11-21T00:00:00Z' }).profileAt).toBe(Date.parse('2026-11-21T00:00:00Z'))
    const { profileAt, activityAt } = activity({ order: { updated_at: null } })
    expect(profileAt).toBe(activityAt)
    expect(activity({ updatedAt: '2099-01-01T00:00:00Z' }).profileAt).toBe(RECEIVED_AT)
  })
})

describe('large bodies', () => {
  const bodyOf = (count: number) => {
    const lines = Array.from({ length: count }, (_, index) => ({
      id: rawNumber(`4878176722762985${index}`),
      name: 'Aviator sunglasses with a rather long description that fills the body of the order',
      properties: [{ name: 'engraving', value: 'ä "quoted" \\ text' }],
      quantity: 1,
    }))
    return shopifyOrder({ order: { line_items: lines } })
  }
  const rules = (count: number) => Array.from({ length: count }, () => rule({ value: 'item_count' }))

  it('of 8 MiB take as long as eight of 1 MiB', () => {
    const [large, small] = [bodyOf(40_000), bodyOf(5_000)]
    expect(large.length).toBeGreaterThan(7_000_000)
    const inParts = () => {
      for (let part = 0; part < 8; part += 1) translate(small, rules(50))
    }
    // 8 if time grew with the square of the length
    expect(timesTheCostOf(inParts, () => translate(large, rules(50)), 4)).toBeLessThan(4)
    expect(activityOf(translate(large, rules(50))).activityValue).toBe('40000')
  })

  it('are read once, for however many rules', () => {
    const body = bodyOf(10_000)
    // 50 if each rule read it for itself
    expect(
      timesTheCostOf(
        () => translate(body, rules(1)),
        () => translate(body, rules(50)),
        10,
      ),
    ).toBeLessThan(10)
  })
})
