import { v7 as uuidv7 } from 'uuid'
import type { MemberStreakView, ProgressView } from '../../src/engine/types.ts'
import type { Row } from '../../src/ports/schema.ts'
import { compareJourney } from '../../src/rebuild/compare.ts'
import { readJourney } from '../../src/rebuild/read-journey.ts'
import { formatQuantity } from '../../src/streaks/quantity.ts'
import type { EngineKit } from './engine-kit.ts'
import { type HistoryStreak, instant } from './history.ts'
import type { ExpectedJourney } from './journey-oracle.ts'
import type { PlayedHistory } from './play-history.ts'

/** A member on a streak as the store has it. */
export interface ObservedJourney {
  readonly label: string
  readonly member: number
  readonly streak: number
  readonly shown: ExpectedJourney
  readonly rewards: readonly ObservedReward[]
  /** What a rebuild would have to say. */
  readonly differences: readonly string[]
}

export interface ObservedReward {
  readonly milestone: number
  readonly key: string
  readonly isMinted: boolean
}

/** The moment at which a streak's views are read. */
export function readMoment({ periods, readAfter, readAt }: HistoryStreak, logsAt: readonly number[]): number {
  const places = logsAt.map((at) => periods.findIndex((period) => at < period.endAt))
  const { startAt, endAt } = periods[Math.max(0, ...places) + readAfter]!
  return readAt === 'first' && readAfter > 0 ? startAt : endAt - 1
}

/** Standing rewards of a member on a streak. */
export async function observeRewards(
  kit: EngineKit,
  played: PlayedHistory,
  ownedById: string,
  streak: number,
): Promise<ObservedReward[]> {
  const rows = await kit.store.findByKeys(
    'reward_log',
    ['accountId', 'ownedById', 'linkedSchemaRecordId'],
    [[kit.accountId, ownedById, played.streaks[streak]!.id]],
  )
  return rows
    .filter((row) => row.standing)
    .map((row) => ({
      milestone: played.milestones[streak]!.findIndex((milestone) => milestone.id === row.milestoneId),
      key: row.periodKey,
      isMinted: row.fulfilmentStatus !== 'pending' && row.fulfilmentStatus !== 'held',
    }))
}

/** All journeys of the account. */
export async function observe(kit: EngineKit, played: PlayedHistory): Promise<ObservedJourney[]> {
  const [members, journeys, progress, runs] = await Promise.all([
    kit.rows('member'),
    kit.rows('member_streak'),
    kit.rows('streak_progress'),
    kit.rows('run'),
  ])
  const externalIds = new Map(members.map((row) => [row.id, row.externalId]))
  const observed = journeys.map(async (row): Promise<ObservedJourney> => {
    const isOwn = (other: { ownedById: string; streakId: string }) =>
      other.ownedById === row.ownedById && other.streakId === row.streakId
    const label = externalIds.get(row.ownedById)!
    const streak = played.streaks.findIndex((each) => each.id === row.streakId)
    const rules = played.history.streaks[streak]!
    const now = readMoment(rules, played.logsAt(streak))
    const own = progress.filter(isOwn).toSorted((a, b) => a.periodNumber - b.periodNumber)
    const [views, [memberStreak]] = await Promise.all([
      kit.views.progress(kit.accountId, own, now),
      kit.views.memberStreaks(kit.accountId, [row], now),
    ])
    const keys = new Map(own.map((each) => [each.periodNumber, each.periodKey]))
    const stored = runs.filter(isOwn).toSorted((a, b) => a.firstPeriod - b.firstPeriod)
    return {
      label: `${label} s${streak + 1}`,
      member: Number(label.slice(1)) - 1,
      streak,
      shown: {
        progress: views.map(progressLine),
        runs: stored.map((run) => `${keys.get(run.firstPeriod)} to ${keys.get(run.lastPeriod)}`),
        memberStreak: memberStreakLine(memberStreak!, played.milestones[streak]!),
      },
      rewards: await observeRewards(kit, played, row.ownedById, streak),
      differences: await rebuildDifferences(kit, row),
    }
  })
  return (await Promise.all(observed)).toSorted((a, b) => (a.label < b.label ? -1 : 1))
}

async function rebuildDifferences(kit: EngineKit, row: Row<'member_streak'>): Promise<string[]> {
  const read = await readJourney(kit.store, row)
  if (read === null) return ['the journey changed while it was read']
  const { differences } = compareJourney(read, kit.now, uuidv7)
  return [
    ...differences.map(({ what, detail }) => `${what}: ${detail}`),
    ...read.elsewhere.map(({ periodKey, today }) => `a log of ${periodKey} would lie in ${today}`),
  ]
}

function progressLine(view: ProgressView): string {
  const { row, status, consecutiveCount, longestConsecutiveCount } = view
  const { periodKey, periodStartAt, periodEndAt, currentProgressValue } = row
  return [
    `${periodKey} ${instant(periodStartAt)} ${instant(periodEndAt)} ${formatQuantity(currentProgressValue)} ${status}`,
    `count ${consecutiveCount} longest ${longestConsecutiveCount} started ${instant(view.streakStartedAt)}`,
    `broken ${instant(view.streakBrokenAt)} completed ${instant(view.streakCompletedAt)}`,
  ].join(' ')
}

function memberStreakLine(view: MemberStreakView, milestones: readonly Row<'milestone'>[]): string {
  const { currentPeriodKey, currentPeriodEndAt, currentProgressValue, nextMilestone } = view
  const next = milestones.findIndex((milestone) => milestone.id === nextMilestone?.id)
  return [
    `${currentPeriodKey} ${instant(currentPeriodEndAt)} ${formatQuantity(currentProgressValue)} ${view.streakStatus}`,
    `count ${view.currentConsecutiveCount} longest ${view.longestConsecutiveCount}`,
    `cycles ${view.completedCycles} broken ${instant(view.lastBrokenAt)}`,
    `active ${instant(view.row.lastActivityAt)} next ${next < 0 ? '-' : `milestone ${next}`}`,
  ].join(' ')
}
