import { afterEach, beforeEach, describe, expect, it } from '@jest/globals'
import { type ShopifyDouble, startShopifyDouble } from '../../../src/doubles/shopify/index.ts'
import { askAdmin, type GraphAnswer, tell } from '../../helpers/doubles.ts'

const SHOP = 'demo-shop.myshopify.com'
const CREATE = `mutation($basicCodeDiscount: DiscountCodeBasicInput!) {
  discountCodeBasicCreate(basicCodeDiscount: $basicCodeDiscount) {
    codeDiscountNode { id }
    userErrors { field code message extraInfo }
  }
}`
const USES = `query($code: String!) { codeDiscountNodeByCode(code: $code) {
  codeDiscount { ... on DiscountCodeBasic { asyncUsageCount } } } }`

const percentage = (value: number) => ({ value: { percentage: value }, items: { all: true } })
const amount = (value: string) => ({ value: { discountAmount: { amount: value } }, items: { all: true } })
const minimum = (value: string) => ({ subtotal: { greaterThanOrEqualToSubtotal: value } })

const DISCOUNT = {
  title: 'ten',
  code: 'TEN-1',
  startsAt: '2026-11-22T00:00:00Z',
  context: { all: 'ALL' },
  customerGets: percentage(0.1),
  tags: ['streakline'],
}

let shopify: ShopifyDouble
let token: string

beforeEach(async () => {
  shopify = await startShopifyDouble()
  await tell(shopify, 'POST /install', { scopes: ['write_discounts', 'read_customers'] })
  token = (await tell<{ accessToken: string }>(shopify, 'POST /tokens')).accessToken
})
afterEach(() => shopify.stop())

const ask = (query: string, variables: object): Promise<GraphAnswer> =>
  askAdmin(shopify, { shop: SHOP, token }, query, variables)

async function create(changes: object = {}): Promise<GraphAnswer['body']> {
  const { body } = await ask(CREATE, { basicCodeDiscount: { ...DISCOUNT, ...changes } })
  return body.data?.discountCodeBasicCreate ?? body
}

const books = async () => (await tell<{ discounts: { code: string }[] }>(shopify, 'GET /discounts')).discounts

describe('a discount code', () => {
  const long = 'x'.repeat(256)
  const REFUSED: readonly [string, object, string, string][] = [
    ['a title of 256 characters', { title: long }, 'title', 'TOO_LONG'],
    ['a code of 256 characters', { code: long }, 'code', 'TOO_LONG'],
    ['a code of spaces', { code: '  ' }, 'code', 'BLANK'],
    ['a tag of 256 characters', { tags: [long] }, 'tags', 'INVALID_TAG_LENGTH'],
    ['no start', { startsAt: null }, 'startsAt', 'BLANK'],
    ['an end at its start', { endsAt: DISCOUNT.startsAt }, 'endsAt', 'END_DATE_BEFORE_START_DATE'],
    ['no use', { usageLimit: 0 }, 'usageLimit', 'GREATER_THAN'],
    [
      'three cycles of no subscription',
      { recurringCycleLimit: 3 },
      'recurringCycleLimit',
      'MULTIPLE_RECURRING_CYCLE_LIMIT_FOR_NON_SUBSCRIPTION_ITEMS',
    ],
    ['nobody as its customers', { context: { customers: { add: [] } } }, 'context.customers.add', 'BLANK'],
    [
      'nobody in the older form',
      { context: null, customerSelection: { customers: { add: [] } } },
      'customerSelection.customers.add',
      'BLANK',
    ],
    ['both forms of buyers', { customerSelection: { all: true } }, 'context', 'CONFLICT'],
    [
      'a customer of another shop',
      { context: { customers: { add: ['gid://shopify/Customer/1'] } } },
      'context.customers.add',
      'INVALID',
    ],
    [
      'a percentage above 1',
      { customerGets: percentage(1.01) },
      'customerGets.value.percentage',
      'VALUE_OUTSIDE_RANGE',
    ],
    [
      'a percentage of 0',
      { customerGets: percentage(0) },
      'customerGets.value.percentage',
      'VALUE_OUTSIDE_RANGE',
    ],
    [
      'an amount of 0',
      { customerGets: amount('0') },
      'customerGets.value.discountAmount.amount',
      'GREATER_THAN',
    ],
    [
      'an amount that its currency does not have',
      { customerGets: amount('5.001') },
      'customerGets.value.discountAmount.amount',
      'INVALID',
    ],
    [
      'a minimum that its currency does not have',
      { minimumRequirement: minimum('20.001') },
      'minimumRequirement.subtotal.greaterThanOrEqualToSubtotal',
      'INVALID',
    ],
    [
      'a minimum below 0',
      { minimumRequirement: minimum('-1') },
      'minimumRequirement.subtotal.greaterThanOrEqualToSubtotal',
      'GREATER_THAN_OR_EQUAL_TO',
    ],
    ['no items', { customerGets: { value: { percentage: 0.1 } } }, 'customerGets.items', 'BLANK'],
    [
      'no kind of purchase',
      { customerGets: { ...percentage(0.1), appliesOnOneTimePurchase: false, appliesOnSubscription: false } },
      'customerGets',
      'APPLIES_ON_NOTHING',
    ],
  ]
  it.each(REFUSED)('is refused with %s, by the path of the field', async (_, changes, path, code) => {
    const { codeDiscountNode, userErrors } = await create(changes)
    expect(codeDiscountNode).toBeNull()
    expect(userErrors).toEqual([
      {
        field: ['basicCodeDiscount', ...path.split('.')],
        code,
        message: expect.any(String),
        extraInfo: null,
      },
    ])
    expect(await books()).toEqual([])
  })

  it.each([
    ['segments', { context: { customerSegments: { add: ['gid://shopify/Segment/1'] } } }],
    ['markets', { context: { markets: { add: ['gid://shopify/Market/1'] } } }],
    [
      'products',
      { customerGets: { value: { percentage: 0.1 }, items: { products: { productsToAdd: [] } } } },
    ],
    ['tags on one line', { combinesWith: { productDiscountsWithTagsOnSameCartLine: { add: ['a'] } } }],
  ])('is not believed to be for %s, which this double does not play', async (_, changes) => {
    const { errors } = await create(changes)
    expect(errors[0].extensions.code).toBe('NOT_IN_THE_DOUBLE')
    expect(await books()).toEqual([])
  })

  it('has amounts of the shop’s currency, which nothing else names', async () => {
    await tell(shopify, 'POST /shops', { id: SHOP, currency: 'JPY' })
    expect((await create({ customerGets: amount('5.5') })).userErrors).toMatchObject([{ code: 'INVALID' }])
    expect((await create({ customerGets: amount('500') })).userErrors).toEqual([])
    expect(await books()).toMatchObject([{ amount: '500' }])
  })
})

describe('at the checkout a discount code', () => {
  it('is taken of its customer alone', async () => {
    await tell(shopify, 'POST /orders', { customer: { id: '7', email: 'ada@example.com' } })
    await create({ context: { customers: { add: ['gid://shopify/Customer/7'] } } })
    const buy = (customer: object | null) =>
      tell(shopify, 'POST /orders', { customer, discountCodes: ['ten-1'] })
    await expect(buy(null)).rejects.toThrow('for another customer')
    await expect(buy({ id: '8', email: 'bob@example.com' })).rejects.toThrow('for another customer')
    await buy({ id: '7', email: 'ada@example.com' })
    expect(await books()).toMatchObject([{ used: 1 }])
  })

  it('needs its minimum', async () => {
    await create({ minimumRequirement: minimum('20') })
    const buy = (price: string) =>
      tell(shopify, 'POST /orders', { lines: [{ price }], discountCodes: ['TEN-1'] })
    await expect(buy('19.99')).rejects.toThrow('needs an order of 20.00 EUR')
    await buy('20.00')
  })

  it('TRAP: is counted later than it was used', async () => {
    await tell(shopify, 'POST /shops', { id: SHOP, usageLagSeconds: 60 })
    await create()
    await tell(shopify, 'POST /orders', { discountCodes: ['TEN-1'] })
    const uses = async () =>
      (await ask(USES, { code: 'TEN-1' })).body.data.codeDiscountNodeByCode.codeDiscount.asyncUsageCount
    expect(await uses()).toBe(0)
    await tell(shopify, 'POST /clock', { advanceSeconds: 60 })
    expect(await uses()).toBe(1)
  })
})

describe('a shop that is closed', () => {
  it.each([
    ['frozen', 402],
    ['locked', 423],
  ])('since it is %s answers every question with %i', async (standing, status) => {
    await tell(shopify, 'POST /shops', { id: SHOP, standing })
    expect((await ask(CREATE, { basicCodeDiscount: DISCOUNT })).status).toBe(status)
    await tell(shopify, 'POST /shops', { id: SHOP, standing: 'open' })
    expect((await create()).userErrors).toEqual([])
  })
})
