import { all, atMost, equal } from '../../ports/conditions.ts'
import type { Row } from '../../ports/schema.ts'
import type { Condition, Store } from '../../ports/store.ts'

/** Names a member on a streak. */
export type JourneyIds = Pick<Row<'member_streak'>, 'accountId' | 'ownedById' | 'streakId'>

export const JOURNEY_FIELDS = ['accountId', 'ownedById', 'streakId'] as const

type Journeyed = 'streak_log' | 'streak_progress' | 'run'

/** Rows that belong to a journey. */
export function ofJourney<C extends Journeyed>({ accountId, ownedById, streakId }: JourneyIds): Condition<C> {
  // fields that all of these collections have
  return equal<Journeyed>({ accountId, ownedById, streakId }) as Condition<C>
}

/** Rewards of any state that a journey earned. */
export function rewardsOf({ accountId, ownedById, streakId }: JourneyIds): Condition<'reward_log'> {
  return equal({ accountId, ownedById, linkedSchemaRecordId: streakId })
}

/** The record of a journey; null before its first log. */
export async function findJourney(
  store: Store,
  { accountId, ownedById, streakId }: JourneyIds,
): Promise<Row<'member_streak'> | null> {
  const keys = [[accountId, ownedById, streakId]]
  const [journey] = await store.findByKeys('member_streak', JOURNEY_FIELDS, keys)
  return journey ?? null
}

/** The stored run of a journey in which a period lies; undefined where there is none. */
export async function findRunContaining(
  store: Store,
  journey: JourneyIds,
  periodNumber: number,
): Promise<Row<'run'> | undefined> {
  const [run] = await store.find('run', {
    where: all(ofJourney(journey), atMost('firstPeriod', periodNumber)),
    sort: [{ field: 'firstPeriod', order: 'desc' }],
    limit: 1,
  })
  return run !== undefined && run.lastPeriod >= periodNumber ? run : undefined
}
