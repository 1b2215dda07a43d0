import { change, insert, remove } from '../ports/changes.ts'
import type { Row } from '../ports/schema.ts'
import type { Change } from '../ports/store.ts'
import { periodByNumber } from '../streaks/period.ts'
import { isBreakable, lengthOf, targetPeriods } from '../streaks/runs.ts'
import type { ReadJourney } from './read-journey.ts'

/** One thing that is not as the ledger says. */
export interface Difference {
  readonly what: 'streak_log' | 'streak_progress' | 'run' | 'member_streak' | 'reward_log'
  readonly ownedById: string
  readonly streakId: string
  readonly detail: string
  /** Differences of rewards are reported, never repaired: a reward is a fact of its own. */
  readonly repairable: boolean
}

export interface Comparison {
  readonly differences: readonly Difference[]
  /** What would make it as the ledger says, but for the version's guard. */
  readonly repairs: readonly Change[]
}

/** Compares a journey with its ledger. Pure; `now` and `newId` are for the repairs. */
export function compareJourney(read: ReadJourney, now: number, newId: () => string): Comparison {
  const parts = [
    comparedLogs(read, now),
    comparedProgress(read, now, newId),
    comparedRuns(read, now, newId),
    comparedTotals(read, now),
  ]
  const note = ([what, detail]: Noted): Difference => {
    const { ownedById, streakId } = read.journey
    return { what, ownedById, streakId, detail, repairable: what !== 'reward_log' }
  }
  return {
    differences: [...parts.flatMap((part) => part.noted), ...ungrounded(read)].map(note),
    repairs: parts.flatMap((part) => part.repairs),
  }
}

type Noted = [what: Difference['what'], detail: string]
interface Part {
  readonly noted: Noted[]
  readonly repairs: Change[]
}

function comparedLogs({ wrongLogs }: ReadJourney, now: number): Part {
  return {
    noted: wrongLogs.map(({ log }) => [
      'streak_log',
      `${log.id}: its effective value is not what its entries leave`,
    ]),
    repairs: wrongLogs.map(({ log, effectiveValue }) =>
      change('streak_log', log, {}, { effectiveValue, updatedAt: now }),
    ),
  }
}

const PERIOD_FIELDS = [
  'currentProgressValue',
  'completed',
  'firstEffectiveAt',
  'lastEffectiveAt',
  'targetReachedAt',
] as const

function comparedProgress(
  { streak, journey, progress, derived }: ReadJourney,
  now: number,
  newId: () => string,
): Part {
  const { accountId, ownedById } = journey
  const part: Part = { noted: [], repairs: [] }
  const stored = new Map(progress.map((row) => [row.periodNumber, row]))
  for (const period of derived.periods.values()) {
    const row = stored.get(period.periodNumber)
    stored.delete(period.periodNumber)
    const { key, startAt, endAt } = periodByNumber(streak, period.periodNumber)
    const wrong = row === undefined ? [] : PERIOD_FIELDS.filter((field) => row[field] !== period[field])
    if (row !== undefined && wrong.length === 0) continue
    part.noted.push([
      'streak_progress',
      row === undefined ? `${key}: the record is missing` : `${key}: ${wrong.join(', ')}`,
    ])
    if (row !== undefined) {
      part.repairs.push(change('streak_progress', row, {}, { ...period, updatedAt: now }))
      continue
    }
    const { aggregationTargetValue, id: streakId } = streak
    const times = { createdAt: now, updatedAt: now, periodStartAt: startAt, periodEndAt: endAt }
    const made = {
      ...period,
      ...times,
      id: newId(),
      accountId,
      ownedById,
      streakId,
      periodKey: key,
      aggregationTargetValue,
    }
    part.repairs.push(insert('streak_progress', made))
  }
  for (const row of stored.values()) {
    part.noted.push(['streak_progress', `${row.periodKey}: no live log is in it`])
    part.repairs.push(remove('streak_progress', row, {}))
  }
  return part
}

function standingIn(
  { rewards, milestones }: ReadJourney,
  run: { firstPeriod: number; lastPeriod: number },
): Record<string, number> {
  const counted = new Set(milestones.filter((m) => m.milestoneRepeat === 'every_streak').map((m) => m.id))
  const standing: Record<string, number> = {}
  for (const { milestoneId, periodNumber, standing: stands } of rewards) {
    if (
      !stands ||
      !counted.has(milestoneId) ||
      periodNumber < run.firstPeriod ||
      periodNumber > run.lastPeriod
    )
      continue
    standing[milestoneId] = (standing[milestoneId] ?? 0) + 1
  }
  return standing
}

/** A count of 0 says as much as none. */
function sameCounts(a: Readonly<Record<string, number>>, b: Readonly<Record<string, number>>): boolean {
  return [...Object.keys(a), ...Object.keys(b)].every((id) => (a[id] ?? 0) === (b[id] ?? 0))
}

function comparedRuns(read: ReadJourney, now: number, newId: () => string): Part {
  const { streak, journey, runs, derived } = read
  const { accountId, ownedById, streakId } = journey
  const part: Part = { noted: [], repairs: [] }
  const stored = new Map(runs.map((run) => [run.firstPeriod, run]))
  for (const run of derived.runs) {
    const row = stored.get(run.firstPeriod)
    const length = lengthOf(run)
    const breakable = isBreakable(length, streak.completionTargetValue)
    const standing = standingIn(read, run)
    const matches = row?.lastPeriod === run.lastPeriod && row.length === length && row.breakable === breakable
    if (row !== undefined && matches && sameCounts(row.standing, standing)) {
      stored.delete(run.firstPeriod)
      continue
    }
    part.noted.push([
      'run',
      `periods ${run.firstPeriod} to ${run.lastPeriod}: ${matches ? 'rewards counted' : 'not stored so'}`,
    ])
    const made = {
      id: newId(),
      accountId,
      ownedById,
      streakId,
      createdAt: now,
      updatedAt: now,
      ...run,
      length,
      breakable,
      standing,
    }
    part.repairs.push(insert('run', made))
  }
  // deletes come before inserts, so a run that is replaced frees its place
  for (const row of stored.values()) {
    if (!derived.runs.some((run) => run.firstPeriod === row.firstPeriod)) {
      part.noted.push(['run', `periods ${row.firstPeriod} to ${row.lastPeriod}: the ledger has no such run`])
    }
    part.repairs.push(remove('run', row, {}))
  }
  return part
}

function comparedTotals({ journey, derived, rewards }: ReadJourney, now: number): Part {
  const { longestRunLength, completedCycles, lastActivityAt } = derived
  const revokedRewards = rewards.filter((reward) => !reward.standing && reward.couponUsed === null).length
  const expected = {
    longestRunLength,
    completedCycles,
    lastActivityAt: lastActivityAt ?? journey.lastActivityAt,
    hasRewards: journey.hasRewards || rewards.length > 0,
    revokedRewards,
  }
  const fields = Object.keys(expected) as (keyof typeof expected)[]
  const wrong = fields.filter((field) => journey[field] !== expected[field])
  if (wrong.length === 0) return { noted: [], repairs: [] }
  const set = { ...expected, updatedAt: now }
  return {
    noted: [['member_streak', wrong.join(', ')]],
    repairs: [change('member_streak', journey, {}, set)],
  }
}

/** Rewards that are not minted yet and have lost their ground, and rewards that were granted twice. */
function ungrounded({ rewards, milestones, derived }: ReadJourney): Noted[] {
  const byId = new Map(milestones.map((milestone) => [milestone.id, milestone]))
  const seen = new Set<string>()
  return rewards.flatMap((reward): Noted[] => {
    const milestone = byId.get(reward.milestoneId)
    if (!reward.standing || milestone === undefined) return []
    const place = reward.once ? reward.milestoneId : `${reward.milestoneId} ${reward.periodNumber}`
    if (seen.has(place)) return [['reward_log', `${reward.id}: granted twice`]]
    seen.add(place)
    const isUnminted = reward.fulfilmentStatus === 'pending' || reward.fulfilmentStatus === 'held'
    if (!isUnminted || hasGround(reward, milestone, derived)) return []
    return [['reward_log', `${reward.id}: its ground is gone`]]
  })
}

/** Whether what a reward was granted for is there, in its period; of one granted `once`, anywhere. */
export function hasGround(
  reward: Pick<Row<'reward_log'>, 'periodNumber' | 'once'>,
  milestone: Row<'milestone'>,
  derived: ReadJourney['derived'],
): boolean {
  const { periodNumber, once } = reward
  if (milestone.milestoneMetric === 'current_progress_value') {
    const target = milestone.milestoneTargetValue
    const reaches = (number: number) => (derived.periods.get(number)?.currentProgressValue ?? 0n) >= target
    return once ? [...derived.periods.keys()].some(reaches) : reaches(periodNumber)
  }
  const target = targetPeriods(milestone)
  return derived.runs.some((run) => {
    const isHere = once || (run.firstPeriod <= periodNumber && periodNumber <= run.lastPeriod)
    return isHere && lengthOf(run) >= target
  })
}
