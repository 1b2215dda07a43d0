import { standingWithdrawals } from '../../engine/decide/effective-value.ts'
import type { Row } from '../../ports/schema.ts'
import type { Evidence, Item, LogEvidence } from './evidence.ts'
import type { Delivery } from './find-order.ts'
import type { Verdict } from './types.ts'

/** What was recorded of an order on one streak. */
export interface Judgement {
  readonly verdict: Verdict
  readonly because: string | null
  /** What decides; null where the order has no item of the streak. */
  readonly item: Item | null
  /** The delivery that decides; null where several are alike. */
  readonly delivery: Delivery | null
  readonly log: LogEvidence | null
}

/** The better the earlier. */
const RANKS: readonly Verdict[] = ['counted', 'taken_back', 'waiting', 'failed', 'not_counted']
/** Reasons of deliveries that only bring news of an order: why its purchase does not count they do not know. */
const NEWS: readonly (string | null)[] = ['NOTHING_TO_REPORT', 'NOT_CANCELLED', 'TOPIC_NOT_SUPPORTED']

/** How an order stands on a streak, by all that was delivered of it. Pure. @param deliveries the newest first */
export function judge(streakId: string, deliveries: readonly Delivery[], evidence: Evidence): Judgement {
  const places = new Map(deliveries.map(({ id }, place) => [id, place]))
  const placeOf = ({ deliveryId }: Item) => places.get(deliveryId) ?? deliveries.length
  const own = evidence.items.filter((item) => item.streakId === streakId)
  const [best] = own
    .map((item) => ofItem(item, own, deliveries, evidence))
    .sort(
      (a, b) =>
        rank(a) - rank(b) ||
        Number(a.because === 'DUPLICATE') - Number(b.because === 'DUPLICATE') ||
        Number(isLaterRule(a)) - Number(isLaterRule(b)) ||
        placeOf(a.item) - placeOf(b.item) ||
        (a.item.ruleIndex ?? 0) - (b.item.ruleIndex ?? 0),
    )
  return best ?? withoutItem(deliveries)
}

function rank({ verdict }: Judgement): number {
  return RANKS.indexOf(verdict)
}

function isLaterRule({ because }: Judgement): boolean {
  return because === 'EARLIER_RULE_COUNTS'
}

function ofItem(
  item: Item,
  own: readonly Item[],
  deliveries: readonly Delivery[],
  evidence: Evidence,
): Judgement & { readonly item: Item } {
  const delivery = deliveries.find(({ id }) => id === item.deliveryId) ?? null
  const { status, reason } = item
  const found = { item, delivery, log: null }
  if (status === 'counted' || status === 'duplicate') {
    const log = evidence.logs.get(item.streakLogId ?? item.duplicateOfId ?? '') ?? null
    const isAnothers = !own.some((each) => each.status === 'counted')
    const stands = log === null ? COUNTED : standingOf(log, evidence.items)
    return { ...found, log, ...stands, ...(isAnothers ? { because: 'DUPLICATE' } : {}) }
  }
  if (status === 'pending') return { ...found, verdict: 'waiting', because: reason }
  return { ...found, verdict: status === 'failed' ? 'failed' : 'not_counted', because: reason }
}

type Stands = Pick<Judgement, 'verdict' | 'because'>
const COUNTED: Stands = { verdict: 'counted', because: null }

/** Nothing is left of a log that something was taken from: what did so last is why. */
function standingOf({ log, entries, isErased }: LogEvidence, items: readonly Item[]): Stands {
  const last = standingWithdrawals(entries).at(-1)
  if (last !== undefined && log.effectiveValue === 0n) {
    return { verdict: 'taken_back', because: takenBy(last, items) }
  }
  return isErased ? { ...COUNTED, because: 'MEMBER_ERASED' } : COUNTED
}

const BY_KIND: Readonly<Record<string, string>> = { cancellation: 'CANCELLED', dispute: 'DISPUTE_LOST' }

function takenBy({ deliveryId, uniqueIdentifier }: Row<'withdrawal'>, items: readonly Item[]): string {
  if (deliveryId === null) return 'WITHDRAWN'
  const [name] = uniqueIdentifier?.split('#') ?? []
  const told = items.find(({ report }) => report?.object === name)?.report?.kind
  // `shopify:dispute:8501` says it by itself
  return BY_KIND[told ?? name?.split(':')[1] ?? ''] ?? 'REFUNDED'
}

/** Of a streak for which no rule looked at the order. */
function withoutItem(deliveries: readonly Delivery[]): Judgement {
  const found = (because: string | null, delivery: Delivery): Judgement => ({
    verdict: 'not_counted',
    because,
    item: null,
    delivery,
    log: null,
  })
  const translated = deliveries.find(({ outcome }) => outcome === 'translated')
  if (translated !== undefined) return found('NO_RULE_FOR_STREAK', translated)
  const ignored = deliveries.filter(({ outcome }) => outcome === 'ignored')
  const purchase = ignored.find(({ reason }) => !NEWS.includes(reason))
  if (purchase !== undefined) return found(purchase.reason, purchase)
  const reported = deliveries.find(({ outcome }) => outcome === 'reported')
  if (reported === undefined && ignored[0] !== undefined) return found(ignored[0].reason, ignored[0])
  return { verdict: 'waiting', because: null, item: null, delivery: reported ?? null, log: null }
}
