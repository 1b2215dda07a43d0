import { describe, expect, it } from '@jest/globals'
import { shopify } from '../../connectors/shopify/index.ts'
import type { Translation } from '../../src/ports/connector.ts'
import type { ConnectorRule, PurchaseActivity } from '../../src/ports/schema/values.ts'
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

const worth = (options: ShopifyOrderOptions, overrides: Partial<ConnectorRule>) =>
  activity(options, { currency: 'USD', ...overrides }).activityValue

describe('what an order is worth', () => {
  it('the total, the subtotal and the items ordered', () => {
    const order = { totalPrice: '42.50', subtotalPrice: '37.00', quantities: [2, 1, 3] }
    expect(worth(order, { value: 'order_total' })).toBe('42.5')
    expect(worth(order, { value: 'order_subtotal' })).toBe('37')
    expect(worth(order, { value: 'item_count' })).toBe('6')
    expect(worth({ quantities: [] }, { value: 'item_count' })).toBe('0')
  })

  it('the total before returns, not what is left of it', () => {
    const order = { total_price: '42.50', current_total_price: '0.00' }
    expect(worth({ financialStatus: 'partially_refunded', order }, { value: 'order_total' })).toBe('42.5')
  })

  it('amounts that cannot be read do not count where they are needed, and do not matter elsewhere', () => {
    for (const total_price of ['', ' ', '12,50', '$5', 'NaN', null, undefined, true, {}, '1'.repeat(41)]) {
      const order = { total_price }
      expect(outcome({ order }, { value: 'order_total', currency: 'USD' })).toBe('BODY_NOT_UNDERSTOOD')
      expect(outcome({ order }, { minimumValue: '1', currency: 'USD' })).toBe('BODY_NOT_UNDERSTOOD')
      expect(outcome({ order }, { value: 'order_subtotal', currency: 'USD' })).toBe('log')
      expect(outcome({ order })).toBe('log')
    }
  })

  it('amounts outside 0 to 1,000,000,000 with 6 decimals are out of range', () => {
    const range = (totalPrice: string) => outcome({ totalPrice }, { value: 'order_total', currency: 'USD' })
    expect(range('1000000000.000000')).toBe('log')
    expect(range('0.000001')).toBe('log')
    for (const amount of ['-0.01', '1000000000.01', '0.0000001'])
      expect(range(amount)).toBe('VALUE_OUT_OF_RANGE')
  })

  it('quantities that are not whole numbers are not understood', () => {
    for (const quantity of [-1, 1.5, '2', null, rawNumber('1e3')]) {
      expect(outcome({ order: { line_items: [{ quantity }] } }, { value: 'item_count' })).toBe(
        'BODY_NOT_UNDERSTOOD',
      )
    }
    for (const line_items of [undefined, null, {}, [null]]) {
      expect(outcome({ order: { line_items } }, { value: 'item_count' })).toBe('BODY_NOT_UNDERSTOOD')
      expect(outcome({ order: { line_items } })).toBe('log')
    }
  })

  it('the minimum is compared with the subtotal only where the subtotal is counted', () => {
    const order = { totalPrice: '50', subtotalPrice: '40' }
    const minimum = { minimumValue: '45', currency: 'USD' }
    expect(outcome(order, minimum)).toBe('log')
    expect(outcome(order, { ...minimum, value: 'item_count' })).toBe('log')
    expect(outcome(order, { ...minimum, value: 'order_total' })).toBe('log')
    expect(outcome(order, { ...minimum, value: 'order_subtotal' })).toBe('BELOW_MINIMUM')
  })

  it("the currency is the shop's, not the one shown to the buyer", () => {
    const order = { currency: 'SEK', presentment_currency: 'USD' }
    expect(outcome({ order }, { value: 'order_total', currency: 'SEK' })).toBe('log')
    expect(outcome({ order }, { value: 'order_total', currency: 'USD' })).toBe('CURRENCY_MISMATCH')
  })

  it('a currency that is none is not understood where the rule names one', () => {
    for (const currency of [undefined, null, '', 'US', 'USDX', 5]) {
      expect(outcome({ order: { currency } }, { currency: 'USD' })).toBe('BODY_NOT_UNDERSTOOD')
      expect(outcome({ order: { currency } })).toBe('log')
    }
  })
})

describe('who bought', () => {
  it('customer ids keep every digit, from the gid or from the number', () => {
    const customerId = '115310627314723954'
    expect(activity({ customerId }).externalId).toBe(`shopify:${customerId}`)
    const customer = { admin_graphql_api_id: undefined }
    expect(activity({ customerId, customer }).externalId).toBe(`shopify:${customerId}`)
    expect(activity({ customerId, customer: { id: undefined } }).externalId).toBe(`shopify:${customerId}`)
  })

  it('a customer without an id is a guest', () => {
    const customer = { id: null, admin_graphql_api_id: null }
    expect(activity({ customer }).externalId).toBe('email:buyer@example.com')
    expect(outcome({ customer }, { guests: 'ignore' })).toBe('GUEST_IGNORED')
  })

  it('a customer id that is none is never replaced by another identity', () => {
    for (const customer of [
      { id: 'abc', admin_graphql_api_id: undefined },
      { id: -5, admin_graphql_api_id: undefined },
      { admin_graphql_api_id: 'gid://shopify/Company/7001' },
      { admin_graphql_api_id: 'gid://shopify/Customer/7002' },
      { id: rawNumber('9'.repeat(300)), admin_graphql_api_id: undefined },
    ]) {
      expect(outcome({ customer })).toBe('NO_CUSTOMER')
      expect(outcome({ customer }, { guests: 'ignore' })).toBe('NO_CUSTOMER')
      expect(outcome({ customer }, { identifyBy: 'email' })).toBe('log')
    }
    expect(outcome({ order: { customer: 'cus_1' } })).toBe('NO_CUSTOMER')
  })

  it("the address is the order's, else its contact address, else the customer's", () => {
    const byEmail = (options: ShopifyOrderOptions) => activity(options, { identifyBy: 'email' }).externalId
    const addresses = {
      email: 'a@example.com',
      contactEmail: 'b@example.com',
      customerEmail: 'c@example.com',
    }
    expect(byEmail(addresses)).toBe('email:a@example.com')
    expect(byEmail({ ...addresses, email: '' })).toBe('email:b@example.com')
    expect(byEmail({ ...addresses, email: null, contactEmail: 'broken' })).toBe('email:c@example.com')
  })

  it('invalid profile fields are dropped and noted, and the order counts', () => {
    const order = {
      firstName: 'x'.repeat(257),
      lastName: 'nul\0',
      email: 'not an address',
      phone: '555-555-SHIP',
    }
    expect(activity(order)).toMatchObject({
      externalId: 'shopify:7001',
      profile: {},
      droppedFields: ['firstName', 'lastName', 'email', 'phoneNumber'],
    })
  })

  it("the phone number is the customer's, else the order's", () => {
    const order = { phone: '+15550000001' }
    expect(activity({ phone: '+15550000002', order }).profile.phoneNumber).toBe('+15550000002')
    expect(activity({ phone: null, order }).profile.phoneNumber).toBe('+15550000001')
  })
})
