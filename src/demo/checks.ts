import type { Connector, Delivery } from '../client/index.ts'
import type { Booked } from './books.ts'
import type { Coupon, OutcomeRow } from './outcome.ts'
import type { Told } from './play.ts'
import {
  type Books,
  DELIVERIES,
  EXPECTED_BOOKS,
  EXPECTED_ROWS,
  type ExpectedRow,
  FORGED_ORDER,
  UPDATES,
} from './scenario.ts'

const INSTALLED = 2
export interface Check {
  readonly ok: boolean
  readonly text: string
  /** What was found instead. */
  readonly found?: string
}

export interface Findings {
  readonly connectors: readonly Pick<Connector, 'name' | 'installation'>[]
  readonly told: readonly Told[]
  readonly rows: readonly OutcomeRow[]
  readonly deliveries: readonly Pick<Delivery, 'id' | 'topic' | 'orderId' | 'items'>[]
  /** What stands in the books of the platforms. */
  readonly booked: readonly Booked[]
  /** The ids of the coupon providers that make coupons there. */
  readonly providers: Readonly<Record<Books, string>>
}

/** Compares what was found with what the scenario expects. */
export function checkOutcome(findings: Findings): Check[] {
  const { rows } = findings
  return [
    checkInstalled(findings),
    checkAnswers(findings),
    ...checkDeliveries(findings),
    ...EXPECTED_ROWS.map((expected) => checkRow(expected, rows)),
    check(rows.length === EXPECTED_ROWS.length, 'nobody else has a streak', `${rows.length} streaks`),
    ...checkCoupons(findings),
  ]
}

function check(ok: boolean, text: string, found: string): Check {
  return ok ? { ok, text } : { ok, text, found }
}

function checkAnswers({ told }: Findings): Check {
  const wrong = told.filter(({ send, status, became }) => {
    return became !== send.expected || status !== (send.expected === 'refused' ? 401 : 200)
  })
  const text = `all ${told.length} webhooks were answered and understood as they should be`
  return check(
    wrong.length === 0,
    text,
    wrong
      .map(({ send, status, became }) => `day ${send.day} ${send.who}, ${send.what}: ${status} ${became}`)
      .join('; '),
  )
}

function checkInstalled({ connectors }: Findings): Check {
  const good = connectors.filter(({ installation: { state, problem, subscriptions, firstWebhookAt } }) => {
    const isWhole = subscriptions.length > 0 && subscriptions.every((one) => one.state === 'ok')
    return state === 'installed' && problem === null && isWhole && firstWebhookAt !== null
  })
  return check(
    connectors.length === INSTALLED && good.length === INSTALLED,
    'both connectors are installed, all their subscriptions stand, webhooks came',
    connectors
      .map(({ name, installation: { state, problem } }) => `${name} ${state} ${problem?.code ?? ''}`.trim())
      .join(', '),
  )
}

function checkDeliveries({ told, deliveries }: Findings): Check[] {
  const isUpdate = ({ topic }: { readonly topic: string }): boolean => topic === 'orders/updated'
  const stored = deliveries.filter((delivery) => !isUpdate(delivery))
  const updates = deliveries.filter(isUpdate)
  const counted = updates.filter(({ items }) => items.some(({ status }) => status === 'counted'))
  const forged = deliveries.filter(({ orderId }) => orderId === FORGED_ORDER).length
  const distinct = new Set(told.flatMap(({ deliveryId }) => deliveryId ?? [])).size
  return [
    check(
      stored.length === DELIVERIES && distinct === DELIVERIES && forged === 0,
      `${DELIVERIES} deliveries are stored: the repeated one once, the forged one not at all`,
      `${stored.length} stored, ${distinct} answered, ${forged} of the forged one`,
    ),
    check(
      updates.length === UPDATES && counted.length === 0,
      `and ${UPDATES} of the orders/updated that Shopify sends besides, which count nowhere`,
      `${updates.length} stored, ${counted.length} counted`,
    ),
  ]
}

function checkRow(expected: ExpectedRow, rows: readonly OutcomeRow[]): Check {
  const row = rows.find(({ who, streak }) => who === expected.who && streak === expected.streak)
  const wanted = describe({ ...expected, coupons: expected.coupons })
  const found = row === undefined ? 'nothing' : describe({ ...row, coupons: row.coupons.map(couponText) })
  return check(found === wanted, `${expected.who}, ${expected.streak}: ${wanted}`, found)
}

function describe({
  inARow,
  longest,
  brokenOn,
  coupons,
}: Omit<ExpectedRow, 'who' | 'streak' | 'coupons'> & { coupons: readonly string[] }): string {
  const broken = brokenOn === null ? 'whole' : `broken on day ${brokenOn}`
  const list = coupons.length === 0 ? 'no coupon' : coupons.toSorted().join(', ')
  return `ends at ${inARow}, longest ${longest}, ${broken}; ${list}`
}

function couponText({ discount, status }: Coupon): string {
  return status === 'issued' ? discount : `${discount} (${status})`
}

function checkCoupons({ rows, booked, providers }: Findings): Check[] {
  const coupons = rows.flatMap((row) => row.coupons)
  const codes = coupons.flatMap(({ code }) => code ?? [])
  return [
    check(new Set(codes).size === coupons.length, 'no two coupons have the same code', codes.join(', ')),
    ...(['Shopify', 'Stripe'] as const).map((books) => {
      const made = coupons.filter(({ providerId }) => providerId === providers[books])
      const there = booked.filter((coupon) => coupon.books === books)
      const wanted = EXPECTED_BOOKS.filter((coupon) => coupon.books === books).length
      return check(
        sorted(made.map(({ code }) => code ?? '')) === sorted(there.map(({ code }) => code)) &&
          there.length === wanted,
        `${books} has ${wanted} coupons in its books, one per reward and no more`,
        `${there.length} in its books, ${made.length} rewards`,
      )
    }),
    checkTerms(rows, booked),
  ]
}

/** What stands there of a coupon is what its reward says. */
function checkTerms(rows: readonly OutcomeRow[], booked: readonly Booked[]): Check {
  const found = booked.map(({ books, code, worth, usableBy, endsAt }) => {
    const earned = rows.flatMap(({ who, coupons }) => coupons.map((coupon) => ({ who, ...coupon })))
    const reward = earned.find((coupon) => coupon.code === code)
    const until = secondsOf(endsAt) === secondsOf(reward?.endsAt ?? null) ? 'on time' : 'at another time'
    return `${books}: ${worth} of ${reward?.who ?? 'nobody'}, usable by ${usableBy}, ends ${until}`
  })
  const wanted = EXPECTED_BOOKS.map(
    ({ books, who, worth, usableBy }) => `${books}: ${worth} of ${who}, usable by ${usableBy}, ends on time`,
  )
  return check(
    sorted(found) === sorted(wanted),
    'each is worth there what its reward says, for whom it says and as long',
    found.join('; '),
  )
}

/** Stripe keeps no milliseconds. */
function secondsOf(at: number | null): number | null {
  return at === null ? null : Math.ceil(at / 1_000)
}

function sorted(texts: readonly string[]): string {
  return texts.toSorted().join('\n')
}
