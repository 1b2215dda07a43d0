import { type LoadedPlaces, Places } from '../../life/places.ts'
import { change, insert } from '../../ports/changes.ts'
import type { Instant } from '../../ports/clock.ts'
import type { Row } from '../../ports/schema.ts'
import type { Change } from '../../ports/store.ts'
import { MissingFact } from '../../streaks/facts.ts'
import { Journey } from '../../streaks/journey.ts'
import type { Sources } from '../deps.ts'
import type { Happening } from '../happenings.ts'
import type { JourneyNeed, LoadedJourney } from '../load/loaded.ts'
import type { EntryRequest, EntryResult, KeyedReport, ReportRequest, ReportResult } from '../types.ts'
import { effectiveValue, fullValue } from './effective-value.ts'
import { journeyChanges } from './journey-changes.ts'
import { reportEntries } from './report-entries.ts'
import { firstRewardFlags, rewardOutcome } from './reward-outcome.ts'
import { reportVerdict, takenBack } from './taken-back.ts'
import { rewardsTold } from './told.ts'

/** What one entry needs to be decided. */
export interface LoadedEntry {
  readonly log: Row<'streak_log'>
  readonly streak: Row<'streak'>
  /** Milestones of the streak, of any status. */
  readonly milestones: readonly Row<'milestone'>[]
  /** Entries the log has already. */
  readonly entries: readonly Row<'withdrawal'>[]
  readonly journey: LoadedJourney
  /** null where nobody listens. */
  readonly member: Row<'member'> | null
  /** null: the streak has no milestones. */
  readonly places: LoadedPlaces | null
}

export type EntryDecision<R> =
  | {
      readonly kind: 'decided'
      readonly changes: readonly Change[]
      readonly result: R
      readonly due: readonly Row<'reward_log'>[]
      readonly happenings: readonly Happening[]
    }
  | { readonly kind: 'needs'; readonly needs: readonly JourneyNeed[] }

const NOTHING = { kind: 'decided', changes: [], due: [], happenings: [] } as const

/** Decides a withdrawal or a reinstatement. Pure; answers `needs` where facts are missing, like `decide`. */
export function decideEntry(
  loaded: LoadedEntry,
  request: EntryRequest,
  now: Instant,
  sources: Sources,
): EntryDecision<EntryResult> {
  const rejected = rejection(loaded, request)
  if (rejected !== null) return { ...NOTHING, result: rejected }
  const entry = entryRow(loaded, request, now, sources)
  return addEntries(loaded, [entry], { outcome: 'recorded', entry }, now, sources)
}

/** Decides what the reports of its order add to a log. Pure, like `decideEntry`. */
export function decideReports(
  loaded: LoadedEntry,
  reports: readonly KeyedReport[],
  { purchase, source }: ReportRequest,
  now: Instant,
  sources: Sources,
): EntryDecision<ReportResult> {
  const { log, streak, entries: before } = loaded
  const taken = takenBack(reports, purchase, streak.aggregationMethod === 'sum')
  const verdict = reportVerdict(source.object, reports, purchase)
  const full = fullValue(streak, log)
  const entries = reportEntries({ log, full, entries: before, taken, source, now, newId: sources.newId })
  const result: ReportResult = { outcome: verdict, entries }
  if (entries.length === 0) return { ...NOTHING, result }
  return addEntries(loaded, entries, result, now, sources)
}

function addEntries<R>(
  loaded: LoadedEntry,
  added: readonly Row<'withdrawal'>[],
  result: R,
  now: Instant,
  sources: Sources,
): EntryDecision<R> {
  try {
    const { changes, ...rest } = effects(loaded, added, now, sources)
    const inserts = added.map((row) => insert('withdrawal', row))
    return { kind: 'decided', changes: [...changes, ...inserts], result, ...rest }
  } catch (error) {
    if (!(error instanceof MissingFact)) throw error
    return { kind: 'needs', needs: [{ journey: loaded.journey, need: error.need }] }
  }
}

function rejection({ streak, entries, log }: LoadedEntry, { entry }: EntryRequest): EntryResult | null {
  if (entry.kind === 'withdrawal') {
    if (entry.value !== null && streak.aggregationMethod === 'count') {
      const message = 'value: a log of a count streak is withdrawn whole; leave value out'
      return { outcome: 'rejected', code: 'INVALID_INPUT', path: 'value', message }
    }
    const known = entries.find((each) => each.uniqueIdentifier === entry.uniqueIdentifier)
    return known === undefined ? null : { outcome: 'duplicate', existingId: known.id }
  }
  const { withdrawalId } = entry
  const undone = entries.find((each) => each.withdrawalId === withdrawalId)
  if (undone !== undefined) return { outcome: 'duplicate', existingId: undone.id }
  if (entries.some((each) => each.id === withdrawalId && each.kind === 'withdrawal')) return null
  const message = `withdrawalId: the streak log ${log.id} has no withdrawal with the id ${withdrawalId}`
  return { outcome: 'rejected', code: 'REFERENCE_NOT_FOUND', path: 'withdrawalId', message }
}

function entryRow(
  { log, streak }: LoadedEntry,
  request: EntryRequest,
  now: Instant,
  { newId }: Sources,
): Row<'withdrawal'> {
  const { accountId, reason, entry } = request
  const full = log.activityValue ?? 0n
  const isWithdrawal = entry.kind === 'withdrawal'
  const cut = isWithdrawal && entry.value !== null && entry.value > full && streak.aggregationMethod === 'sum'
  return {
    id: newId(),
    accountId,
    createdAt: now,
    updatedAt: now,
    ownedById: log.ownedById,
    streakId: log.streakId,
    streakLogId: log.id,
    kind: entry.kind,
    value: isWithdrawal ? (cut ? full : entry.value) : null,
    reason,
    uniqueIdentifier: isWithdrawal ? entry.uniqueIdentifier : null,
    withdrawalId: isWithdrawal ? null : entry.withdrawalId,
    deliveryId: null,
  }
}

interface Effects {
  readonly changes: readonly Change[]
  readonly due: readonly Row<'reward_log'>[]
  readonly happenings: readonly Happening[]
}

function effects(
  { log, streak, milestones, entries, journey: loaded, member, places: loadedPlaces }: LoadedEntry,
  added: readonly Row<'withdrawal'>[],
  now: Instant,
  sources: Sources,
): Effects {
  const { id, ownedById, periodNumber, activityAt, effectiveValue: value } = log
  const after = effectiveValue(fullValue(streak, log), [...entries, ...added])
  // what was revoked may come back by any reinstatement of a live log, also while it stays withdrawn
  const isReinstated = log.status === 'live' && added.some(({ kind }) => kind === 'reinstatement')
  if (after === value && !isReinstated)
    return { changes: [noted(log, added.length, after, [], now)], due: [], happenings: [] }
  const journey = new Journey(streak, milestones, loaded.facts(), sources.newId)
  const outcome = journey.changeValue({ log: { id, periodNumber, activityAt, value }, after }, log.quiet)
  const { rewardRows } = loaded
  const places = loadedPlaces === null ? null : new Places(loadedPlaces, now)
  const input = { streak, milestones, ownedById, streakLogId: id, outcome, rewardRows, places, now, sources }
  const rewards = rewardOutcome(input)
  const progress = journeyChanges(streak, ownedById, loaded, journey, loaded.row?.id ?? sources.newId(), now)
  const mark = noted(log, added.length, after, rewards.listed, now)
  const told = member === null ? [] : rewardsTold({ streak, milestones }, rewards, log.quiet)
  return {
    due: rewards.due,
    happenings: told.map((each) => ({ ...each, member: member! })),
    changes: [
      mark,
      ...progress,
      ...firstRewardFlags(rewards.firstOf),
      ...rewards.changes,
      ...(places?.changes() ?? []),
    ],
  }
}

/** The log counts its entries, and what a reinstatement earns is earned by the log it reinstates. */
function noted(
  log: Row<'streak_log'>,
  added: number,
  effectiveValue: bigint,
  earned: readonly Row<'reward_log'>[],
  now: Instant,
): Change {
  const { entryCount, rewardLogIds } = log
  const all = [...new Set([...(rewardLogIds ?? []), ...earned.map((reward) => reward.id)])]
  const set = {
    effectiveValue,
    entryCount: entryCount + added,
    rewardLogIds: all.length === 0 ? null : all,
    updatedAt: now,
  }
  return change('streak_log', log, { entryCount }, set)
}
