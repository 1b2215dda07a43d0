import type { OrderReport } from '../../src/ports/schema/values.ts'
import type { Row } from '../../src/ports/schema.ts'
import { parseQuantity } from '../../src/streaks/quantity.ts'
import { type Known, knowsReport } from './known.ts'

type Told = Pick<Known, 'reportsBefore' | 'missedBefore'>
type Item = Pick<Row<'delivery_item'>, 'status' | 'report'>

/**
 * How many orders and reports were taken in of one order that no webhook had brought: one for a purchase with all that
 * came with it, else one for each object that is told of for the first time. A body repeats what is known beside what is
 * not, and a dispute that is read open and later lost was missed once. Pure.
 */
export function freshOf(items: readonly Item[], known: Told): number {
  if (items.some(({ status }) => status === 'counted')) return 1
  const applied = items.flatMap(({ status, report }) =>
    status === 'applied' && report !== null ? report : [],
  )
  return new Set(applied.filter((report) => isFresh(report, known)).map(({ object }) => object)).size
}

function isFresh(report: OrderReport, { reportsBefore: reports, missedBefore }: Told): boolean {
  if (missedBefore.has(report.object) || knowsReport({ reports }, report)) return false
  return report.kind !== 'refund_total' || !isSumOf(report, reports)
}

/** What was refunded in all says nothing beside the refunds that make it up. */
function isSumOf({ amount }: OrderReport, reports: readonly OrderReport[]): boolean {
  const total = amountOf(amount)
  if (total === null) return false
  const refunds = reports.filter(({ kind }) => kind === 'refund')
  const amounts = new Map(refunds.map((refund) => [refund.object, amountOf(refund.amount) ?? 0n]))
  for (const { state, object } of refunds) if (state === 'given_back') amounts.delete(object)
  return amounts.values().reduce((sum, each) => sum + each, 0n) >= total
}

function amountOf(digits: string | null): bigint | null {
  const parsed = digits === null ? null : parseQuantity(digits)
  return parsed?.ok === true ? parsed.value : null
}
