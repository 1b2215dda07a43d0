import { afterEach, beforeEach, describe, expect, it } from '@jest/globals'
import { type ShopifyDouble, startShopifyDouble } from '../../../src/doubles/shopify/index.ts'
import { askAdmin, type GraphAnswer, tell } from '../../helpers/doubles.ts'

const SHOP = 'demo-shop.myshopify.com'
const ALL_SCOPES = ['read_orders', 'read_all_orders', 'read_customers', 'write_discounts']

const CREATE_DISCOUNT = `mutation($basicCodeDiscount: DiscountCodeBasicInput!) {
  discountCodeBasicCreate(basicCodeDiscount: $basicCodeDiscount) {
    codeDiscountNode { id }
    userErrors { field code message extraInfo }
  }
}`

const DISCOUNT = {
  title: 'Streakline ABC-1',
  code: 'ABC-1',
  startsAt: '2026-11-22T00:00:00Z',
  endsAt: '2036-12-22T00:00:00Z',
  usageLimit: 1,
  appliesOncePerCustomer: true,
  context: { all: 'ALL' },
  customerGets: { value: { percentage: 0.1 }, items: { all: true } },
  minimumRequirement: { subtotal: { greaterThanOrEqualToSubtotal: '20.00' } },
  combinesWith: { orderDiscounts: false, productDiscounts: false, shippingDiscounts: false },
  tags: ['streakline'],
}

const ORDERS = `query($first: Int!, $after: String, $query: String) {
  orders(first: $first, after: $after, query: $query, sortKey: UPDATED_AT) {
    nodes {
      id legacyResourceId name test processedAt displayFinancialStatus
      totalPriceSet { shopMoney { amount currencyCode } presentmentMoney { amount currencyCode } }
      customer { id defaultEmailAddress { emailAddress marketingState } }
      transactions(first: 5) { id kind status amountSet { presentmentMoney { amount } } }
      refunds(first: 2) {
        id
        refundLineItems(first: 5) { nodes { quantity restockType subtotalSet { shopMoney { amount } } } }
        transactions(first: 2) { nodes { status kind } }
      }
    }
    pageInfo { hasNextPage endCursor }
  }
}`

let shopify: ShopifyDouble
let token: string

beforeEach(async () => {
  shopify = await startShopifyDouble()
  await tell(shopify, 'POST /install', { scopes: ALL_SCOPES })
  token = (await tell<{ accessToken: string }>(shopify, 'POST /tokens')).accessToken
})

afterEach(() => shopify.stop())

function ask(query: string, variables: object = {}): Promise<GraphAnswer> {
  return askAdmin(shopify, { shop: SHOP, token }, query, variables)
}

async function create(changes: object = {}): Promise<GraphAnswer['body']> {
  const { body } = await ask(CREATE_DISCOUNT, { basicCodeDiscount: { ...DISCOUNT, ...changes } })
  return body.data?.discountCodeBasicCreate ?? body
}

describe('the schema', () => {
  it.each([
    ['context with two keys', { context: { all: 'ALL', customers: { add: [] } } }],
    ['a number for a date', { startsAt: 1 }],
    ['a date of no calendar', { startsAt: 'tomorrow' }],
    ['a field that the input does not have', { currency: 'EUR' }],
    ['a text for a percentage', { customerGets: { value: { percentage: '0.1' }, items: { all: true } } }],
    ['an amount in words', { minimumRequirement: { subtotal: { greaterThanOrEqualToSubtotal: 'ten' } } }],
  ])('refuses %s', async (_, changes) => {
    expect(await create(changes)).toMatchObject({ errors: [{ extensions: { code: 'INVALID_VARIABLE' } }] })
  })

  it('refuses a field that is not there, in the words of Shopify', async () => {
    const { status, body } = await ask('{ orders(first: 1) { nodes { totalPrize } } }')
    expect(status).toBe(200)
    expect(body.errors).toEqual([
      expect.objectContaining({
        message: "Field 'totalPrize' doesn't exist on type 'Order'",
        extensions: { code: 'undefinedField', typeName: 'Order', fieldName: 'totalPrize' },
      }),
    ])
  })

  it('refuses a list without its size, and a size above 250', async () => {
    expect((await ask('{ orders { nodes { id } } }')).body.errors[0].message).toBe(
      'you must provide one of first or last',
    )
    expect(
      (await ask('{ webhookSubscriptions(first: 251) { nodes { id } } }')).body.errors[0].message,
    ).toContain('250')
  })

  it('says of what it does not play that it does not, instead of null', async () => {
    const { body } = await ask('{ shop { billingAddress { city } } }')
    expect(body.errors[0].extensions.code).toBe('NOT_IN_THE_DOUBLE')
  })
})

describe('discount codes', () => {
  it('are made, found whatever their case, deactivated, and stay taken', async () => {
    const made = await create()
    expect(made.userErrors).toEqual([])
    const lookUp = `query($code: String!) { codeDiscountNodeByCode(code: $code) {
      id codeDiscount { ... on DiscountCodeBasic {
        title tags status endsAt asyncUsageCount usageLimit
        context { ... on DiscountBuyerSelectionAll { all } ... on DiscountCustomers { customers { id } } }
        customerGets { value { ... on DiscountPercentage { percentage } } }
      } } } }`
    const found = (await ask(lookUp, { code: 'abc-1' })).body.data.codeDiscountNodeByCode
    expect(found).toEqual({
      id: made.codeDiscountNode.id,
      codeDiscount: {
        title: 'Streakline ABC-1',
        tags: ['streakline'],
        status: 'ACTIVE',
        endsAt: '2036-12-22T00:00:00Z',
        asyncUsageCount: 0,
        usageLimit: 1,
        context: { all: 'ALL' },
        customerGets: { value: { percentage: 0.1 } },
      },
    })
    const end =
      'mutation($id: ID!) { discountCodeDeactivate(id: $id) { codeDiscountNode { codeDiscount { ... on DiscountCodeBasic { status } } } userErrors { code } } }'
    const ended = (await ask(end, { id: found.id })).body.data.discountCodeDeactivate
    expect(ended).toEqual({ codeDiscountNode: { codeDiscount: { status: 'EXPIRED' } }, userErrors: [] })
    expect((await create({ code: 'Abc-1' })).userErrors).toEqual([
      {
        field: ['basicCodeDiscount', 'code'],
        code: 'TAKEN',
        message: 'Code must be unique. Please try a different code.',
        extraInfo: null,
      },
    ])
    expect((await ask(lookUp, { code: 'other' })).body.data.codeDiscountNodeByCode).toBeNull()
  })

  it.each([
    ['no title', { title: '' }, 'BLANK'],
    [
      'a percentage of 10',
      { customerGets: { value: { percentage: 10 }, items: { all: true } } },
      'VALUE_OUTSIDE_RANGE',
    ],
    ['an end before its start', { endsAt: '2026-01-01T00:00:00Z' }, 'END_DATE_BEFORE_START_DATE'],
    ['six tags', { tags: ['1', '2', '3', '4', '5', '6'] }, 'TOO_MANY_TAGS'],
    ['a customer that is gone', { context: { customers: { add: ['gid://shopify/Customer/1'] } } }, 'INVALID'],
    ['neither context nor selection', { context: null }, 'BLANK'],
  ])('are refused with %s', async (_, changes, code) => {
    const { codeDiscountNode, userErrors } = await create(changes)
    expect(codeDiscountNode).toBeNull()
    expect(userErrors).toMatchObject([{ code }])
  })

  it('are counted when an order names them, and refused at the checkout beyond their limit', async () => {
    await create()
    await tell(shopify, 'POST /orders', { discountCodes: ['abc-1'] })
    const { body } = await ask(
      '{ codeDiscountNodeByCode(code: "ABC-1") { codeDiscount { ... on DiscountCodeBasic { asyncUsageCount } } } }',
    )
    expect(body.data.codeDiscountNodeByCode.codeDiscount.asyncUsageCount).toBe(1)
    await expect(tell(shopify, 'POST /orders', { discountCodes: ['ABC-1'] })).rejects.toThrow(
      'which is its limit',
    )
  })
})

describe('orders', () => {
  it('are read page by page, with refunds, transactions and both currencies', async () => {
    const customer = { email: 'ada@example.com' }
    const lines = [{ price: '10.00', quantity: 3 }]
    const order = await tell<{ id: string }>(shopify, 'POST /orders', {
      customer,
      lines,
      presentmentCurrency: 'JPY',
      rate: 160,
    })
    await tell(shopify, 'POST /orders', {})
    await tell(shopify, `POST /orders/${order.id}/refund`, {
      lines: [{ line: 0, quantity: 1 }],
      state: 'pending',
    })
    const first = (await ask(ORDERS, { first: 1 })).body.data.orders
    expect(first.pageInfo.hasNextPage).toBe(true)
    const second = (await ask(ORDERS, { first: 1, after: first.pageInfo.endCursor })).body.data.orders
    expect(second.pageInfo.hasNextPage).toBe(false)
    const all = [...first.nodes, ...second.nodes]
    expect(all.find(({ legacyResourceId }) => legacyResourceId === order.id)).toMatchObject({
      id: `gid://shopify/Order/${order.id}`,
      displayFinancialStatus: 'PAID',
      totalPriceSet: {
        shopMoney: { amount: '30.00', currencyCode: 'EUR' },
        presentmentMoney: { amount: '4800', currencyCode: 'JPY' },
      },
      customer: {
        defaultEmailAddress: { emailAddress: 'ada@example.com', marketingState: 'NOT_SUBSCRIBED' },
      },
      transactions: [
        { kind: 'SALE' },
        { kind: 'REFUND', status: 'PENDING', amountSet: { presentmentMoney: { amount: '1600' } } },
      ],
      refunds: [
        {
          refundLineItems: {
            nodes: [{ quantity: 1, restockType: 'RETURN', subtotalSet: { shopMoney: { amount: '10.00' } } }],
          },
          transactions: { nodes: [{ kind: 'REFUND', status: 'PENDING' }] },
        },
      ],
    })
  })

  it('are searched by time and state, and a field that cannot be searched is said in the answer', async () => {
    await tell(shopify, 'POST /orders', { payment: 'pending' })
    await tell(shopify, 'POST /orders', {})
    const count = async (query: string): Promise<number> =>
      (await ask(ORDERS, { first: 9, query })).body.data.orders.nodes.length
    expect(await count("updated_at:>='2020-01-01T00:00:00Z' financial_status:paid")).toBe(1)
    expect(await count("updated_at:>='2100-01-01T00:00:00Z'")).toBe(0)
    expect(await count('-financial_status:paid')).toBe(1)
    const { body } = await ask(ORDERS, { first: 9, query: 'colour:blue' })
    expect(body.extensions.search[0].warnings).toMatchObject([{ field: 'colour', code: 'invalid_field' }])
  })

  it('of before 60 days need read_all_orders', async () => {
    await tell(shopify, 'POST /orders', { createdAt: new Date(Date.now() - 61 * 86_400_000).toISOString() })
    expect((await ask(ORDERS, { first: 9 })).body.data.orders.nodes).toHaveLength(1)
    await tell(shopify, 'POST /scopes', { scopes: ['read_orders', 'read_customers'] })
    expect((await ask(ORDERS, { first: 9 })).body.data.orders.nodes).toHaveLength(0)
  })
})

describe('a past', () => {
  it('is made of many orders that no webhook tells of, and read page by page', async () => {
    await ask(`mutation { webhookSubscriptionCreate(topic: ORDERS_CREATE,
      webhookSubscription: { uri: "http://127.0.0.1:9/" }) { userErrors { message } } }`)
    const from = new Date(Date.now() - 50 * 86_400_000).toISOString()
    const { orders } = await tell<{ orders: string[] }>(shopify, 'POST /orders/many', {
      count: 300,
      from,
      everySeconds: 3600,
      order: { customer: { email: 'ada@example.com' } },
    })
    const found: string[] = []
    let after: string | null = null
    do {
      const query = `query($after: String) { orders(first: 250, after: $after, query: "processed_at:>='${from}'") {
        nodes { legacyResourceId } pageInfo { hasNextPage endCursor } } }`
      const page: {
        nodes: { legacyResourceId: string }[]
        pageInfo: { hasNextPage: boolean; endCursor: string }
      } = (await ask(query, { after })).body.data.orders
      found.push(...page.nodes.map((node) => node.legacyResourceId))
      after = page.pageInfo.hasNextPage ? page.pageInfo.endCursor : null
    } while (after !== null)
    expect(found).toEqual(orders)
    expect(await tell(shopify, 'GET /deliveries')).toEqual({ deliveries: [] })
  })
})

describe('disputes', () => {
  it('are told of with their order, to whom may know of them', async () => {
    const query =
      '{ disputes(first: 5) { nodes { id status type amount { amount currencyCode } order { id } } } }'
    const { id } = await tell<{ id: string }>(shopify, 'POST /orders')
    const dispute = await tell<{ id: string }>(shopify, 'POST /disputes', { orderId: id, amount: '20.00' })
    expect((await ask(query)).body.errors[0].extensions.code).toBe('ACCESS_DENIED')
    await tell(shopify, 'POST /scopes', { scopes: ['read_orders', 'read_shopify_payments_disputes'] })
    await tell(shopify, `POST /disputes/${dispute.id}`, { status: 'lost' })
    expect((await ask(query)).body.data.disputes.nodes).toEqual([
      {
        id: `gid://shopify/ShopifyPaymentsDispute/${dispute.id}`,
        status: 'LOST',
        type: 'CHARGEBACK',
        amount: { amount: '20.00', currencyCode: 'EUR' },
        order: { id: `gid://shopify/Order/${id}` },
      },
    ])
  })
})

describe('access', () => {
  it('is refused by scope in the words of Shopify, with 200', async () => {
    await tell(shopify, 'POST /scopes', { scopes: ['write_discounts'] })
    const { status, body } = await ask('{ orders(first: 1) { nodes { id } } }')
    expect(status).toBe(200)
    expect(body.errors[0]).toMatchObject({
      message:
        'Access denied for orders field. Required access: `read_orders` access scope, `read_marketplace_orders` access scope or `read_quick_sale` access scope.',
      path: ['orders'],
      extensions: { code: 'ACCESS_DENIED' },
    })
    await tell(shopify, 'POST /scopes', { scopes: ['read_orders'] })
    expect((await ask(CREATE_DISCOUNT, { basicCodeDiscount: DISCOUNT })).body.errors[0].extensions.code).toBe(
      'ACCESS_DENIED',
    )
    expect((await ask('{ orders(first: 1) { nodes { id customer { id } } } }')).body).toEqual(
      expect.objectContaining({ data: { orders: { nodes: [] } } }),
    )
  })

  it('is 401 for an unknown, an expired and another shop’s token', async () => {
    await tell(shopify, 'POST /shops', { id: 'other.myshopify.com' })
    const other = await askAdmin(shopify, { shop: 'other.myshopify.com', token }, '{ shop { id } }')
    expect(other).toEqual({
      status: 401,
      body: { errors: '[API] Invalid API key or access token (unrecognized login or wrong password)' },
    })
    await tell(shopify, 'POST /tokens/expire')
    expect((await ask('{ shop { id } }')).status).toBe(401)
    expect((await askAdmin(shopify, { shop: SHOP, token: '' }, '{ shop { id } }')).status).toBe(401)
  })

  it('tells of the shop, the app and what was granted, without the read that a write contains', async () => {
    const { body } = await ask(
      '{ shop { id myshopifyDomain currencyCode ianaTimezone } currentAppInstallation { accessScopes { handle } app { apiKey } } }',
    )
    expect(body.data.shop).toMatchObject({
      myshopifyDomain: SHOP,
      currencyCode: 'EUR',
      ianaTimezone: 'Europe/Berlin',
    })
    expect(
      body.data.currentAppInstallation.accessScopes.map(({ handle }: { handle: string }) => handle),
    ).toEqual(ALL_SCOPES)
  })

  it('hides who bought from an app that was not approved for it', async () => {
    const [app] = shopify.world().apps
    await tell(shopify, 'POST /apps', { id: app?.id, customerData: false })
    await tell(shopify, 'POST /orders', { email: 'ada@example.com', customer: { email: 'ada@example.com' } })
    const { body } = await ask(
      '{ orders(first: 1) { nodes { email customer { id defaultEmailAddress { emailAddress } } } } }',
    )
    expect(body.data.orders.nodes).toEqual([
      { email: null, customer: { id: expect.any(String), defaultEmailAddress: null } },
    ])
  })
})

describe('cost', () => {
  it('is stated with each answer, and a query above 1,000 is refused', async () => {
    const { body } = await ask('{ orders(first: 10) { nodes { id } } }')
    expect(body.extensions.cost).toMatchObject({
      requestedQueryCost: 12,
      actualQueryCost: 1,
      throttleStatus: { maximumAvailable: 2000, restoreRate: 100 },
    })
    const dear = await ask('{ orders(first: 50) { nodes { lineItems(first: 50) { nodes { id } } } } }')
    expect(dear.body.errors[0].extensions).toMatchObject({ code: 'MAX_COST_EXCEEDED', maxCost: 1000 })
  })

  it('throttles when the bucket is empty, until enough has come back', async () => {
    await tell(shopify, 'POST /shops', { id: SHOP, restoreRate: 1 })
    await tell(shopify, 'POST /bucket', { left: 0 })
    const { status, body } = await ask(CREATE_DISCOUNT, { basicCodeDiscount: DISCOUNT })
    expect(status).toBe(200)
    expect(body).toMatchObject({
      errors: [{ message: 'Throttled', extensions: { code: 'THROTTLED' } }],
      extensions: { cost: { requestedQueryCost: 10, actualQueryCost: null } },
    })
    await tell(shopify, 'POST /clock', { advanceSeconds: 10 })
    expect((await create()).userErrors).toEqual([])
  })
})
