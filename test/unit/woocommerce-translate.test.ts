import { readFileSync } from 'node:fs'
import { describe, expect, it } from '@jest/globals'
import { woocommerce } from '../../connectors/woocommerce/index.ts'
import type { Translation } from '../../src/ports/connector.ts'
import type { ConnectorRule } from '../../src/ports/schema/values.ts'
import { rawNumber } from '../helpers/payloads.ts'
import { activityOf, outcomesOf, rule } from '../helpers/rules.ts'
import { type WooOrderOptions, wooOrder } from '../helpers/woo-payloads.ts'

type Fields = Readonly<Record<string, unknown>>

const RECEIVED_AT = Date.parse('2026-11-22T12:00:00Z')

function translate(
  body: string,
  overrides: Partial<ConnectorRule> = {},
  topic = 'order.updated',
): Translation {
  return woocommerce.translate({
    rawBody: Buffer.from(body),
    topic,
    receivedAt: RECEIVED_AT,
    rules: [rule(overrides)],
    purchaseSpace: 'space-1',
    orderIdFrom: null,
    settings: { siteUrl: 'https://example.com/store' },
  })
}

const outcome = (options: WooOrderOptions, overrides: Partial<ConnectorRule> = {}) =>
  [outcomesOf(translate(wooOrder(options), overrides))].flat()[0]
const activity = (options: WooOrderOptions, overrides: Partial<ConnectorRule> = {}) =>
  activityOf(translate(wooOrder(options), overrides))

describe('an order of WooCommerce', () => {
  it('becomes an activity of the customer of its site', () => {
    const translation = translate(wooOrder(), { value: 'order_total', currency: 'USD' })
    expect(translation).toMatchObject({ kind: 'translated', orderId: '5001', orderName: '1001' })
    expect(activityOf(translation)).toEqual({
      externalId: 'woocommerce:example.com/store:7001',
      profile: {
        firstName: 'Ada',
        lastName: 'Shopper',
        email: 'buyer@example.com',
        phoneNumber: '+12025550143',
      },
      profileAt: Date.parse('2026-11-20T15:00:05Z'),
      activityAt: Date.parse('2026-11-20T15:00:00Z'),
      activityId: 'made_a_purchase',
      activityValue: '42.5',
      orderId: '5001',
      orderReference: null,
      orderTotal: '42.5',
      currency: 'USD',
      isAmount: true,
      basis: {
        value: 'order_total',
        minimumValue: null,
        giftCards: 'count',
        subtotal: '30',
        taxesIncluded: false,
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

  it('counts when it is processing or completed, whichever topic brings it', () => {
    for (const topic of ['order.created', 'order.updated', 'order.restored']) {
      for (const status of ['processing', 'completed']) {
        expect(outcomesOf(translate(wooOrder({ status }), {}, topic))).toEqual(['log'])
      }
    }
    for (const status of [
      'pending',
      'checkout-draft',
      'on-hold',
      'trash',
      'Processing',
      'wc-completed',
      '',
    ]) {
      expect([status, outcome({ status })]).toEqual([status, 'NOT_PAID'])
    }
  })

  it('is worth its total, its lines without shipping, its items', () => {
    const worth = (value: ConnectorRule['value'], order: Fields = {}) =>
      activity({ order }, { value, currency: 'USD' }).activityValue
    expect(worth('order_total')).toBe('42.5')
    expect(worth('order_subtotal')).toBe('30')
    expect(worth('order_subtotal', { prices_include_tax: true })).toBe('37.5')
    expect(worth('item_count')).toBe('3')
    expect(worth('item_count', { line_items: [] })).toBe('0')
    expect(worth('item_count', { line_items: [{ quantity: rawNumber('1.5'), total: '1' }] })).toBe('1.5')
    expect(worth('one', { line_items: undefined, total: undefined })).toBeNull()
  })

  it('is not guessed at where an amount that is needed cannot be read', () => {
    const needs = (value: ConnectorRule['value'], order: Fields) =>
      outcome({ order }, { value, currency: 'USD' })
    expect(needs('order_total', { total: '42,50' })).toBe('BODY_NOT_UNDERSTOOD')
    expect(needs('order_subtotal', { line_items: [{ total: null }] })).toBe('BODY_NOT_UNDERSTOOD')
    expect(needs('order_subtotal', { line_items: [{ total: '1.00' }], prices_include_tax: true })).toBe(
      'BODY_NOT_UNDERSTOOD',
    )
    expect(needs('order_subtotal', { line_items: null })).toBe('BODY_NOT_UNDERSTOOD')
    expect(needs('item_count', { line_items: [{ quantity: 'two' }] })).toBe('BODY_NOT_UNDERSTOOD')
    expect(needs('order_total', { currency: 'Dollars' })).toBe('BODY_NOT_UNDERSTOOD')
    expect(needs('order_total', { total: '-1.00' })).toBe('VALUE_OUT_OF_RANGE')
  })

  it('is dated by its payment, else by when it was made, in UTC whether the site says so or not', () => {
    const at = (order: Fields) => new Date(activity({ order }).activityAt).toISOString()
    expect(at({})).toBe('2026-11-20T15:00:00.000Z')
    expect(at({ date_paid_gmt: '2026-11-20T15:00:00Z' })).toBe('2026-11-20T15:00:00.000Z')
    for (const unpaid of [null, undefined, '']) {
      expect(at({ date_paid_gmt: unpaid })).toBe('2026-11-20T14:59:00.000Z')
    }
    for (const order of [
      { date_paid_gmt: 'yesterday' },
      { date_paid_gmt: 5 },
      { date_paid_gmt: null, date_created_gmt: null },
    ]) {
      expect(outcome({ order })).toBe('BODY_NOT_UNDERSTOOD')
    }
    expect(activity({ order: { date_modified_gmt: 'never' } }).profileAt).toBe(
      Date.parse('2026-11-20T15:00:00Z'),
    )
  })

  it('of customer 0, or of none, is a guest’s', () => {
    for (const customer_id of [0, null, undefined]) {
      expect(activity({ order: { customer_id } }).externalId).toBe('email:buyer@example.com')
      expect(outcome({ order: { customer_id } }, { guests: 'ignore' })).toBe('GUEST_IGNORED')
    }
    for (const customer_id of [-1, 1.5, '7', rawNumber('0.0'), true, {}]) {
      expect(outcome({ order: { customer_id } })).toBe('NO_CUSTOMER')
    }
    expect(activity({ customerId: '820982911946154508' }).externalId).toBe(
      'woocommerce:example.com/store:820982911946154508',
    )
  })

  it('is told from what else has an id and a status', () => {
    for (const order of [
      { status: undefined },
      { status: 5 },
      { line_items: undefined, billing: undefined },
      { line_items: {}, billing: [] },
    ]) {
      expect(translate(wooOrder({ order }))).toMatchObject({ kind: 'ignored', reason: 'BODY_NOT_UNDERSTOOD' })
    }
    for (const id of [0, -5, '5001', null, 1.5]) {
      expect(translate(wooOrder({ order: { id } }))).toEqual({
        kind: 'ignored',
        reason: 'BODY_NOT_UNDERSTOOD',
        orderId: null,
      })
    }
  })

  it('is called by its number, also where it does not count', () => {
    expect(translate(wooOrder({ status: 'pending', order: { number: 'A-17' } }))).toMatchObject({
      reason: 'NOT_PAID',
      orderId: '5001',
      orderName: 'A-17',
    })
    for (const number of [null, ' ', 17, 'x'.repeat(257)]) {
      expect(translate(wooOrder({ order: { number } })).orderName).toBeUndefined()
    }
  })

  it('is chosen by products and channels', () => {
    for (const wanted of ['93', '22', '23', 'MUG']) expect(outcome({}, { products: [wanted] })).toBe('log')
    for (const wanted of ['0', '315', 'Item 315']) {
      expect(outcome({}, { products: [wanted] })).toBe('PRODUCT_MISSING')
    }
    expect(outcome({}, { channels: ['checkout'] })).toBe('log')
    expect(outcome({ order: { created_via: 'admin' } }, { channels: ['checkout'] })).toBe(
      'CHANNEL_NOT_WANTED',
    )
  })

  it('has a topic where it comes without headers', () => {
    expect(woocommerce.topicOf(Buffer.from(wooOrder()))).toBe('order.updated')
    expect(woocommerce.topicOf(Buffer.from('{"id":1}'))).toBe('order.deleted')
  })
})

describe('how rules see an order that is asked about', () => {
  const asked = (status: string) =>
    woocommerce.translate({
      rawBody: Buffer.from(wooOrder({ status })),
      topic: 'order.updated',
      receivedAt: RECEIVED_AT,
      rules: [rule({ products: ['tea'] })],
      purchaseSpace: 'space-1',
      orderIdFrom: null,
      settings: { siteUrl: 'https://example.com/store' },
      explains: true,
    })

  it('is told also of one that is not paid, or came to an end', () => {
    for (const status of ['processing', 'pending', 'cancelled']) {
      const { view } = asked(status)
      expect(view).toMatchObject({ currency: 'USD', activityAt: Date.parse('2026-11-20T15:00:00Z') })
      const failed = view!.rules[0]!.checks.filter(({ passed }) => !passed)
      expect(failed.map(({ check }) => check)).toEqual(['PRODUCT_MISSING'])
    }
    expect(translate(wooOrder({ status: 'pending' })).view).toBeUndefined()
  })
})

describe('a body as WordPress writes it', () => {
  const body = readFileSync(new URL('../fixtures/woocommerce/order-updated.json', import.meta.url), 'utf8')
  const read = (overrides: Partial<ConnectorRule>) =>
    activityOf(translate(body, { currency: 'EUR', ...overrides }))

  it('is read whole: who bought, what it was worth, and what was refunded of it', () => {
    expect(read({ value: 'order_total' })).toMatchObject({
      externalId: 'woocommerce:example.com/store:31',
      profile: {
        firstName: 'Zoë',
        lastName: 'Käufer',
        email: 'zoe@example.com',
        phoneNumber: '+436601234567',
      },
      activityAt: Date.parse('2026-11-20T15:27:44Z'),
      activityValue: '59.9',
      orderId: '72745',
      droppedFields: [],
    })
    expect(read({ value: 'order_subtotal' }).activityValue).toBe('55')
    expect(read({ value: 'item_count' }).activityValue).toBe('4')
    expect(read({ products: ['kaf-500-g'], channels: ['store-api'] }).activityValue).toBeNull()
    expect(translate(body)).toMatchObject({
      orderName: '2026-00417',
      reports: [
        { state: 'given_back' },
        { object: 'woocommerce:refund:72790', amount: '10', currency: 'EUR' },
      ],
    })
  })
})
