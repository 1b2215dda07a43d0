import type { Row } from '../ports/schema.ts'
import type { Change } from '../ports/store.ts'
import { periodByNumber } from '../streaks/period.ts'
import { compareJourney, hasGround } from './compare.ts'
import { type ReadJourney, readJourney } from './read-journey.ts'
import type { RebuildDeps } from './rebuild.ts'
import { anchorChanges, rewardsAfter } from './rezone-rewards.ts'

const MAX_TRIES = 10

export interface MovedJourney {
  readonly read: ReadJourney
  /** As they are afterwards, in the order of `read.rewards`. */
  readonly rewards: readonly Row<'reward_log'>[]
  readonly changes: number
  /** Standing rewards that lose their ground. */
  readonly withoutGround: number
}

/**
 * Moves the logs of one journey in a commit that only holds if nothing changed since it was read; a dry run does all but
 * that. null when the journey changed under every look.
 */
export async function moveJourney(
  { store, clock, newId }: RebuildDeps,
  row: Row<'member_streak'>,
  dryRun: boolean,
): Promise<MovedJourney | null> {
  for (let tries = 0; tries < MAX_TRIES; tries += 1) {
    const read = await readJourney(store, row, 'by today')
    if (read === null) continue
    const now = clock.now()
    const rewards = rewardsAfter(read)
    const moves = [
      ...read.moves.map((move) => logChange(move, now)),
      ...anchorChanges(read.rewards, rewards, now),
      ...boundChanges(read, now),
    ]
    if (moves.length === 0) return { read, rewards, changes: 0, withoutGround: 0 }
    const before = await readJourney(store, row)
    if (before?.journey.version !== read.journey.version) continue
    const lost = groundless(read, rewards) - groundless(before, before.rewards)
    const withoutGround = Math.max(0, lost)
    const looked = { read, rewards, changes: moves.length, withoutGround }
    if (dryRun) return looked
    const { repairs } = compareJourney({ ...read, rewards }, now, newId)
    const { id, accountId, version } = read.journey
    const guarded: Change = {
      op: 'update',
      collection: 'member_streak',
      id,
      accountId,
      guard: { version },
      set: { version: version + 1 },
    }
    if ((await store.commit([guarded, ...moves, ...repairs])).outcome === 'committed') return looked
  }
  return null
}

function logChange({ log, to }: ReadJourney['moves'][number], now: number): Change {
  const { id, accountId } = log
  const set = { periodNumber: to.number, periodKey: to.key, updatedAt: now }
  return { op: 'update', collection: 'streak_log', id, accountId, set }
}

/** Records of progress that stay and of which the zone data in force says another beginning, end or key. */
function boundChanges({ streak, progress, derived }: ReadJourney, now: number): Change[] {
  return progress.flatMap((row): Change[] => {
    if (!derived.periods.has(row.periodNumber)) return []
    const { key, startAt, endAt } = periodByNumber(streak, row.periodNumber)
    if (row.periodKey === key && row.periodStartAt === startAt && row.periodEndAt === endAt) return []
    const { id, accountId } = row
    const set = { periodKey: key, periodStartAt: startAt, periodEndAt: endAt, updatedAt: now }
    return [{ op: 'update', collection: 'streak_progress', id, accountId, set }]
  })
}

function groundless({ milestones, derived }: ReadJourney, rewards: readonly Row<'reward_log'>[]): number {
  const byId = new Map(milestones.map((milestone) => [milestone.id, milestone]))
  return rewards.filter((reward) => {
    const milestone = byId.get(reward.milestoneId)
    return reward.standing && milestone !== undefined && !hasGround(reward, milestone, derived)
  }).length
}
