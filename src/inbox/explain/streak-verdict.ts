import { fullValue, standingWithdrawals } from '../../engine/decide/effective-value.ts'
import type { RuleView } from '../../ports/connector.ts'
import type { Row } from '../../ports/schema.ts'
import type { Evidence, Item } from './evidence.ts'
import type { Delivery } from './find-order.ts'
import { type Judgement, judge } from './judge.ts'
import type { LookAt } from './look.ts'
import type { Seen } from './order-facts.ts'
import { orderPeriod, periodOf } from './period.ts'
import { messageOf, type Told, wouldCountIf } from './tell.ts'
import type { OrderFacts, StreakVerdict } from './types.ts'

/** What all streaks of an order are judged by. */
export interface Case {
  readonly facts: OrderFacts
  /** The newest first. */
  readonly deliveries: readonly Delivery[]
  readonly connectors: ReadonlyMap<string, Row<'connector'>>
  readonly evidence: Evidence
  readonly main: Seen
  readonly look: LookAt
}

/** A verdict, and where its progress is to be found. */
export interface Found {
  readonly verdict: Omit<StreakVerdict, 'progress' | 'rewards'>
  readonly rewards: readonly Row<'reward_log'>[]
  readonly place: { readonly periodNumber: number; readonly owner: Owner } | null
}
/** A member by its id, or by the name that a rule gives it. */
type Owner = { readonly id: string } | { readonly externalId: string }

/** How an order stands on a streak. */
export async function verdictOn(streak: Row<'streak'>, asked: Case): Promise<Found> {
  const { facts, evidence, deliveries } = asked
  const judged = judge(streak.id, deliveries, evidence)
  const seen = await seenBy(judged, asked)
  const rules = rulesFor(streak, seen, asked)
  const at = judged.log?.log.activityAt ?? facts.activityAt
  const period = periodOf(streak, at)
  const shownPeriod = period === null || at === null ? null : orderPeriod(streak, period, at)
  const told = tell(streak, judged, seen, rules, shownPeriod, asked)
  const owner = ownerOf(judged, rules, facts)
  return {
    verdict: {
      streakId: streak.id,
      streakName: streak.name,
      verdict: judged.verdict,
      because: judged.because,
      message: messageOf(told),
      rules: rules.map(({ ruleIndex, view }) => ({ ruleIndex, checks: view?.checks ?? [] })),
      period: shownPeriod,
      streakLogId: judged.log?.log.id ?? null,
      withdrawals: judged.log?.entries ?? [],
      wouldCountIf: wouldCountIf(told),
    },
    rewards: judged.log?.rewards ?? [],
    place: period === null || owner === null ? null : { periodNumber: period.number, owner },
  }
}

/** The delivery that decides, where its purchase can be looked at, else the one that tells most. */
async function seenBy({ delivery }: Judgement, { main, look }: Case): Promise<Seen> {
  if (delivery === null) return main
  const seen = await look(delivery)
  return seen.view === null && main.look.view !== null ? main : { delivery, look: seen }
}

interface SeenRule {
  readonly ruleIndex: number
  readonly view: RuleView | null
}

function rulesFor({ id }: Row<'streak'>, { delivery, look }: Seen, { connectors }: Case): SeenRule[] {
  const rules = connectors.get(delivery.connectorId)?.rules ?? []
  return rules.flatMap(({ streakId }, ruleIndex) =>
    streakId === id ? [{ ruleIndex, view: look.view?.rules[ruleIndex] ?? null }] : [],
  )
}

/** The rule that fewest checks keep from taking the order. */
function closest(rules: readonly SeenRule[]): RuleView | null {
  const failing = ({ checks }: RuleView) => checks.filter(({ passed }) => !passed).length
  return rules.flatMap(({ view }) => view ?? []).toSorted((a, b) => failing(a) - failing(b))[0] ?? null
}

function ownerOf({ log }: Judgement, rules: readonly SeenRule[], { externalIds }: OrderFacts): Owner | null {
  if (log !== null) return { id: log.log.ownedById }
  const externalId = closest(rules)?.externalId ?? externalIds[0]
  return externalId === undefined ? null : { externalId }
}

function tell(
  streak: Row<'streak'>,
  judged: Judgement,
  { delivery, look }: Seen,
  rules: readonly SeenRule[],
  period: Told['period'],
  { facts, connectors, evidence, deliveries }: Case,
): Told {
  const { item, log, verdict, because } = judged
  const connector = connectors.get(delivery.connectorId)
  const isCounted = verdict === 'counted' && log !== null
  return {
    verdict,
    because,
    connectorName: connector?.name ?? '',
    connectorIsLive: connector?.status === 'live',
    streakIsLive: streak.status === 'live',
    isElsewhere: look.isElsewhere,
    currency: facts.currency,
    periodKind: streak.aggregationPeriod,
    period,
    checks: closest(rules)?.checks ?? null,
    hasRule: rules.length > 0,
    hasBody: look.hasBody,
    isOnlyNews: item === null && !deliveries.some(({ outcome }) => outcome === 'translated'),
    arrivedLate: isCounted && period !== null && item !== null && item.receivedAt >= period.endsAt,
    quiet: isCounted && log.log.quiet ? { afterDays: item?.activity?.rewardWithinDays ?? null } : null,
    left: isCounted ? leftOf(streak, log.log, item) : null,
    laterReports: laterReports(streak, evidence),
    ownWords: ownWords(judged),
  }
}

function leftOf(streak: Row<'streak'>, log: Row<'streak_log'>, item: Item | null): Told['left'] {
  const of = fullValue(streak, log)
  return log.effectiveValue < of
    ? { of, now: log.effectiveValue, isMoney: item?.activity?.isAmount === true }
    : null
}

function laterReports({ id }: Row<'streak'>, { items }: Evidence): string[] {
  const told = items.filter(({ streakId, status }) => streakId === id && status === 'duplicate')
  return [...new Set(told.flatMap(({ message }) => message ?? []))]
}

function ownWords({ because, item, log }: Judgement): string | null {
  if (because === 'ABANDONED') return item?.message ?? null
  return because === 'WITHDRAWN' ? (standingWithdrawals(log?.entries ?? []).at(-1)?.reason ?? null) : null
}
