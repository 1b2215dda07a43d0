/** What the demo sends, and what must come of it. Data only: nothing here is computed by the program it checks. */

export const SEVEN = '7 days in a row'
export const FIFTY = '50 in a day'

export const SHOPPERS = ['shopper 1', 'shopper 2', 'shopper 3', 'shopper 4', 'guest'] as const
export type Shopper = (typeof SHOPPERS)[number]

/** Who they are to the platforms: a customer id of Shopify or Stripe, or an address alone. */
export const IDENTITIES: Readonly<
  Record<Shopper, { readonly customerId: string | null; readonly email: string }>
> = {
  'shopper 1': { customerId: '7001000000001', email: 'shopper1@example.com' },
  'shopper 2': { customerId: 'cus_demo_2', email: 'shopper2@example.com' },
  'shopper 3': { customerId: '7001000000003', email: 'shopper3@example.com' },
  'shopper 4': { customerId: '7001000000004', email: 'shopper4@example.com' },
  guest: { customerId: null, email: 'guest@example.com' },
}

/** The same shoppers by the ids that their members get. */
export const EXTERNAL_IDS: Readonly<Record<string, Shopper>> = {
  'shopify:7001000000001': 'shopper 1',
  'stripe:cus_demo_2': 'shopper 2',
  'shopify:7001000000003': 'shopper 3',
  'shopify:7001000000004': 'shopper 4',
  'email:guest@example.com': 'guest',
}

/** What the platform must say of a webhook: of the streak of seven days, where it feeds both streaks. */
export type Expected =
  | 'counted'
  | 'duplicate'
  | 'applied'
  | 'ignored TEST_ORDER'
  | 'ignored NOT_CAPTURED'
  | 'refused'

export type Platform = 'shopify' | 'stripe'

/** One webhook. Two of the same order, topic and telling are the same delivery, byte for byte. */
export interface Send {
  readonly kind: Platform
  /** When it arrives: the day of the story. */
  readonly day: number
  /** When the purchase was made. */
  readonly purchased: { readonly day: number; readonly hour: number }
  readonly who: Shopper
  readonly what: string
  readonly topic: 'ORDERS_PAID' | 'REFUNDS_CREATE' | 'charge.succeeded' | 'charge.captured'
  /** 2: the platform tells once more of the same, by a webhook of its own. */
  readonly telling: 1 | 2
  readonly orderId: string
  /** In EUR, with two decimals. */
  readonly amount: string
  readonly expected: Expected
  /** Nobody bought: it is a copy of the webhook of this order, with another one in it, and no secret to sign it with. */
  readonly forgedFrom?: string
  readonly test?: true
  /** The money is only reserved at first. */
  readonly authorised?: true
  /** Of the amount, what is for shipping. */
  readonly shipping?: string
}

/** A look at a shopper's streak of seven days, as a merchant's backend would take. */
export interface Look {
  readonly kind: 'look'
  readonly day: number
  readonly who: Shopper
}

export type Step = Send | Look

const HOURS: Readonly<Record<Shopper, number>> = {
  'shopper 1': 9,
  'shopper 2': 11,
  'shopper 3': 13,
  'shopper 4': 15,
  guest: 17,
}

function order(day: number, who: Shopper, orderId: string, changes: Partial<Send> = {}): Send {
  const amount = changes.amount ?? '12.00'
  return {
    kind: 'shopify',
    day,
    purchased: { day, hour: HOURS[who] },
    who,
    what: `Shopify order ${amount} EUR`,
    topic: 'ORDERS_PAID',
    telling: 1,
    orderId,
    amount,
    expected: 'counted',
    ...changes,
  }
}

function charge(day: number, orderId: string, changes: Partial<Send> = {}): Send {
  const sent = order(day, 'shopper 2', orderId, changes)
  return {
    ...sent,
    kind: 'stripe',
    what: changes.what ?? `Stripe charge ${sent.amount} EUR`,
    topic: changes.topic ?? 'charge.succeeded',
  }
}

/** Of which nothing may be kept: its signature is wrong. */
export const FORGED_ORDER = '5400000000404'

export const STEPS: readonly Step[] = [
  order(1, 'shopper 1', '5100000000101'),
  charge(1, '201'),
  order(1, 'shopper 3', '5100000000301'),
  order(1, 'shopper 4', '5100000000401'),

  order(2, 'shopper 1', '5200000000101'),
  order(2, 'shopper 1', '5200000000101', { what: 'the same webhook again' }),
  charge(2, '202'),
  order(2, 'shopper 3', '5200000000301'),
  order(2, 'shopper 4', '5200000000401'),

  order(3, 'shopper 1', '5300000000101'),
  order(3, 'shopper 1', '5300000000101', {
    what: 'same order, new webhook',
    telling: 2,
    expected: 'duplicate',
  }),
  charge(3, '203'),
  order(3, 'shopper 3', '5300000000301'),

  order(4, 'shopper 1', '5400000000101'),
  charge(4, '204', {
    what: 'Stripe authorisation',
    authorised: true,
    expected: 'ignored NOT_CAPTURED',
  }),
  charge(4, '204', {
    what: 'Stripe capture 12.00 EUR',
    topic: 'charge.captured',
  }),
  order(4, 'shopper 3', '5400000000301'),
  order(4, 'shopper 4', FORGED_ORDER, {
    what: 'forged Shopify order',
    forgedFrom: '5200000000401',
    expected: 'refused',
  }),

  order(5, 'shopper 1', '5500000000101'),
  charge(5, '205'),
  order(5, 'guest', '5500000000501'),
  order(5, 'shopper 4', '5500000000401', { amount: '17.00', shipping: '5.00' }),
  order(5, 'shopper 4', '5500000000401', {
    what: 'goods back, 5.00 kept',
    topic: 'REFUNDS_CREATE',
    expected: 'applied',
  }),

  order(6, 'shopper 1', '5600000000101', { amount: '20.10' }),
  order(6, 'shopper 1', '5600000000102', { amount: '29.90', purchased: { day: 6, hour: 19 } }),
  charge(6, '206'),
  order(6, 'shopper 3', '5600000000301'),
  order(6, 'shopper 4', '5600000000401', {
    what: 'Shopify test order',
    test: true,
    expected: 'ignored TEST_ORDER',
  }),
  order(6, 'guest', '5600000000501'),

  order(7, 'shopper 1', '5700000000101'),
  charge(7, '207'),
  order(7, 'shopper 3', '5700000000301'),
  order(7, 'guest', '5700000000501'),

  { kind: 'look', day: 8, who: 'shopper 3' },
  order(8, 'shopper 3', '5500000000301', { what: 'late order of day 5', purchased: { day: 5, hour: 13 } }),
  { kind: 'look', day: 8, who: 'shopper 3' },
  { kind: 'look', day: 8, who: 'shopper 4' },
]

/** Webhooks of the week that were signed and are not repetitions. */
export const DELIVERIES = 32
/** Shopify also sends `orders/updated`: for each order, and for the refund. */
export const UPDATES = 23

export type Discount = '10 %' | '20 %' | '5 EUR'

export interface ExpectedRow {
  readonly who: Shopper
  readonly streak: typeof SEVEN | typeof FIFTY
  /** On the week's last day. */
  readonly inARow: number
  readonly longest: number
  /** The day that broke it; null when it is whole. */
  readonly brokenOn: number | null
  readonly coupons: readonly Discount[]
}

export const EXPECTED_ROWS: readonly ExpectedRow[] = [
  { who: 'shopper 1', streak: SEVEN, inARow: 7, longest: 7, brokenOn: null, coupons: ['10 %', '20 %'] },
  { who: 'shopper 1', streak: FIFTY, inARow: 0, longest: 1, brokenOn: 7, coupons: ['5 EUR'] },
  { who: 'shopper 2', streak: SEVEN, inARow: 7, longest: 7, brokenOn: null, coupons: ['10 %', '20 %'] },
  { who: 'shopper 3', streak: SEVEN, inARow: 7, longest: 7, brokenOn: null, coupons: ['10 %', '20 %'] },
  { who: 'shopper 4', streak: SEVEN, inARow: 0, longest: 2, brokenOn: 3, coupons: [] },
  { who: 'guest', streak: SEVEN, inARow: 3, longest: 3, brokenOn: null, coupons: ['10 %'] },
]

export type Books = 'Shopify' | 'Stripe'

export interface ExpectedCoupon {
  readonly books: Books
  readonly who: Shopper
  readonly worth: Discount
  /** Bound to whoever earned it where the platform knows them. */
  readonly usableBy: Shopper | 'anybody'
}

/** What the platforms were had to make; the coupon of 5 EUR comes from the pool. */
export const EXPECTED_BOOKS: readonly ExpectedCoupon[] = [
  { books: 'Shopify', who: 'shopper 1', worth: '10 %', usableBy: 'shopper 1' },
  { books: 'Shopify', who: 'shopper 2', worth: '10 %', usableBy: 'anybody' },
  { books: 'Shopify', who: 'shopper 3', worth: '10 %', usableBy: 'shopper 3' },
  { books: 'Shopify', who: 'guest', worth: '10 %', usableBy: 'anybody' },
  { books: 'Stripe', who: 'shopper 1', worth: '20 %', usableBy: 'anybody' },
  { books: 'Stripe', who: 'shopper 2', worth: '20 %', usableBy: 'shopper 2' },
  { books: 'Stripe', who: 'shopper 3', worth: '20 %', usableBy: 'anybody' },
]
