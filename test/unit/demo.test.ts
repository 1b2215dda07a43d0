import { describe, expect, it } from '@jest/globals'
import { type Check, checkOutcome, type Findings } from '../../src/demo/checks.ts'
import { withDatabase } from '../../src/demo/mongo.ts'
import type { Coupon, OutcomeRow } from '../../src/demo/outcome.ts'
import { DELIVERIES, EXPECTED_ROWS, FORGED_ORDER, type Send, STEPS } from '../../src/demo/scenario.ts'
import { weekBefore } from '../../src/demo/week.ts'

const PROVIDERS: Readonly<Record<string, string>> = { '5 EUR': 'pool' }

/** What is found when everything comes out as it should. */
function goodFindings(): Findings {
  let codes = 0
  const rows = EXPECTED_ROWS.map((row): OutcomeRow => {
    const coupons = row.coupons.map((discount): Coupon => {
      codes += 1
      return { discount, code: `CODE-${codes}`, status: 'issued', providerId: PROVIDERS[discount] ?? 'http' }
    })
    return { ...row, memberId: row.who, streakId: row.streak, coupons }
  })
  const sends = STEPS.filter((step): step is Send => step.kind !== 'look')
  const told = sends.map((send) => ({
    send,
    status: send.forged === true ? 401 : 200,
    deliveryId: send.forged === true ? null : send.webhookId,
    became: send.expected,
  }))
  const deliveries = Array.from({ length: DELIVERIES }, (_, index) => ({
    id: `${index}`,
    orderId: `${index}`,
  }))
  const made = rows.flatMap(({ coupons }) => coupons.filter(({ providerId }) => providerId === 'http'))
  return { told, rows, deliveries, booked: made.map(({ code }) => code ?? ''), couponServiceId: 'http' }
}

function failed(findings: Findings): string[] {
  return checkOutcome(findings).flatMap(({ ok, text }: Check) => (ok ? [] : [text]))
}

function withRow(findings: Findings, index: number, changes: Partial<OutcomeRow>): Findings {
  return { ...findings, rows: findings.rows.map((row, at) => (at === index ? { ...row, ...changes } : row)) }
}

describe('the checks of the demo', () => {
  const good = goodFindings()
  const [firstRow, ...otherRows] = good.rows
  const [firstTold, ...otherTold] = good.told

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
        coupons: [{ discount: '10 %', code: null, status: 'issuing', providerId: 'http' }],
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
      { ...good, deliveries: [...good.deliveries, { id: 'x', orderId: 'x' }] },
    ],
    [
      'the forged order is stored',
      { ...good, deliveries: [...good.deliveries.slice(1), { id: 'x', orderId: FORGED_ORDER }] },
    ],
    ['the coupon service made one more', { ...good, booked: [...good.booked, 'SURPLUS'] }],
    ['the coupon service made another', { ...good, booked: [...good.booked.slice(1), 'OTHER'] }],
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
