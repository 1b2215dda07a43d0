import type { RuleCheck } from '../../ports/connector.ts'
import type { Row } from '../../ports/schema.ts'
import type { Quantity } from '../../streaks/quantity.ts'
import type { OrderPeriod, Verdict } from './types.ts'
import {
  BY_PLATFORM,
  COUNTED,
  listed,
  NOT_COUNTED,
  TAKEN_BACK,
  UNKNOWN_REASON,
  WAITING,
  WOULD,
  WOULD_PASS,
} from './words.ts'

/** What the sentences about an order on a streak are made of. */
export interface Told {
  readonly verdict: Verdict
  readonly because: string | null
  readonly connectorName: string
  readonly connectorIsLive: boolean
  readonly streakIsLive: boolean
  /** By the settings of now the delivery is of another shop than the connector's. */
  readonly isElsewhere: boolean
  readonly currency: string | null
  readonly periodKind: Row<'streak'>['aggregationPeriod']
  readonly period: OrderPeriod | null
  /** By the rule of now which comes closest; null where there is none, or nothing to look at. */
  readonly checks: readonly RuleCheck[] | null
  readonly hasRule: boolean
  /** A replay can read it again. */
  readonly hasBody: boolean
  /** Nothing but reports and updates of the order has arrived. */
  readonly isOnlyNews: boolean
  /** After the end of the period that it counts for. */
  readonly arrivedLate: boolean
  /** Its log is granted nothing; the days after which that is so, where they are known. */
  readonly quiet: { readonly afterDays: number | null } | null
  /** Of a log that lost a part of what it counted. */
  readonly left: { readonly of: Quantity; readonly now: Quantity; readonly isMoney: boolean } | null
  /** How later reports of the order differ from the one that counted. */
  readonly laterReports: readonly string[]
  /** The reason that somebody gave for what was done by hand. */
  readonly ownWords: string | null
}

/** How the order stands on the streak, in sentences. */
export function messageOf(told: Told): string {
  return [...standing(told), ...told.laterReports.map(COUNTED.laterReport)].join(' ')
}

function standing(told: Told): string[] {
  const { verdict, because } = told
  if (verdict === 'counted') return counted(told)
  if (verdict === 'taken_back') return [TAKEN_BACK[because ?? '']?.(told) ?? UNKNOWN_REASON.taken_back]
  if (verdict === 'waiting') {
    if (told.isOnlyNews) return [WAITING.forPurchase]
    return [because === null ? WAITING.forItsTurn : WAITING.forAnotherTry]
  }
  const why = NOT_COUNTED[because ?? '']?.(told) ?? UNKNOWN_REASON[verdict]
  return verdict === 'failed' ? [why, WAITING.forNobody] : [why]
}

function counted(told: Told): string[] {
  const { because, period, left, quiet, arrivedLate } = told
  return [
    COUNTED.forPeriod(told),
    ...(because === 'DUPLICATE' ? [COUNTED.before] : []),
    ...(left === null ? [] : [COUNTED.inPart(left, told.currency)]),
    ...(arrivedLate && period !== null ? [COUNTED.late(told)] : []),
    ...(quiet === null ? [] : [COUNTED.quiet(quiet.afterDays)]),
    ...(because === 'MEMBER_ERASED' ? [COUNTED.erased] : []),
  ]
}

/** Nothing that anybody can do makes these count. */
const FINAL: readonly (string | null)[] = [
  'CANCELLED',
  'MEMBER_ERASED',
  'BODY_NOT_UNDERSTOOD',
  'EARLIER_RULE_COUNTS',
]
/** Their purchase was translated and is kept, whatever became of the body. */
const KEPT: readonly (string | null)[] = ['STREAK_NOT_LIVE', 'MEMBER_NOT_LIVE', 'ABANDONED']

/** What would have to be so; null where it counts, and where nothing would help. */
export function wouldCountIf(told: Told): string | null {
  const { verdict, because } = told
  if (verdict === 'counted') return null
  if (verdict === 'taken_back') return because === 'WITHDRAWN' ? WOULD.ifUndone : null
  if (verdict === 'waiting') return told.isOnlyNews ? WOULD.ifItCame : null
  const wanted = conditions(told)
  if (wanted === null) return null
  if (wanted.length === 0) return WOULD.ifReplayed
  const isFromOutside = Object.hasOwn(BY_PLATFORM, because ?? '')
  return isFromOutside ? WOULD.if(listed(wanted)) : WOULD.ifAndReplayed(listed(wanted))
}

/** All that still stands in the way; null: nothing would help. */
function conditions(told: Told): string[] | null {
  const { verdict, because, checks } = told
  const fromPlatform = BY_PLATFORM[because ?? '']
  const isKept =
    told.hasBody || fromPlatform !== undefined || KEPT.includes(because) || isFailure(verdict, because)
  if (FINAL.includes(because) || !isKept) return null
  const failing = (checks ?? []).filter(({ passed }) => !passed)
  const passing = failing.map((check) => WOULD_PASS[check.check]?.(check, told) ?? null)
  if (passing.includes(null)) return null
  return [
    ...(fromPlatform === undefined ? [] : [fromPlatform]),
    ...(because === 'MEMBER_NOT_LIVE' ? [WOULD.memberIsLive] : []),
    ...(told.isElsewhere ? [WOULD.shopIsRight] : []),
    ...(told.connectorIsLive ? [] : [WOULD.connectorIsLive(told)]),
    ...(told.hasRule ? [] : [WOULD.thereIsARule(told)]),
    ...(told.streakIsLive ? [] : [WOULD.streakIsLive]),
    ...passing.filter((each) => each !== null),
  ]
}

/** What a worker could not record is tried again as it was translated. */
function isFailure(verdict: Verdict, because: string | null): boolean {
  return verdict === 'failed' && because !== 'IN_FUTURE'
}
