import type { Coupon, OutcomeRow } from './outcome.ts'
import type { Told } from './play.ts'
import { DELIVERIES, EXPECTED_ROWS, type ExpectedRow, FORGED_ORDER, HTTP_COUPONS } from './scenario.ts'

export interface Check {
  readonly ok: boolean
  readonly text: string
  /** What was found instead. */
  readonly found?: string
}

export interface Findings {
  readonly told: readonly Told[]
  readonly rows: readonly OutcomeRow[]
  readonly deliveries: readonly { readonly id: string; readonly orderId: string | null }[]
  /** Codes in the books of the coupon service. */
  readonly booked: readonly string[]
  readonly couponServiceId: string
}

/** Compares what was found with what the scenario expects. */
export function checkOutcome(findings: Findings): Check[] {
  const { rows } = findings
  return [
    checkAnswers(findings),
    checkDeliveries(findings),
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

function checkDeliveries({ told, deliveries }: Findings): Check {
  const forged = deliveries.filter(({ orderId }) => orderId === FORGED_ORDER).length
  const distinct = new Set(told.flatMap(({ deliveryId }) => deliveryId ?? [])).size
  return check(
    deliveries.length === DELIVERIES && distinct === DELIVERIES && forged === 0,
    `${DELIVERIES} deliveries are stored: the repeated one once, the forged one not at all`,
    `${deliveries.length} stored, ${distinct} answered, ${forged} of the forged one`,
  )
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

function checkCoupons({ rows, booked, couponServiceId }: Findings): Check[] {
  const coupons = rows.flatMap((row) => row.coupons)
  const codes = coupons.flatMap(({ code }) => code ?? [])
  const made = coupons.filter(({ providerId }) => providerId === couponServiceId).map(({ code }) => code)
  const same = made.toSorted().join() === booked.toSorted().join()
  return [
    check(new Set(codes).size === coupons.length, 'no two coupons have the same code', codes.join(', ')),
    check(
      same && booked.length === HTTP_COUPONS,
      `the coupon service made ${HTTP_COUPONS} coupons, one per reward and no more`,
      `${booked.length} in its books, ${made.length} rewards`,
    ),
  ]
}
