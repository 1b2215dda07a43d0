import type { CollectionName, Row } from '../../ports/schema.ts'
import type { Condition, Store } from '../../ports/store.ts'
import { ONCE, rangeKey, valueKey } from '../../streaks/journey-state.ts'
import type { CountedLog, RewardFact } from '../../streaks/types.ts'
import { keyOf, type Loaded, type Wanted } from './loaded.ts'

/** Facts that only late logs, withdrawals and their undoing ask for: one read each. */
const PAGE = 500
const MINTED: ReadonlySet<string> = new Set(['issuing', 'issued', 'revoking', 'revoked'])

type Journeyed = Extract<CollectionName, 'streak_log' | 'streak_progress' | 'run'>

/** Rows of one collection that belong to a journey. */
function ofJourney<C extends Journeyed>(
  row: Row<'member_streak'>,
  more: readonly Condition<C>[],
): Condition<C> {
  const ids = ['accountId', 'ownedById', 'streakId'] as const
  const own = ids.map((field) => ({ field, op: 'eq', value: row[field] }) as unknown as Condition<C>)
  return { and: [...own, ...more] }
}

const effectiveIn = (periodNumber: number): Condition<'streak_log'>[] => [
  { field: 'periodNumber', op: 'eq', value: periodNumber },
  { field: 'effectiveValue', op: 'gt', value: 0n },
]

/** The period's effective logs by activityAt, until their values reach `upTo`. */
export async function loadPeriodLogs(
  store: Store,
  { row, journey, need }: Wanted<'period_logs'>,
): Promise<void> {
  const logs: CountedLog[] = []
  let sum = 0n
  for (let offset = 0; sum < need.upTo; offset += PAGE) {
    const page = await store.find('streak_log', {
      where: ofJourney(row, effectiveIn(need.periodNumber)),
      sort: [
        { field: 'activityAt', order: 'asc' },
        { field: 'id', order: 'asc' },
      ],
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
  journey.periodLogs.set(need.periodNumber, logs)
}

export async function loadPeriodEdges(
  store: Store,
  { row, journey, need }: Wanted<'period_edges'>,
): Promise<void> {
  const edge = (order: 'asc' | 'desc') =>
    store.find('streak_log', {
      where: ofJourney(row, effectiveIn(need.periodNumber)),
      sort: [{ field: 'activityAt', order }],
      limit: 2,
    })
  const [first, last] = await Promise.all([edge('asc'), edge('desc')])
  journey.periodEdges.set(need.periodNumber, { first, last })
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
  more: readonly Condition<'reward_log'>[],
): Promise<RewardFact[]> {
  const facts: RewardFact[] = []
  for (let offset = 0; ; offset += PAGE) {
    const page = await store.find('reward_log', {
      where: {
        and: [
          { field: 'accountId', op: 'eq', value: row.accountId },
          { field: 'ownedById', op: 'eq', value: row.ownedById },
          { field: 'linkedSchemaRecordId', op: 'eq', value: row.streakId },
          ...more,
        ],
      },
      sort: [
        { field: 'periodNumber', order: 'asc' },
        { field: 'id', order: 'asc' },
      ],
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
  const rewards = await loadRewards(store, loaded, want, [
    { field: 'once', op: 'eq', value: false },
    { field: 'periodNumber', op: 'gte', value: from },
    { field: 'periodNumber', op: 'lte', value: to },
  ])
  want.journey.rewards.set(rangeKey(from, to), rewards)
}

export async function loadRewardsOnce(
  store: Store,
  loaded: Loaded,
  want: Wanted<'rewards_once'>,
): Promise<void> {
  const rewards = await loadRewards(store, loaded, want, [{ field: 'once', op: 'eq', value: true }])
  want.journey.rewards.set(ONCE, rewards)
}

export async function loadLongestBesides(
  store: Store,
  { row, journey, need }: Wanted<'longest_besides'>,
): Promise<void> {
  const longest = await store.find('run', {
    where: ofJourney(row, []),
    sort: [{ field: 'length', order: 'desc' }],
    limit: 2,
  })
  journey.longestBesides.set(need.runId, longest.find((run) => run.id !== need.runId)?.length ?? 0)
}

export async function loadValueElsewhere(
  store: Store,
  { row, journey, need }: Wanted<'value_elsewhere'>,
): Promise<void> {
  const { periodNumber, value } = need
  const found = await store.find('streak_progress', {
    where: ofJourney(row, [{ field: 'currentProgressValue', op: 'gte', value }]),
    sort: [{ field: 'periodNumber', order: 'desc' }],
    limit: 2,
  })
  const elsewhere = found.some((progress) => progress.periodNumber !== periodNumber)
  journey.valueElsewhere.set(valueKey(periodNumber, value), elsewhere)
}
