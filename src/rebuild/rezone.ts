import { AppError } from '../errors.ts'
import type { Row } from '../ports/schema.ts'
import type { Change, Store } from '../ports/store.ts'
import { periodByNumber } from '../streaks/period.ts'
import { compareJourney, hasGround } from './compare.ts'
import { type ReadJourney, readJourney } from './read-journey.ts'
import type { RebuildDeps } from './rebuild.ts'
import { anchorChanges, rewardsAfter } from './rezone-rewards.ts'

export interface RezoneOptions {
  readonly streakId: string
  /** Only look. */
  readonly dryRun: boolean
  /** Called after each journey with how many are done. */
  readonly onProgress?: (journeys: number) => void
}

export interface RezoneReport {
  readonly journeys: number
  readonly logs: number
  /** Journeys of which something moves, or would on a dry run. */
  readonly changed: number
  readonly movedLogs: number
  readonly movedRewards: number
  /** Standing rewards that had ground before and have none now: they stay. */
  readonly withoutGround: number
  /** Journeys that changed under every look. */
  readonly busy: number
  /** The first 100 logs that move. */
  readonly moved: readonly { readonly streakLogId: string; readonly from: string; readonly to: string }[]
}

const PAGE = 500
const LISTED = 100
const MAX_TRIES = 10

/**
 * Moves the logs of a streak that lie in another period than the zone data in force puts them in; progress, runs and
 * the anchors of rewards follow. Grants and revokes nothing, mints nothing, notifies nobody. One member at a time, in a
 * commit guarded by the version of the journey: recording goes on meanwhile. Idempotent.
 * @throws AppError NOT_FOUND for an unknown streak
 */
export async function rezone(deps: RebuildDeps, options: RezoneOptions): Promise<RezoneReport> {
  const [streak] = await deps.store.findByKeys('streak', ['id'], [[options.streakId]])
  if (streak === undefined) throw new AppError('NOT_FOUND', `there is no streak ${options.streakId}`)
  const sums = { journeys: 0, logs: 0, changed: 0, movedLogs: 0, movedRewards: 0, withoutGround: 0, busy: 0 }
  const moved: RezoneReport['moved'][number][] = []
  for await (const row of journeysOf(deps.store, streak)) {
    const looked = await moveJourney(deps, row, options.dryRun)
    sums.journeys += 1
    if (looked === null) sums.busy += 1
    else {
      const { read, rewards } = looked
      sums.logs += read.logs
      sums.changed += looked.changes > 0 ? 1 : 0
      sums.movedLogs += read.moves.length
      sums.movedRewards += rewards.filter((reward, index) => reward !== read.rewards[index]).length
      sums.withoutGround += looked.withoutGround
      for (const { log, to } of read.moves.slice(0, LISTED - moved.length)) {
        moved.push({ streakLogId: log.id, from: log.periodKey, to: to.key })
      }
    }
    options.onProgress?.(sums.journeys)
  }
  return { ...sums, moved }
}

/** The members on a streak, the newest first: whoever joins meanwhile is put by today's data anyway. */
async function* journeysOf(
  store: Store,
  { accountId, id: streakId }: Row<'streak'>,
): AsyncGenerator<Row<'member_streak'>> {
  let last: Row<'member_streak'> | undefined
  for (;;) {
    const page: Row<'member_streak'>[] = await store.find('member_streak', {
      where: {
        and: [
          { field: 'accountId', op: 'eq', value: accountId },
          { field: 'streakId', op: 'eq', value: streakId },
          ...(last === undefined ? [] : [behind(last)]),
        ],
      },
      sort: [
        { field: 'createdAt', order: 'desc' },
        { field: 'id', order: 'asc' },
      ],
      limit: PAGE,
    })
    yield* page
    if (page.length < PAGE) return
    last = page.at(-1)
  }
}

function behind({ createdAt, id }: Row<'member_streak'>) {
  const sameTime = { field: 'createdAt', op: 'eq', value: createdAt } as const
  return {
    or: [
      { field: 'createdAt', op: 'lt', value: createdAt } as const,
      { and: [sameTime, { field: 'id', op: 'gt', value: id } as const] },
    ],
  }
}

interface Looked {
  readonly read: ReadJourney
  readonly rewards: readonly Row<'reward_log'>[]
  readonly changes: number
  readonly withoutGround: number
}

/** null when the journey changed under every look. */
async function moveJourney(
  { store, clock, newId }: RebuildDeps,
  row: Row<'member_streak'>,
  dryRun: boolean,
): Promise<Looked | null> {
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
    const withoutGround = groundless(read, rewards) - groundless(before, before.rewards)
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
