import { above, all, ascending, atLeast, between, equal } from '../../ports/conditions.ts'
import type { Row } from '../../ports/schema.ts'
import type { Condition, Store } from '../../ports/store.ts'
import type { CountedLog, RewardFact } from '../../streaks/types.ts'
import { ofJourney, rewardsOf } from './journey-rows.ts'
import { keyOf, type Loaded, type Wanted } from './loaded.ts'

/** Facts that only late logs, withdrawals and their undoing ask for: one read each. */
const PAGE = 500
const MINTED: ReadonlySet<string> = new Set(['issuing', 'issued', 'revoking', 'revoked'])

/** The logs of a period that count for something. */
function effectiveIn(row: Row<'member_streak'>, periodNumber: number): Condition<'streak_log'> {
  return all(ofJourney(row), equal({ periodNumber }), above('effectiveValue', 0n))
}

/** The period's effective logs by activityAt, until their values reach `upTo`. */
export async function loadPeriodLogs(
  store: Store,
  { row, journey, need }: Wanted<'period_logs'>,
): Promise<void> {
  const logs: CountedLog[] = []
  let sum = 0n
  for (let offset = 0; sum < need.upTo; offset += PAGE) {
    const page = await store.find('streak_log', {
      where: effectiveIn(row, need.periodNumber),
      sort: ascending('activityAt', 'id'),
      offset,
      limit: PAGE,
    })
    for (const log of page) {
      if (sum >= need.upTo) break
      sum += log.effectiveValue
      const { id, periodNumber, activityAt } = log
      logs.push({ id, periodNumber, activityAt, value: log.effectiveValue })
    }
    if (page.length < PAGE) break
  }
  journey.known.set(need, logs)
}

export async function loadPeriodEdges(
  store: Store,
  { row, journey, need }: Wanted<'period_edges'>,
): Promise<void> {
  const edge = (order: 'asc' | 'desc') =>
    store.find('streak_log', {
      where: effectiveIn(row, need.periodNumber),
      sort: [{ field: 'activityAt', order }],
      limit: 2,
    })
  const [first, last] = await Promise.all([edge('asc'), edge('desc')])
  journey.known.set(need, { first, last })
}

/** A reward as the core knows it. Revoked before it was minted: then nobody asked whether its coupon was used. */
function rewardFact(loaded: Loaded, row: Row<'reward_log'>): RewardFact {
  const milestones = loaded.milestones.get(keyOf(row.accountId, row.linkedSchemaRecordId)) ?? []
  const milestone = milestones.find(({ id }) => id === row.milestoneId)
  const { id, milestoneId, once, periodNumber } = row
  const state = row.standing ? 'standing' : row.couponUsed === null ? 'revoked' : 'spent'
  const everyStreak = milestone?.milestoneRepeat === 'every_streak'
  return {
    id,
    milestoneId,
    once,
    periodNumber,
    everyStreak,
    isMinted: MINTED.has(row.fulfilmentStatus),
    state,
  }
}

async function loadRewards(
  store: Store,
  loaded: Loaded,
  { row, journey }: Pick<Wanted<'rewards_once'>, 'row' | 'journey'>,
  which: Condition<'reward_log'>,
): Promise<RewardFact[]> {
  const facts: RewardFact[] = []
  for (let offset = 0; ; offset += PAGE) {
    const page = await store.find('reward_log', {
      where: all(rewardsOf(row), which),
      sort: ascending('periodNumber', 'id'),
      offset,
      limit: PAGE,
    })
    for (const reward of page) {
      journey.rewardRows.set(reward.id, reward)
      facts.push(rewardFact(loaded, reward))
    }
    if (page.length < PAGE) return facts
  }
}

export async function loadRewardsBetween(
  store: Store,
  loaded: Loaded,
  want: Wanted<'rewards_between'>,
): Promise<void> {
  const { from, to } = want.need
  const there: Condition<'reward_log'> = all(equal({ once: false }), between('periodNumber', from, to))
  const rewards = await loadRewards(store, loaded, want, there)
  want.journey.known.set(want.need, rewards)
}

export async function loadRewardsOnce(
  store: Store,
  loaded: Loaded,
  want: Wanted<'rewards_once'>,
): Promise<void> {
  const rewards = await loadRewards(store, loaded, want, equal({ once: true }))
  want.journey.known.set(want.need, rewards)
}

export async function loadLongestBesides(
  store: Store,
  { row, journey, need }: Wanted<'longest_besides'>,
): Promise<void> {
  const longest = await store.find('run', {
    where: ofJourney(row),
    sort: [{ field: 'length', order: 'desc' }],
    limit: 2,
  })
  journey.known.set(need, longest.find((run) => run.id !== need.runId)?.length ?? 0)
}

export async function loadValueElsewhere(
  store: Store,
  { row, journey, need }: Wanted<'value_elsewhere'>,
): Promise<void> {
  const { periodNumber, value } = need
  const found = await store.find('streak_progress', {
    where: all(ofJourney(row), atLeast('currentProgressValue', value)),
    sort: [{ field: 'periodNumber', order: 'desc' }],
    limit: 2,
  })
  const elsewhere = found.some((progress) => progress.periodNumber !== periodNumber)
  journey.known.set(need, elsewhere)
}

/** For telling of a streak as it is read. */
export async function loadBreakableRuns(
  store: Store,
  { row, journey, need }: Wanted<'breakable_runs'>,
): Promise<void> {
  const runs = await store.find('run', {
    where: all(ofJourney(row), equal({ breakable: true })),
    sort: [{ field: 'lastPeriod', order: 'desc' }],
    limit: need.limit,
  })
  journey.known.set(need, runs)
}
