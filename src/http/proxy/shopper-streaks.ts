import type { Instant } from '../../ports/clock.ts'
import { all, equal } from '../../ports/conditions.ts'
import type { CollectionName, Row } from '../../ports/schema.ts'
import type { EndUser } from '../auth/caller.ts'
import type { HttpDeps } from '../deps.ts'
import type { JsonObject } from '../json/write-json.ts'
import { asSeenBy } from '../list/end-user.ts'
import { asGot } from '../list/list.ts'
import type { Resource } from '../resource.ts'
import { memberStreakResource } from '../routes/member-streak.ts'
import { milestoneResource } from '../routes/milestone.ts'
import { rewardLogResource } from '../routes/reward-log.ts'
import { streakResource } from '../routes/streak.ts'
import { streakProgressResource } from '../routes/streak-progress.ts'

/** Of an answer, each the newest: a page shows a few of them. */
export const MAX_STREAKS = 50
/** Two months of days. */
export const MAX_PERIODS = 62
export const MAX_REWARDS = 50
export const MAX_MILESTONES = 50

/** Whether the account knows the shopper, and each live streak with what is theirs of it. */
export interface ShopperStreaks {
  readonly member: { readonly known: boolean }
  readonly streaks: readonly JsonObject[]
}

/**
 * All that one end user sees of the live streaks, in one answer: the records and fields of the lists that they may read,
 * bounded. What is their own is null or empty for one who is no member. @throws AppError QUERY_TOO_EXPENSIVE, OVERLOADED
 */
export function createShopperStreaks(
  deps: HttpDeps,
): (caller: EndUser, now: Instant) => Promise<ShopperStreaks> {
  const { store } = deps
  const resources = {
    streak: streakResource(deps),
    milestone: milestoneResource(deps),
    member_streak: memberStreakResource(deps),
    streak_progress: streakProgressResource(deps),
    reward_log: rewardLogResource(deps),
  }

  return async (caller, now) => {
    const { accountId, memberId } = caller
    const shown = <C extends CollectionName>(resource: Resource<C>, rows: readonly Row<C>[]) =>
      asGot(asSeenBy(resource, caller), rows, accountId, now)
    const streaks = await store.find('streak', {
      where: equal({ accountId, status: 'live' }),
      sort: newestFirst,
      limit: MAX_STREAKS,
      bounded: true,
    })
    const ofStreaks = streaks.map(({ id }) => [accountId, id])
    const milestones = (
      await store.findByKeys('milestone', ['accountId', 'linkedSchemaRecordId'], ofStreaks)
    ).filter(({ status }) => status === 'live')
    const joined =
      memberId === null
        ? []
        : await store.findByKeys(
            'member_streak',
            ['accountId', 'ownedById', 'streakId'],
            streaks.map(({ id }) => [accountId, memberId, id]),
          )

    async function own(streakId: string) {
      const memberStreak = joined.find((row) => row.streakId === streakId)
      if (memberStreak === undefined || memberId === null)
        return { memberStreak: null, progress: [], rewards: [] }
      const progress = await store.find('streak_progress', {
        where: equal({ accountId, ownedById: memberId, streakId }),
        sort: [{ field: 'periodNumber', order: 'desc' }],
        limit: MAX_PERIODS,
        bounded: true,
      })
      const rewards = await store.find('reward_log', {
        where: all(equal({ accountId, ownedById: memberId, linkedSchemaRecordId: streakId })),
        sort: newestFirst,
        limit: MAX_REWARDS,
        bounded: true,
      })
      return {
        memberStreak: (await shown(resources.member_streak, [memberStreak]))[0] ?? null,
        progress: await shown(resources.streak_progress, progress),
        rewards: await shown(resources.reward_log, rewards),
      }
    }

    const answer: JsonObject[] = []
    for (const row of streaks) {
      const here = milestones.filter(({ linkedSchemaRecordId }) => linkedSchemaRecordId === row.id)
      const { memberStreak, progress, rewards } = await own(row.id)
      answer.push({
        streak: (await shown(resources.streak, [row]))[0] ?? null,
        memberStreak,
        progress,
        milestones: await shown(resources.milestone, here.slice(0, MAX_MILESTONES)),
        rewards,
      })
    }
    return { member: { known: memberId !== null }, streaks: answer }
  }
}

const newestFirst = [
  { field: 'createdAt', order: 'desc' },
  { field: 'id', order: 'desc' },
] as const
