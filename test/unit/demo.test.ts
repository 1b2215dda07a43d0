import { describe, expect, it } from '@jest/globals'
import type { Booked } from '../../src/demo/books.ts'
import { type Check, checkOutcome, type Findings } from '../../src/demo/checks.ts'
import { withDatabase } from '../../src/demo/mongo.ts'
import type { Coupon, OutcomeRow } from '../../src/demo/outcome.ts'
import {
  DELIVERIES,
  EXPECTED_BOOKS,
  EXPECTED_ROWS,
  FORGED_ORDER,
  type Send,
  STEPS,
  UPDATES,
} from '../../src/demo/scenario.ts'
import { weekBefore } from '../../src/demo/week.ts'

const PROVIDERS: Readonly<Record<string, string>> = { '10 %': 'shopify', '20 %': 'stripe', '5 EUR': 'pool' }
const ENDS_AT = Date.parse('2026-12-28T04:59:59.001Z')

/** What is found when everything comes out as it should. */
function goodFindings(): Findings {
  let codes = 0
  const rows = EXPECTED_ROWS.map((row): OutcomeRow => {
    const coupons = row.coupons.map((discount): Coupon => {
      codes += 1
      const providerId = PROVIDERS[discount] ?? null
      return { discount, code: `CODE-${codes}`, status: 'issued', providerId, endsAt: ENDS_AT }
    })
    return { ...row, memberId: row.who, streakId: row.streak, coupons }
  })
  const sends = STEPS.filter((step): step is Send => step.kind !== 'look')
  const told = sends.map((send) => {
    const isForged = send.forgedFrom !== undefined
    return {
      send,
      status: isForged ? 401 : 200,
      deliveryId: isForged ? null : `${send.topic} ${send.orderId} ${send.telling}`,
      became: send.expected,
    }
  })
  const deliveries = [
    ...Array.from({ length: DELIVERIES }, (_, index) => delivery(index, 'orders/paid')),
    ...Array.from({ length: UPDATES }, (_, index) => delivery(DELIVERIES + index, 'orders/updated')),
  ]
  const booked = EXPECTED_BOOKS.map(({ books, who, worth, usableBy }): Booked => {
    const row = rows.find((one) => one.who === who && one.coupons.some(({ discount }) => discount === worth))
    const code = row?.coupons.find(({ discount }) => discount === worth)?.code ?? ''
    return { books, code, worth, usableBy, endsAt: books === 'Stripe' ? seconds(ENDS_AT) : ENDS_AT }
  })
  const providers = { Shopify: 'shopify', Stripe: 'stripe' }
  return { connectors: [connector('shop'), connector('payments')], told, rows, deliveries, booked, providers }
}

/** As Stripe keeps it. */
function seconds(at: number): number {
  return Math.ceil(at / 1_000) * 1_000
}

function delivery(index: number, topic: string, orderId = `${index}`): Findings['deliveries'][number] {
  return { id: `${index}`, topic, orderId, items: [] }
}

function connector(name: string, changes: object = {}): Findings['connectors'][number] {
  const subscriptions = [{ topic: 'orders/paid', state: 'ok' }]
  const at = '2026-11-27T12:00:00.000Z'
  const installation = { state: 'installed', problem: null, subscriptions, firstWebhookAt: at, ...changes }
  return { name, installation } as unknown as Findings['connectors'][number]
}

function failed(findings: Findings): string[] {
  return checkOutcome(findings).flatMap(({ ok, text }: Check) => (ok ? [] : [text]))
}

function withRow(findings: Findings, index: number, changes: Partial<OutcomeRow>): Findings {
  return { ...findings, rows: findings.rows.map((row, at) => (at === index ? { ...row, ...changes } : row)) }
}

function withConnector(findings: Findings, changes: object): Findings {
  return { ...findings, connectors: [connector('shop', changes), ...findings.connectors.slice(1)] }
}

function withBooked(findings: Findings, booked: readonly Booked[]): Findings {
  return { ...findings, booked }
}

function counted(one: Findings['deliveries'][number]): Findings['deliveries'][number] {
  return { ...one, items: [{ status: 'counted' }] } as unknown as Findings['deliveries'][number]
}

describe('the checks of the demo', () => {
  const good = goodFindings()
  const [firstRow, ...otherRows] = good.rows
  const [firstTold, ...otherTold] = good.told
  const [firstBooked, ...otherBooked] = good.booked

  it('hold when everything comes out as expected', () => {
    expect(failed(good)).toEqual([])
  })

  it.each([
    ['a count is too low', withRow(good, 0, { inARow: 6 })],
    ['a broken streak is not mended', withRow(good, 3, { brokenOn: 5 })],
    ['a coupon is missing', withRow(good, 0, { coupons: firstRow?.coupons.slice(1) ?? [] })],
    ['a coupon is one too many', withRow(good, 4, { coupons: firstRow?.coupons ?? [] })],
    [
      'a coupon is still being made',
      withRow(good, 5, {
        coupons: [{ discount: '10 %', code: null, status: 'issuing', providerId: 'shopify', endsAt: null }],
      }),
    ],
    ['a row is missing', { ...good, rows: otherRows }],
    [
      'a stranger has a streak',
      { ...good, rows: [...good.rows, { ...firstRow, who: 'stranger' } as OutcomeRow] },
    ],
    [
      'a webhook did not count',
      { ...good, told: [{ ...firstTold!, became: 'ignored NO_RULES' }, ...otherTold] },
    ],
    ['a webhook was answered otherwise', { ...good, told: [{ ...firstTold!, status: 202 }, ...otherTold] }],
    [
      'a repeated webhook is stored twice',
      { ...good, deliveries: [...good.deliveries, delivery(99, 'orders/paid')] },
    ],
    [
      'the forged order is stored',
      { ...good, deliveries: [...good.deliveries.slice(1), delivery(99, 'orders/paid', FORGED_ORDER)] },
    ],
    ['an orders/updated is missing', { ...good, deliveries: good.deliveries.slice(0, -1) }],
    [
      'an orders/updated counted',
      { ...good, deliveries: [...good.deliveries.slice(0, -1), counted(delivery(99, 'orders/updated'))] },
    ],
    ['a connector is missing', { ...good, connectors: good.connectors.slice(1) }],
    ['a connector is not installed', withConnector(good, { state: 'needs_attention' })],
    ['a connector has a problem', withConnector(good, { problem: { code: 'SUBSCRIPTION_MISSING' } })],
    ['a subscription is missing', withConnector(good, { subscriptions: [{ topic: 'x', state: 'missing' }] })],
    ['no webhook came', withConnector(good, { firstWebhookAt: null })],
    ['Shopify has one coupon more', withBooked(good, [...good.booked, { ...firstBooked!, code: 'SURPLUS' }])],
    ['Shopify has a coupon twice', withBooked(good, [...good.booked, firstBooked!])],
    ['Stripe lacks a coupon', withBooked(good, good.booked.slice(0, -1))],
    ['Shopify has another code', withBooked(good, [{ ...firstBooked!, code: 'OTHER' }, ...otherBooked])],
    ['a coupon is worth more there', withBooked(good, [{ ...firstBooked!, worth: '11 %' }, ...otherBooked])],
    [
      'a coupon is for anybody there',
      withBooked(good, [{ ...firstBooked!, usableBy: 'anybody' }, ...otherBooked]),
    ],
    [
      'a coupon ends a day later there',
      withBooked(good, [{ ...firstBooked!, endsAt: ENDS_AT + 86_400_000 }, ...otherBooked]),
    ],
    ['a coupon never ends there', withBooked(good, [{ ...firstBooked!, endsAt: null }, ...otherBooked])],
  ])('fail when %s', (_, findings) => {
    expect(failed(findings)).not.toEqual([])
  })
})

describe('the week of the demo', () => {
  it('is the seven days that end yesterday, where the shop is', () => {
    const week = weekBefore(Date.parse('2026-11-24T04:30:00Z')) // still the 23rd in New York
    expect([week.day(1).key, week.day(7).key]).toEqual(['2026-11-16', '2026-11-22'])
    expect(new Date(week.at(7, 9)).toISOString()).toBe('2026-11-22T14:00:00.000Z')
    expect(week.dayEndedAt(Date.parse('2026-11-21T05:00:00Z'))).toBe(5)
    expect(week.dayEndedAt(Date.parse('2026-11-24T05:00:00Z'))).toBeNull()
  })
})

describe("the database of the demo's own", () => {
  it.each([
    ['mongodb://localhost', 'mongodb://localhost/own'],
    ['mongodb://a:1,b:2/shop?replicaSet=rs', 'mongodb://a:1,b:2/own?replicaSet=rs'],
    ['mongodb://u:p@a/shop', 'mongodb://u:p@a/own?authSource=shop'],
    ['mongodb+srv://u:p@a/?w=1', 'mongodb+srv://u:p@a/own?w=1&authSource=admin'],
    ['mongodb://u:p@a/shop?authSource=x', 'mongodb://u:p@a/own?authSource=x'],
    ['mongodb://u@a/?authMechanism=MONGODB-X509', 'mongodb://u@a/own?authMechanism=MONGODB-X509'],
    [
      'mongodb://u:p@a/?authMechanism=SCRAM-SHA-256',
      'mongodb://u:p@a/own?authMechanism=SCRAM-SHA-256&authSource=admin',
    ],
  ])('takes the place of the one in %s, and the credentials stay good', (given, own) => {
    expect(withDatabase(given, 'own')).toBe(own)
  })

  it('is refused for something other than a connection string, which is not repeated', () => {
    expect(() => withDatabase('https://u:secret@example.com', 'own')).toThrow(/^MONGODB_URI is not a MongoDB/)
  })
})
