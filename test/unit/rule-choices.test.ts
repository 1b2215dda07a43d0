import { describe, expect, it } from '@jest/globals'
import { shopify } from '../../connectors/shopify/index.ts'
import { stripe } from '../../connectors/stripe/index.ts'
import type { Translation } from '../../src/ports/connector.ts'
import type { ConnectorRule } from '../../src/ports/schema/values.ts'
import { rawNumber } from '../helpers/payloads.ts'
import { shopifyRefund } from '../helpers/report-payloads.ts'
import { activityOf, outcomesOf, rule } from '../helpers/rules.ts'
import { shopifyOrder, stripeChargeEvent } from '../helpers/signed.ts'

const RECEIVED_AT = Date.parse('2026-11-22T12:00:00Z')

function translate(order: object, overrides: Partial<ConnectorRule>): Translation {
  return shopify.translate({
    rawBody: Buffer.from(shopifyOrder({ order: { ...order } })),
    topic: 'orders/paid',
    receivedAt: RECEIVED_AT,
    rules: [rule(overrides)],
    purchaseSpace: 'space-1',
    orderIdFrom: null,
    settings: {},
  })
}

const outcome = (order: object, overrides: Partial<ConnectorRule>) =>
  [outcomesOf(translate(order, overrides))].flat()[0]

function messageOf(order: object, overrides: Partial<ConnectorRule>): string {
  const translation = translate(order, overrides)
  const first = translation.kind === 'translated' ? translation.outcomes[0] : undefined
  return first?.kind === 'ignored' ? first.message : ''
}

describe('a rule that chooses by tags', () => {
  it('takes an order that has one of them, whatever its case, width and the white space around it', () => {
    const tags = 'Wholesale,  vip customer ,STRASSE'
    for (const wanted of ['wholesale', ' VIP  Customer ', 'straße', 'ＷＨＯＬＥＳＡＬＥ']) {
      expect([wanted, outcome({ tags }, { tags: ['nothing', wanted] })]).toEqual([wanted, 'log'])
    }
    for (const wanted of ['whole', 'vip', 'wholesale, vip customer', 'strase']) {
      expect([wanted, outcome({ tags }, { tags: [wanted] })]).toEqual([wanted, 'TAG_MISSING'])
    }
    expect(outcome({ tags: '' }, { tags: ['vip'] })).toBe('TAG_MISSING')
  })

  it('says which tags it wants', () => {
    const tags = ['a', 'b', 'c', 'd', 'e', 'f', 'x'.repeat(255)]
    expect(messageOf({ tags: 'vip' }, { tags })).toBe(
      'the order has no tag that the rule wants: "a", "b", "c", "d", "e" and 2 more',
    )
  })

  it('does not guess where the order does not state its tags', () => {
    for (const tags of [undefined, null, 5, ['vip']]) {
      expect(outcome({ tags }, { tags: ['vip'] })).toBe('BODY_NOT_UNDERSTOOD')
      expect(outcome({ tags }, {})).toBe('log')
    }
  })
})

describe('a rule that chooses by channels', () => {
  it('takes an order that was placed by one of them', () => {
    const channels = ['WEB', '580111']
    expect(outcome({ source_name: 'web' }, { channels })).toBe('log')
    expect(outcome({ source_name: '580111' }, { channels })).toBe('log')
    expect(outcome({ source_name: 'pos' }, { channels })).toBe('CHANNEL_NOT_WANTED')
    expect(outcome({ source_name: '' }, { channels })).toBe('CHANNEL_NOT_WANTED')
    expect(messageOf({ source_name: 'pos' }, { channels })).toBe(
      'the order came by "pos"; the rule wants "WEB", "580111"',
    )
  })

  it('does not guess where the order does not say where it was placed', () => {
    for (const source_name of [undefined, null, 5]) {
      expect(outcome({ source_name }, { channels: ['web'] })).toBe('BODY_NOT_UNDERSTOOD')
      expect(outcome({ source_name }, {})).toBe('log')
    }
  })

  it('keeps of an absurd channel what a message can hold', () => {
    const source_name = `\0\ud800${'é'.repeat(100_000)}`
    const message = messageOf({ source_name }, { channels: ['web'] })
    expect(message.length).toBeLessThan(200)
    expect(message.isWellFormed() && !message.includes('\0')).toBe(true)
  })
})

describe('a rule that chooses by products', () => {
  const line = (fields: object) => ({
    id: 9001,
    product_id: rawNumber('8209829119461545081'),
    variant_id: 808950810,
    sku: 'Mug-Red',
    quantity: 2,
    price: '10.00',
    ...fields,
  })
  const other = line({ id: 9002, product_id: null, variant_id: null, sku: '' })

  it('takes an order that has a line of one of them: a product, a variant or a SKU', () => {
    const order = { line_items: [other, line({})] }
    const names = [
      '8209829119461545081',
      'gid://shopify/Product/8209829119461545081',
      '808950810',
      'gid://shopify/ProductVariant/808950810',
      'mug-red',
    ]
    for (const wanted of names) {
      expect([wanted, outcome(order, { products: ['nothing', wanted] })]).toEqual([wanted, 'log'])
    }
    for (const wanted of ['8209829119461545082', 'mug', 'Item 1', '9001']) {
      expect([wanted, outcome(order, { products: [wanted] })]).toEqual([wanted, 'PRODUCT_MISSING'])
    }
  })

  it('counts the order whole, not the lines alone', () => {
    const order = { line_items: [line({}), other] }
    const worth = (value: ConnectorRule['value']) =>
      activityOf(translate(order, { products: ['mug-red'], value, currency: 'USD' })).activityValue
    expect([worth('order_total'), worth('order_subtotal'), worth('item_count')]).toEqual([
      '42.5',
      '37.5',
      '4',
    ])
    const chosen = activityOf(translate(order, { products: ['mug-red'] }))
    expect(chosen).toEqual(activityOf(translate(order, {})))
  })

  it('looks at what was sold: not at what an edit took out, but at what came back since', () => {
    const edited = line({ current_quantity: 0 })
    expect(outcome({ line_items: [edited, other] }, { products: ['mug-red'] })).toBe('PRODUCT_MISSING')
    const refund = JSON.parse(
      shopifyRefund({
        transactions: [{ amount: '10.00', currency: 'USD' }],
        refund: { refund_line_items: [{ line_item_id: 9001, quantity: 2, subtotal: '20.00' }] },
      }),
    )
    const returned = { line_items: [edited, other], refunds: [refund] }
    expect(outcome(returned, { products: ['mug-red'] })).toBe('log')
  })

  it('does not look at gift cards that it ignores', () => {
    const order = { line_items: [line({ gift_card: true }), other] }
    expect(outcome(order, { products: ['mug-red'], giftCards: 'ignore' })).toBe('PRODUCT_MISSING')
    expect(outcome(order, { products: ['mug-red'], giftCards: 'count' })).toBe('log')
  })

  it('does not guess where the order does not state what was sold', () => {
    for (const line_items of [undefined, null, 'none', [{ quantity: '2' }]]) {
      expect(outcome({ line_items }, { products: ['mug-red'] })).toBe('BODY_NOT_UNDERSTOOD')
      expect(outcome({ line_items }, {})).toBe('log')
    }
    expect(outcome({ line_items: [] }, { products: ['mug-red'] })).toBe('PRODUCT_MISSING')
  })
})

describe('the reason of an order that does not fit in several ways', () => {
  const order = {
    test: true,
    source_name: 'pos',
    tags: '',
    currency: 'EUR',
    line_items: [{ id: 1, quantity: 1, price: '1.00', gift_card: true }],
  }
  const unfit: Partial<ConnectorRule> = {
    channels: ['web'],
    tags: ['vip'],
    currency: 'USD',
    giftCards: 'ignore',
    products: ['mug'],
    minimumValue: '50',
  }

  it('is the first of: test, channel, tag, currency, gift cards, product, minimum', () => {
    const cures: [string, object, Partial<ConnectorRule>][] = [
      ['TEST_ORDER', {}, {}],
      ['CHANNEL_NOT_WANTED', { test: false }, {}],
      ['TAG_MISSING', { source_name: 'web' }, {}],
      ['CURRENCY_MISMATCH', { tags: 'vip' }, {}],
      ['GIFT_CARDS_ONLY', { currency: 'USD' }, {}],
      ['PRODUCT_MISSING', {}, { giftCards: 'count' }],
      ['BELOW_MINIMUM', {}, { products: undefined } as unknown as Partial<ConnectorRule>],
    ]
    let [body, wants]: [object, Partial<ConnectorRule>] = [order, unfit]
    for (const [reason, cured, changed] of cures) {
      ;[body, wants] = [
        { ...body, ...cured },
        { ...wants, ...changed },
      ]
      expect(outcome(body, wants)).toBe(reason)
    }
  })
})

describe('a platform that states none of it', () => {
  it('makes nothing of a rule that chooses', () => {
    for (const choice of ['tags', 'products', 'channels'] as const) {
      expect(stripe.choices).not.toContain(choice)
      const translation = stripe.translate({
        rawBody: Buffer.from(stripeChargeEvent()),
        topic: 'charge.succeeded',
        receivedAt: RECEIVED_AT,
        rules: [rule({ [choice]: ['vip'] })],
        purchaseSpace: 'space-1',
        orderIdFrom: null,
        settings: {},
      })
      expect(outcomesOf(translation)).toEqual(['BODY_NOT_UNDERSTOOD'])
    }
  })
})
