import { AppError } from '../errors.ts'
import type { Row } from '../ports/schema.ts'
import type { Condition, Store } from '../ports/store.ts'
import type { RebuildDeps } from './rebuild.ts'
import { moveJourney } from './rezone-journey.ts'

export interface RezoneOptions {
  readonly streakId: string
  /** Only look. */
  readonly dryRun: boolean
  /** Called after each journey with how many are done, and of how many. */
  readonly onProgress?: (journeys: number, of: number) => void
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
const MAX_COUNT = 10_000_000

/**
 * Moves the logs of a streak that lie in another period than the zone data in force puts them in; progress, runs and
 * the anchors of rewards follow. Grants and revokes nothing, mints nothing, notifies nobody. One member at a time, in a
 * commit guarded by the version of the journey: recording goes on meanwhile. Idempotent.
 * @throws AppError NOT_FOUND for an unknown streak
 */
export async function rezone(deps: RebuildDeps, options: RezoneOptions): Promise<RezoneReport> {
  const [streak] = await deps.store.findByKeys('streak', ['id'], [[options.streakId]])
  if (streak === undefined) throw new AppError('NOT_FOUND', `there is no streak ${options.streakId}`)
  const total = await deps.store.count('member_streak', onStreak(streak), MAX_COUNT)
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
    options.onProgress?.(sums.journeys, total)
  }
  return { ...sums, moved }
}

/** The members on a streak, the newest first: whoever joins meanwhile is put by today's data anyway. */
async function* journeysOf(store: Store, streak: Row<'streak'>): AsyncGenerator<Row<'member_streak'>> {
  let last: Row<'member_streak'> | undefined
  for (;;) {
    const page: Row<'member_streak'>[] = await store.find('member_streak', {
      where: { and: [onStreak(streak), ...(last === undefined ? [] : [behind(last)])] },
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

function onStreak({ accountId, id }: Row<'streak'>): Condition<'member_streak'> {
  return {
    and: [
      { field: 'accountId', op: 'eq', value: accountId },
      { field: 'streakId', op: 'eq', value: id },
    ],
  }
}

function behind({ createdAt, id }: Row<'member_streak'>): Condition<'member_streak'> {
  const sameTime = { field: 'createdAt', op: 'eq', value: createdAt } as const
  return {
    or: [
      { field: 'createdAt', op: 'lt', value: createdAt },
      { and: [sameTime, { field: 'id', op: 'gt', value: id }] },
    ],
  }
}
