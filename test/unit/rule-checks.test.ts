import { describe, expect, it } from '@jest/globals'
import { shopify } from '../../connectors/shopify/index.ts'
import { stripe } from '../../connectors/stripe/index.ts'
import type { Connector, PurchaseView, RuleView, TranslateInput } from '../../src/ports/connector.ts'
import { shopifyOrder, stripeChargeEvent } from '../helpers/payloads.ts'
import { outcomesOf, rule } from '../helpers/rules.ts'

const RECEIVED_AT = Date.parse('2026-11-22T12:00:00Z')
const EUR_50 = rule({ value: 'order_total', currency: 'EUR', minimumValue: '50', giftCards: 'ignore' })

/** Every check that a rule makes, in the order in which it makes them. */
const ALL = [
  'TEST_ORDER',
  'CHANNEL_NOT_WANTED',
  'TAG_MISSING',
  'CURRENCY_MISMATCH',
  'GIFT_CARDS_ONLY',
  'PRODUCT_MISSING',
  'BELOW_MINIMUM',
  'VALUE_OUT_OF_RANGE',
  'GUEST_IGNORED',
  'NO_CUSTOMER',
  'NO_EMAIL',
  'IN_FUTURE',
]

function translated(platform: Connector, body: string, more: Partial<TranslateInput>) {
  return platform.translate({
    rawBody: Buffer.from(body),
    topic: platform === shopify ? 'orders/paid' : 'charge.succeeded',
    receivedAt: RECEIVED_AT,
    rules: [EUR_50],
    purchaseSpace: 'space',
    settings: {},
    orderIdFrom: platform === stripe ? 'payment' : null,
    ...more,
  })
}

function view(platform: Connector, body: string, more: Partial<TranslateInput> = {}): PurchaseView {
  return translated(platform, body, { explains: true, ...more }).view!
}

const failed = ({ checks }: RuleView) => checks.flatMap(({ check, passed }) => (passed ? [] : [check]))

describe('the checks of a rule', () => {
  it.each([
    ['shopify', shopify, shopifyOrder({ currency: 'EUR', totalPrice: '60.00' })],
    ['stripe', stripe, stripeChargeEvent({ currency: 'eur', amountCaptured: 6000 })],
  ])('are the same at %s, all passed where the purchase counts', (_name, platform, body) => {
    const [first] = view(platform, body).rules
    expect(first!.checks.map(({ check }) => check)).toEqual(ALL)
    expect(failed(first!)).toEqual([])
    expect(first!.checks.find(({ check }) => check === 'BELOW_MINIMUM')).toEqual({
      check: 'BELOW_MINIMUM',
      passed: true,
      value: 60_000_000n,
      limit: 50_000_000n,
    })
  })

  it('go on after one that failed, the first of which is why the purchase does not count', () => {
    const order = { currency: 'EUR', totalPrice: '42.50', customerId: null, email: null } as const
    const body = shopifyOrder({ ...order, order: { test: true, contact_email: null, email: null } })
    const rules = [{ ...EUR_50, guests: 'ignore' } as const, { ...EUR_50, currency: 'USD' }]
    const { rules: views } = view(shopify, body, { rules })
    expect(views.map(failed)).toEqual([
      ['TEST_ORDER', 'BELOW_MINIMUM', 'GUEST_IGNORED'],
      ['TEST_ORDER', 'CURRENCY_MISMATCH', 'BELOW_MINIMUM', 'NO_EMAIL'],
    ])
    expect(views.map(({ externalId }) => externalId)).toEqual([null, null])
    const { checks } = views[0]!
    expect(checks.slice(0, 7)).toEqual([
      { check: 'TEST_ORDER', passed: false, value: true, limit: 'ignore' },
      { check: 'CHANNEL_NOT_WANTED', passed: true, value: null, limit: null },
      { check: 'TAG_MISSING', passed: true, value: null, limit: null },
      { check: 'CURRENCY_MISMATCH', passed: true, value: 'EUR', limit: 'EUR' },
      { check: 'GIFT_CARDS_ONLY', passed: true, value: false, limit: 'ignore' },
      { check: 'PRODUCT_MISSING', passed: true, value: null, limit: null },
      { check: 'BELOW_MINIMUM', passed: false, value: 42_500_000n, limit: 50_000_000n },
    ])
    expect(outcomesOf(translated(shopify, body, { rules }))).toEqual(['TEST_ORDER', 'TEST_ORDER'])
  })

  it('are told of an order that does not count at all, and of none that cannot be read', () => {
    expect(view(shopify, shopifyOrder({ financialStatus: 'pending' })).rules).toHaveLength(1)
    expect(view(shopify, shopifyOrder({ cancelledAt: '2026-11-21T10:00:00Z' })).rules).toHaveLength(1)
    expect(view(stripe, stripeChargeEvent({ charge: { captured: false } })).rules).toHaveLength(1)
    expect(view(shopify, '{}')).toBeUndefined()
  })

  it('say when the order was, what it cost, and whose it is', () => {
    const body = shopifyOrder({ currency: 'EUR', totalPrice: '60.00' })
    const { activityAt, total, currency, rules } = view(shopify, body)
    expect({ activityAt: typeof activityAt, total, currency }).toEqual({
      activityAt: 'number',
      total: 60_000_000n,
      currency: 'EUR',
    })
    expect(rules[0]!.externalId).toMatch(/^shopify:\d+$/)
  })

  it('are told to nobody who does not ask, and change nothing of the translation', () => {
    const body = shopifyOrder({ currency: 'EUR', totalPrice: '60.00' })
    const plain = translated(shopify, body, {})
    expect(plain).not.toHaveProperty('view')
    const { view: _, ...asked } = translated(shopify, body, { explains: true })
    expect(asked).toEqual(plain)
  })
})
