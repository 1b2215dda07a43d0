import { above, all, atMost, equal } from '../../ports/conditions.ts'
import type { Row } from '../../ports/schema.ts'
import type { Scalar, Store } from '../../ports/store.ts'
import { ofJourney } from '../load/journey-rows.ts'
import { journeyKey, keyOf } from '../load/loaded.ts'

export interface Ids {
  readonly accountId: string
  readonly ownedById: string
  readonly streakId: string
}

/** At most this many keys go into one read of the store. */
const KEYS_PER_READ = 1000
const RUNS_PER_READ = 1000

const keyOfIds = (ids: Ids): string => journeyKey(ids.accountId, ids.ownedById, ids.streakId)
const tuple = (ids: Ids): string[] => [ids.accountId, ids.ownedById, ids.streakId]

function distinctTuples(all: readonly Ids[]): string[][] {
  return [...new Map(all.map((ids) => [keyOfIds(ids), tuple(ids)])).values()]
}

export async function streaksOf(
  store: Store,
  rows: readonly { accountId: string; streakId: string }[],
): Promise<Map<string, Row<'streak'>>> {
  const keys = [...new Map(rows.map((row) => [row.streakId, [row.accountId, row.streakId]])).values()]
  const streaks = await store.findByKeys('streak', ['accountId', 'id'], keys)
  return new Map(streaks.map((streak) => [streak.id, streak]))
}

/** Milestones by streak, of any status. */
export async function milestonesOf(
  store: Store,
  rows: readonly { accountId: string; streakId: string }[],
): Promise<Map<string, Row<'milestone'>[]>> {
  const keys = [...new Map(rows.map((row) => [row.streakId, [row.accountId, row.streakId]])).values()]
  const milestones = await store.findByKeys('milestone', ['accountId', 'linkedSchemaRecordId'], keys)
  return Map.groupBy(milestones, (milestone) => milestone.linkedSchemaRecordId)
}

/** Length of the longest run, by journey. */
export async function longestRuns(store: Store, all: readonly Ids[]): Promise<Map<string, number>> {
  const rows = await store.findByKeys(
    'member_streak',
    ['accountId', 'ownedById', 'streakId'],
    distinctTuples(all),
  )
  return new Map(rows.map((row) => [keyOfIds(row), row.longestRunLength]))
}

/** `once` milestones with a standing reward, by journey. */
export async function heldOnce(store: Store, all: readonly Ids[]): Promise<Map<string, Set<string>>> {
  const fields = ['accountId', 'ownedById', 'linkedSchemaRecordId', 'once'] as const
  const keys: Scalar[][] = distinctTuples(all).map((ids) => [...ids, true])
  const held = new Map<string, Set<string>>()
  for (const row of await store.findByKeys('reward_log', fields, keys)) {
    const key = keyOfIds({ ...row, streakId: row.linkedSchemaRecordId })
    if (row.standing) held.set(key, (held.get(key) ?? new Set()).add(row.milestoneId))
  }
  return held
}

/** Progress records by journey and period. */
export async function progressAt(
  store: Store,
  points: readonly (Ids & { periodNumber: number })[],
): Promise<Map<string, Row<'streak_progress'>>> {
  const fields = ['accountId', 'ownedById', 'streakId', 'periodNumber'] as const
  const found = new Map<string, Row<'streak_progress'>>()
  for (let at = 0; at < points.length; at += KEYS_PER_READ) {
    const keys = points.slice(at, at + KEYS_PER_READ).map((point) => [...tuple(point), point.periodNumber])
    for (const row of await store.findByKeys('streak_progress', fields, keys)) {
      found.set(keyOf(keyOfIds(row), String(row.periodNumber)), row)
    }
  }
  return found
}

/** Reward logs by (accountId, id). */
export async function rewardsById(
  store: Store,
  keys: readonly (readonly string[])[],
): Promise<Row<'reward_log'>[]> {
  const found: Row<'reward_log'>[] = []
  for (let at = 0; at < keys.length; at += KEYS_PER_READ) {
    found.push(
      ...(await store.findByKeys('reward_log', ['accountId', 'id'], keys.slice(at, at + KEYS_PER_READ))),
    )
  }
  return found
}

/** The runs that contain one of a journey's points or end right before it. */
export async function runsAround(
  store: Store,
  points: readonly (Ids & { periodNumber: number })[],
): Promise<Map<string, Row<'run'>[]>> {
  const byJourney = Map.groupBy(points, keyOfIds)
  const entries = await Promise.all(
    [...byJourney].map(async ([key, here]): Promise<[string, Row<'run'>[]]> => {
      const numbers = here.map((point) => point.periodNumber)
      return [key, await runsBetween(store, here[0]!, Math.min(...numbers) - 1, Math.max(...numbers))]
    }),
  )
  return new Map(entries)
}

/** Runs that touch `from`…`to`: the one that began at or before `from`, and those that begin after it. */
async function runsBetween(store: Store, ids: Ids, from: number, to: number): Promise<Row<'run'>[]> {
  const latestFirst = [{ field: 'firstPeriod', order: 'desc' }] as const
  const [before, after] = await Promise.all([
    store.find('run', {
      where: all(ofJourney(ids), atMost('firstPeriod', from)),
      sort: latestFirst,
      limit: 1,
    }),
    store.find('run', {
      where: all(ofJourney(ids), above('firstPeriod', from), atMost('firstPeriod', to)),
      sort: latestFirst,
      // completed periods of a page lie in at most as many runs as the page has rows; gaps between them can hold more
      limit: Math.min(to - from, RUNS_PER_READ * 10),
    }),
  ])
  return [...before, ...after]
}

/**
 * The latest runs that missing a period breaks. Three reach back past a run that ends now and one that ends within the
 * clock's tolerance.
 */
export async function breakableRuns(store: Store, ids: Ids): Promise<Row<'run'>[]> {
  return store.find('run', {
    where: all(ofJourney(ids), equal({ breakable: true })),
    sort: [{ field: 'lastPeriod', order: 'desc' }],
    limit: 3,
  })
}
