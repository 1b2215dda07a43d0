import type { Reading } from '../../src/inbox/reading.ts'
import type { OrderPage } from '../../src/ports/hands.ts'
import type { OrderReport } from '../../src/ports/schema/values.ts'
import { type Known, knowsReason, knowsReport } from './known.ts'

/** What a backfill says of an order; see the contract. */
export type Verdict = 'counted' | 'failed' | 'duplicates' | 'ignored'

/** A body of an order as its connector's rules read it. */
export interface ReadBody {
  readonly rawBody: Uint8Array
  readonly reading: Reading
}

export interface ReadOrder {
  readonly activityAt: OrderPage['orders'][number]['activityAt']
  readonly bodies: readonly ReadBody[]
}

export interface Assessment {
  /** Bodies that tell something new, in the order in which they are to be taken in. */
  readonly news: readonly ReadBody[]
  /** What the order is where nothing of it is taken in. */
  readonly verdict: Verdict
}

/**
 * Sets an order as it was read against what is known of it. New is a purchase that a rule has not counted, a reason that
 * has not been told, and of an order that counts a refund, dispute or cancellation in a state that nobody has told of.
 * `mayCount` false: its purchase is none. Pure.
 */
export function assess({ bodies }: ReadOrder, known: Known, mayCount = true): Assessment {
  const [first, ...later] = bodies
  if (first === undefined) return { news: [], verdict: 'ignored' }
  const main = known.countedStreaks.size > 0 ? first : withoutReports(first, later)
  const { translation } = main.reading
  const hasCounted = known.countedStreaks.size > 0
  const isNews = mayCount && isMainNews(translation, known, hasCounted)
  const counts = isNews && translation.kind === 'translated' && translation.outcomes.some(isLog)
  const told = isNews ? reportsOf(main) : []
  const news = isNews ? [main] : []
  if (hasCounted || counts) {
    const isOpen = (report: OrderReport) => !knowsReport(known, report)
    // a body of reports alone goes before the purchase that tells of them beside it
    for (const body of isNews ? later : [...later, main]) {
      const fresh = reportsOf(body).filter((report) => isOpen(report) && !told.some(isSame(report)))
      if (fresh.length === 0) continue
      news.push(body)
      told.push(...reportsOf(body))
    }
  }
  return { news, verdict: verdictOf(translation, known, hasCounted) }
}

/**
 * Of an order that never counted nothing is left where all that can be told is what took it back: the merchant finds it
 * as ignored, not as a report that waits for a purchase.
 */
function withoutReports(main: ReadBody, later: readonly ReadBody[]): ReadBody {
  const { translation } = main.reading
  if (translation.kind !== 'reported') return main
  const all = [main, ...later].flatMap(reportsOf)
  const reason = all.some(({ kind }) => kind === 'cancellation') ? 'CANCELLED' : 'NOT_PAID'
  const { orderId, orderName, orderReference, otherReference } = translation
  const names = { orderName, orderReference, otherReference }
  const ignored = { kind: 'ignored', reason, orderId, ...names } as Translation
  return { ...main, reading: { ...main.reading, translation: ignored } }
}

type Translation = Reading['translation']
type Outcome = Extract<Translation, { kind: 'translated' }>['outcomes'][number]

function isLog({ kind }: Outcome): boolean {
  return kind === 'log'
}

function isMainNews(translation: Translation, known: Known, hasCounted: boolean): boolean {
  // what is only reported is news as far as its reports are
  if (translation.kind === 'reported') return false
  // an order that counted, and would not any more: what became of it is told by its reports
  if (translation.kind === 'ignored') return !hasCounted && !knowsReason(known, translation.reason)
  if (translation.kind === 'noted') return false
  return translation.outcomes.some((outcome, ruleIndex) => {
    if (outcome.kind !== 'log') return !knowsReason(known, outcome.reason)
    return !known.isTaken(ruleIndex)
  })
}

function verdictOf(translation: Translation, known: Known, hasCounted: boolean): Verdict {
  if (hasCounted) return 'duplicates'
  if (translation.kind !== 'translated') return 'ignored'
  return translation.outcomes.some(({ kind }) => kind === 'failed') && known.isFailed ? 'failed' : 'ignored'
}

function reportsOf({ reading: { translation } }: ReadBody): OrderReport[] {
  return 'reports' in translation ? [...(translation.reports ?? [])] : []
}

function isSame(report: OrderReport): (other: OrderReport) => boolean {
  return ({ object, state, amount }) =>
    object === report.object && state === report.state && amount === report.amount
}

/** What became of what was taken in of an order decides; of the rest, what was known. */
export function settledVerdict(
  items: readonly { readonly status: string; readonly activity: unknown }[],
  otherwise: Verdict,
): Verdict {
  const statuses = new Set(items.map(({ status }) => status))
  if (statuses.has('counted')) return 'counted'
  if (statuses.has('failed') || statuses.has('pending')) return 'failed'
  return statuses.has('duplicate') ? 'duplicates' : otherwise
}
