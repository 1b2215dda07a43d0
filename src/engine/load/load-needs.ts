import { all, between, equal } from '../../ports/conditions.ts'
import type { Row } from '../../ports/schema.ts'
import type { Store } from '../../ports/store.ts'
import { anchorsKey } from '../../streaks/journey-state.ts'
import type { Need } from '../../streaks/types.ts'
import { findJourney, findRunContaining, rewardsOf } from './journey-rows.ts'
import {
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
  type NeedOf,
  type Wanted,
} from './loaded.ts'

/**
 * Loads missing facts of journeys that exist. Facts of one kind share one round trip. Nothing is locked: false when
 * another writer was seen to have come between, so that what is loaded does not belong together; load all of it anew.
 * @throws Error when a run is missing that must be there
 */
export async function loadNeeds(
  store: Store,
  loaded: Loaded,
  needs: readonly JourneyNeed[],
): Promise<boolean> {
  const wanted = <F extends Need['fact']>(fact: F): Wanted<F>[] =>
    needs.flatMap(({ journey, need }) =>
      need.fact === fact && journey.row !== null
        ? [{ row: journey.row, journey, need: need as NeedOf<F> }]
        : [],
    )
  const containing = wanted('run_containing').map((want) => loadRunContaining(store, want))
  await Promise.all([
    loadProgress(store, loaded, wanted('progress')),
    loadRuns(store, loaded, 'lastPeriod', wanted('run_ending')),
    loadRuns(store, loaded, 'firstPeriod', wanted('run_starting')),
    loadRewardsAt(store, loaded, wanted('rewards_at')),
    loadHeldOnce(store, loaded, wanted('once_rewards')),
    ...wanted('anchors').map((want) => loadAnchors(store, want)),
    ...wanted('period_logs').map((want) => loadPeriodLogs(store, want)),
    ...wanted('period_edges').map((want) => loadPeriodEdges(store, want)),
    ...wanted('rewards_between').map((want) => loadRewardsBetween(store, loaded, want)),
    ...wanted('rewards_once').map((want) => loadRewardsOnce(store, loaded, want)),
    ...wanted('longest_besides').map((want) => loadLongestBesides(store, want)),
    ...wanted('value_elsewhere').map((want) => loadValueElsewhere(store, want)),
  ])
  for (const { journey, need } of needs) journey.settle(need)
  return (await Promise.all(containing)).every((isThere) => isThere)
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

async function loadProgress(store: Store, loaded: Loaded, wants: Wanted<'progress'>[]): Promise<void> {
  if (wants.length === 0) return
  const fields = ['accountId', 'ownedById', 'streakId', 'periodNumber'] as const
  const keys = wants.map(({ row, need }) => [...ids(row), need.periodNumber])
  for (const row of await store.findByKeys('streak_progress', fields, keys))
    journeyOf(loaded, row).addProgress(row)
}

async function loadRuns(
  store: Store,
  loaded: Loaded,
  edge: 'firstPeriod' | 'lastPeriod',
  wants: (Wanted<'run_ending'> | Wanted<'run_starting'>)[],
): Promise<void> {
  if (wants.length === 0) return
  const fields = ['accountId', 'ownedById', 'streakId', edge] as const
  const keys = wants.map(({ row, need }) => [...ids(row), need.periodNumber])
  for (const row of await store.findByKeys('run', fields, keys)) journeyOf(loaded, row).addRun(row)
}

async function loadRewardsAt(store: Store, loaded: Loaded, wants: Wanted<'rewards_at'>[]): Promise<void> {
  if (wants.length === 0) return
  const fields = ['accountId', 'ownedById', 'linkedSchemaRecordId', 'once', 'periodNumber'] as const
  const keys = wants.map(({ row, need }) => [...ids(row), false, need.periodNumber])
  for (const row of await store.findByKeys('reward_log', fields, keys)) {
    if (!row.standing) continue
    const journey = journeyOf(loaded, { ...row, streakId: row.linkedSchemaRecordId })
    const milestones = loaded.milestones.get(keyOf(row.accountId, row.linkedSchemaRecordId)) ?? []
    const milestone = milestones.find(({ id }) => id === row.milestoneId)
    const everyStreak = milestone?.milestoneRepeat === 'every_streak'
    const reward = { milestoneId: row.milestoneId, everyStreak, periodNumber: row.periodNumber }
    journey.rewardsAt.set(row.periodNumber, [...(journey.rewardsAt.get(row.periodNumber) ?? []), reward])
  }
}

async function loadHeldOnce(store: Store, loaded: Loaded, wants: Wanted<'once_rewards'>[]): Promise<void> {
  if (wants.length === 0) return
  const fields = ['accountId', 'ownedById', 'linkedSchemaRecordId', 'once'] as const
  const rows = await store.findByKeys(
    'reward_log',
    fields,
    wants.map(({ row }) => [...ids(row), true]),
  )
  for (const { journey } of wants) journey.heldOnce = new Set()
  for (const row of rows) {
    if (row.standing)
      journeyOf(loaded, { ...row, streakId: row.linkedSchemaRecordId }).heldOnce!.add(row.milestoneId)
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
  journey.anchors.set(anchorsKey(need.milestoneId, need.from, need.to), anchors)
}
