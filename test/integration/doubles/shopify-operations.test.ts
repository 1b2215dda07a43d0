import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import { type ShopifyDouble, startShopifyDouble } from '../../../src/doubles/shopify/index.ts'
import { askAdmin, tell } from '../../helpers/doubles.ts'

/** What an app like ours may ask of the Admin API of 2026-10, and what only looks like it. */
const VALID: readonly (readonly [name: string, query: string])[] = [
  [
    'shop and installation',
    '{ shop { id myshopifyDomain currencyCode ianaTimezone } currentAppInstallation { accessScopes { handle } } }',
  ],
  [
    'a page of orders with all their parts',
    `{ orders(first: 5, query: "updated_at:>='2026-01-01T00:00:00Z'", sortKey: UPDATED_AT) { pageInfo { hasNextPage endCursor } nodes {
      id legacyResourceId name test confirmed createdAt processedAt updatedAt cancelledAt cancelReason displayFinancialStatus
      sourceName currencyCode presentmentCurrencyCode taxesIncluded customerAcceptsMarketing statusPageUrl email phone
      discountCodes totalPriceSet { shopMoney { amount currencyCode } presentmentMoney { amount currencyCode } }
      subtotalPriceSet { shopMoney { amount } } originalTotalPriceSet { shopMoney { amount } } totalTaxSet { shopMoney { amount } }
      totalShippingPriceSet { shopMoney { amount } } currentTotalPriceSet { shopMoney { amount } }
      customer { id legacyResourceId firstName lastName defaultEmailAddress { emailAddress marketingState } defaultPhoneNumber { phoneNumber } }
      billingAddress { countryCodeV2 } shippingAddress { countryCodeV2 }
      lineItems(first: 10) { nodes { id title sku quantity currentQuantity isGiftCard product { id } variant { id }
        originalUnitPriceSet { shopMoney { amount } } discountAllocations { allocatedAmountSet { shopMoney { amount } } } } }
      transactions(first: 5) { id kind status processedAt amountSet { shopMoney { amount currencyCode } presentmentMoney { amount currencyCode } } parentTransaction { id } }
      refunds(first: 5) { id legacyResourceId createdAt note totalRefundedSet { shopMoney { amount } }
        refundLineItems(first: 5) { nodes { id quantity restockType lineItem { id } subtotalSet { shopMoney { amount } } totalTaxSet { shopMoney { amount } } } }
        refundShippingLines(first: 2) { nodes { id subtotalAmountSet { shopMoney { amount } } } }
        orderAdjustments(first: 2) { nodes { id reason amountSet { shopMoney { amount } } } }
        transactions(first: 2) { nodes { id kind status amountSet { shopMoney { amount } } } } }
      disputes { id initiatedAs status }
    } } }`,
  ],
  [
    'one order',
    '{ order(id: "gid://shopify/Order/1") { id name } node(id: "gid://shopify/Order/1") { id } }',
  ],
  [
    'subscriptions',
    '{ webhookSubscriptions(first: 50, topics: [ORDERS_PAID], format: JSON) { nodes { id topic uri format filter includeFields name apiVersion { handle } createdAt } } }',
  ],
  [
    'a subscription that is gone',
    'mutation { webhookSubscriptionDelete(id: "gid://shopify/WebhookSubscription/1") { deletedWebhookSubscriptionId userErrors { field message } } }',
  ],
  [
    'a code',
    '{ codeDiscountNodeByCode(code: "ABC-1") { id codeDiscount { __typename ... on DiscountCodeBasic { title tags endsAt status usageLimit asyncUsageCount codesCount { count } codes(first: 1) { nodes { id code asyncUsageCount } } } } } }',
  ],
  [
    'a discount',
    '{ discountNode(id: "gid://shopify/DiscountNode/1") { id discount { ... on DiscountCodeBasic { title } } } }',
  ],
  [
    'a discount that is gone',
    'mutation { discountCodeDeactivate(id: "gid://shopify/DiscountCodeNode/1") { codeDiscountNode { id } userErrors { field code message extraInfo } } discountCodeDelete(id: "gid://shopify/DiscountCodeNode/1") { deletedCodeDiscountId userErrors { code } } discountCodeActivate(id: "gid://shopify/DiscountCodeNode/1") { userErrors { code } } }',
  ],
  [
    'a discount in the older form',
    `mutation { discountCodeBasicCreate(basicCodeDiscount: { title: "T", code: "OLD", startsAt: "2026-01-01T00:00:00Z", customerSelection: { all: true },
      customerGets: { value: { discountAmount: { amount: "5.00", appliesOnEachItem: false } }, items: { all: true } } }) { codeDiscountNode { id } userErrors { field message } } }`,
  ],
]

const NEARLY: readonly (readonly [name: string, query: string])[] = [
  ['REST’s name of a price', '{ orders(first: 1) { nodes { total_price } } }'],
  ['a list without braces', '{ orders(first: 1) { nodes } }'],
  [
    'a refund line without its connection',
    '{ orders(first: 1) { nodes { refunds(first: 1) { refundLineItems(first: 1) { quantity } } } } }',
  ],
  [
    'a topic that there is not',
    '{ webhookSubscriptions(first: 1, topics: [ORDERS_REFUNDED]) { nodes { id } } }',
  ],
  [
    'a topic as the header spells it',
    '{ webhookSubscriptions(first: 1, topics: ["orders/paid"]) { nodes { id } } }',
  ],
  [
    'an address by its old name',
    'mutation { webhookSubscriptionCreate(topic: ORDERS_PAID, webhookSubscription: { address: "https://a.example" }) { userErrors { message } } }',
  ],
  [
    'a subscription without its topic',
    'mutation { webhookSubscriptionCreate(webhookSubscription: { uri: "https://a.example" }) { userErrors { message } } }',
  ],
  [
    'an address that is none',
    'mutation { webhookSubscriptionCreate(topic: ORDERS_PAID, webhookSubscription: { callbackUrl: "a" }) { userErrors { message } } }',
  ],
  [
    'a version of one subscription',
    'mutation { webhookSubscriptionCreate(topic: ORDERS_PAID, webhookSubscription: { uri: "https://a.example", apiVersion: "2026-10" }) { userErrors { message } } }',
  ],
  [
    'the code of an error that has none',
    'mutation { webhookSubscriptionDelete(id: "x") { userErrors { code } } }',
  ],
  [
    'two kinds of buyers',
    'mutation { discountCodeBasicCreate(basicCodeDiscount: { context: { all: ALL, customers: { add: [] } } }) { userErrors { code } } }',
  ],
  [
    'a currency of a discount',
    'mutation { discountCodeBasicCreate(basicCodeDiscount: { customerGets: { value: { discountAmount: { amount: "5.00", currencyCode: EUR } } } }) { userErrors { code } } }',
  ],
  [
    'idempotency where there is none',
    'mutation { discountCodeDeactivate(id: "x") @idempotent { userErrors { code } } }',
  ],
  ['the whole discount at once', '{ codeDiscountNodeByCode(code: "A") { codeDiscount { title } } }'],
  [
    'a bulk operation without its query',
    'mutation { bulkOperationRunQuery(groupObjects: false) { userErrors { message } } }',
  ],
  ['a variable that nothing gives', 'query($id: ID!) { order(id: $id) { id } }'],
  ['a mutation asked as a query', '{ discountCodeDeactivate(id: "x") { userErrors { code } } }'],
  ['no GraphQL', 'orders(first: 1)'],
]

let shopify: ShopifyDouble
let caller: { shop: string; token: string }

beforeAll(async () => {
  shopify = await startShopifyDouble()
  await tell(shopify, 'POST /install', {
    scopes: ['read_orders', 'read_customers', 'read_products', 'write_discounts'],
  })
  const { accessToken } = await tell<{ accessToken: string }>(shopify, 'POST /tokens')
  caller = { shop: 'demo-shop.myshopify.com', token: accessToken }
  const { id } = await tell<{ id: string }>(shopify, 'POST /orders', {
    customer: { email: 'ada@example.com' },
    countryCode: 'DE',
    lines: [{ quantity: 2, discount: '1.00', productId: '1', variantId: '2' }, { giftCard: true }],
    shipping: { price: '4.90' },
  })
  await tell(shopify, `POST /orders/${id}/refund`, {
    lines: [{ line: 0, quantity: 1 }],
    shipping: '4.90',
    amount: '20.00',
  })
  await tell(shopify, 'POST /disputes', { orderId: id, amount: '1.00' })
})

afterAll(() => shopify.stop())

describe('what may be asked', () => {
  it.each(VALID)('is answered whole: %s', async (_, query) => {
    const { status, body } = await askAdmin(shopify, caller, query)
    expect([status, body.errors]).toEqual([200, undefined])
  })

  it('tells of an order all that it asks for', async () => {
    const [, query] = VALID[1] ?? ['', '']
    const { body } = await askAdmin(shopify, caller, query)
    expect(body.data.orders.nodes).toMatchObject([
      {
        displayFinancialStatus: 'PARTIALLY_REFUNDED',
        totalPriceSet: { shopMoney: { amount: '63.90' } },
        subtotalPriceSet: { shopMoney: { amount: '59.00' } },
        currentTotalPriceSet: { shopMoney: { amount: '39.50' } },
        billingAddress: { countryCodeV2: 'DE' },
        lineItems: {
          nodes: [
            { quantity: 2, currentQuantity: 1 },
            { isGiftCard: true, currentQuantity: 1 },
          ],
        },
        refunds: [
          {
            totalRefundedSet: { shopMoney: { amount: '20.00' } },
            refundLineItems: { nodes: [{ quantity: 1, subtotalSet: { shopMoney: { amount: '19.50' } } }] },
            orderAdjustments: { nodes: [{ amountSet: { shopMoney: { amount: '4.40' } } }] },
          },
        ],
        disputes: [{ initiatedAs: 'CHARGEBACK', status: 'NEEDS_RESPONSE' }],
      },
    ])
  })
})

describe('what may not be asked', () => {
  it.each(NEARLY)('is refused as a whole: %s', async (_, query) => {
    const { status, body } = await askAdmin(shopify, caller, query)
    expect(status).toBe(200)
    expect(body).not.toHaveProperty('data')
    expect(body.errors.length).toBeGreaterThan(0)
    expect(JSON.stringify(body.errors)).not.toContain('NOT_IN_THE_DOUBLE')
  })
})
