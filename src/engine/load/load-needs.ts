import { all, between, equal } from '../../ports/conditions.ts'
import type { Row } from '../../ports/schema.ts'
import type { Store } from '../../ports/store.ts'
import type { FactName } from '../../streaks/facts.ts'
import { findJourney, findRunContaining, rewardsOf } from './journey-rows.ts'
import {
  loadBreakableRuns,
  loadLongestBesides,
  loadPeriodEdges,
  loadPeriodLogs,
  loadRewardsBetween,
  loadRewardsOnce,
  loadValueElsewhere,
} from './load-rare.ts'
import {
  type JourneyNeed,
  journeyKey,
  keyOf,
  type Loaded,
  type LoadedJourney,
  type Wanted,
} from './loaded.ts'

/** Resolves to false where another writer was seen to have come between, to anything else where all is well. */
type Loading = Promise<unknown>
type Loader<F extends FactName> = (store: Store, loaded: Loaded, wants: readonly Wanted<F>[]) => Loading

/** Facts of one kind share one round trip where they are often asked for; rare ones have one each. */
const LOADERS: { readonly [F in FactName]: Loader<F> } = {
  progress: loadProgress,
  run_ending: (store, loaded, wants) => loadRuns(store, loaded, 'lastPeriod', wants),
  run_starting: (store, loaded, wants) => loadRuns(store, loaded, 'firstPeriod', wants),
  run_containing: each((want, store) => loadRunContaining(store, want)),
  rewards_at: loadRewardsAt,
  once_rewards: loadHeldOnce,
  anchors: each((want, store) => loadAnchors(store, want)),
  period_logs: each((want, store) => loadPeriodLogs(store, want)),
  period_edges: each((want, store) => loadPeriodEdges(store, want)),
  rewards_between: each((want, store, loaded) => loadRewardsBetween(store, loaded, want)),
  rewards_once: each((want, store, loaded) => loadRewardsOnce(store, loaded, want)),
  longest_besides: each((want, store) => loadLongestBesides(store, want)),
  breakable_runs: each((want, store) => loadBreakableRuns(store, want)),
  value_elsewhere: each((want, store) => loadValueElsewhere(store, want)),
}

function each<F extends FactName>(
  load: (want: Wanted<F>, store: Store, loaded: Loaded) => Loading,
): Loader<F> {
  return async (store, loaded, wants) =>
    !(await Promise.all(wants.map((want) => load(want, store, loaded)))).includes(false)
}

/**
 * Loads missing facts of journeys that exist. What is not found is known to be absent from then on. Nothing is locked:
 * false when another writer was seen to have come between, so that what is loaded does not belong together; load all of
 * it anew. @throws Error when a run is missing that must be there
 */
export async function loadNeeds(
  store: Store,
  loaded: Loaded,
  needs: readonly JourneyNeed[],
): Promise<boolean> {
  const wants = needs.flatMap(({ journey, need }) =>
    journey.row === null ? [] : [{ row: journey.row, journey, need }],
  )
  const kinds = [...Map.groupBy(wants, ({ need }) => need.fact)]
  const loads = await Promise.all(kinds.map(([fact, ofKind]) => loadKind(store, loaded, fact, ofKind)))
  for (const { journey, need } of needs) journey.known.setAbsentIfUnknown(need)
  return !loads.includes(false)
}

function loadKind<F extends FactName>(
  store: Store,
  loaded: Loaded,
  fact: F,
  ofKind: readonly Wanted<FactName>[],
): Loading {
  return LOADERS[fact](store, loaded, ofKind as readonly Wanted<F>[])
}

function ids(row: Row<'member_streak'>): [string, string, string] {
  return [row.accountId, row.ownedById, row.streakId]
}

function journeyOf(
  loaded: Loaded,
  row: { accountId: string; ownedById: string; streakId: string },
): LoadedJourney {
  return loaded.journeys.get(journeyKey(row.accountId, row.ownedById, row.streakId))!
}

async function loadProgress(
  store: Store,
  loaded: Loaded,
  wants: readonly Wanted<'progress'>[],
): Promise<void> {
  const fields = ['accountId', 'ownedById', 'streakId', 'periodNumber'] as const
  const keys = wants.map(({ row, need }) => [...ids(row), need.periodNumber])
  for (const row of await store.findByKeys('streak_progress', fields, keys))
    journeyOf(loaded, row).addProgress(row)
}

async function loadRuns(
  store: Store,
  loaded: Loaded,
  edge: 'firstPeriod' | 'lastPeriod',
  wants: readonly Wanted<'run_ending' | 'run_starting'>[],
): Promise<void> {
  const fields = ['accountId', 'ownedById', 'streakId', edge] as const
  const keys = wants.map(({ row, need }) => [...ids(row), need.periodNumber])
  for (const row of await store.findByKeys('run', fields, keys)) journeyOf(loaded, row).addRun(row)
}

async function loadRewardsAt(
  store: Store,
  loaded: Loaded,
  wants: readonly Wanted<'rewards_at'>[],
): Promise<void> {
  const fields = ['accountId', 'ownedById', 'linkedSchemaRecordId', 'once', 'periodNumber'] as const
  const keys = wants.map(({ row, need }) => [...ids(row), false, need.periodNumber])
  for (const row of await store.findByKeys('reward_log', fields, keys)) {
    if (!row.standing) continue
    const journey = journeyOf(loaded, { ...row, streakId: row.linkedSchemaRecordId })
    const milestones = loaded.milestones.get(keyOf(row.accountId, row.linkedSchemaRecordId)) ?? []
    const milestone = milestones.find(({ id }) => id === row.milestoneId)
    const everyStreak = milestone?.milestoneRepeat === 'every_streak'
    const { milestoneId, periodNumber } = row
    const need = { fact: 'rewards_at', periodNumber } as const
    journey.known.set(need, [...(journey.known.get(need) ?? []), { milestoneId, everyStreak, periodNumber }])
  }
}

async function loadHeldOnce(
  store: Store,
  loaded: Loaded,
  wants: readonly Wanted<'once_rewards'>[],
): Promise<void> {
  const fields = ['accountId', 'ownedById', 'linkedSchemaRecordId', 'once'] as const
  const rows = await store.findByKeys(
    'reward_log',
    fields,
    wants.map(({ row }) => [...ids(row), true]),
  )
  const standing = rows.filter((row) => row.standing)
  const byJourney = Map.groupBy(standing, (row) =>
    journeyOf(loaded, { ...row, streakId: row.linkedSchemaRecordId }),
  )
  for (const { journey, need } of wants) {
    journey.known.set(need, new Set(byJourney.get(journey)?.map(({ milestoneId }) => milestoneId)))
  }
}

/** The run of a period that was completed when its progress was read; false when it has changed since. */
async function loadRunContaining(
  store: Store,
  { row, journey, need }: Wanted<'run_containing'>,
): Promise<boolean> {
  const run = await findRunContaining(store, row, need.periodNumber)
  if (run !== undefined) {
    journey.addRun(run)
    journey.known.set(need, run)
    return true
  }
  const after = await findJourney(store, row)
  if (after?.version !== row.version) return false
  throw new Error(
    `no run contains period ${need.periodNumber}, which is completed, of member ${row.ownedById} on streak ${row.streakId}; streakline rebuild --repair mends it`,
  )
}

async function loadAnchors(store: Store, { row, journey, need }: Wanted<'anchors'>): Promise<void> {
  const rewards = await store.find('reward_log', {
    where: all(
      rewardsOf(row),
      equal({ once: false }),
      between('periodNumber', need.from, need.to),
      equal({ milestoneId: need.milestoneId, standing: true }),
    ),
    limit: need.to - need.from + 1,
    omit: ['reward'],
  })
  const anchors = new Set(rewards.map((reward) => reward.periodNumber))
  journey.known.set(need, anchors)
}
