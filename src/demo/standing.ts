import type { StreaklineClient } from '../client/index.ts'
import { EXTERNAL_IDS, SEVEN, SHOPPERS } from './scenario.ts'
import type { Stage } from './setup.ts'
import { DAYS, type Week } from './week.ts'

/** How a shopper stands on a streak when the week is over. */
export interface Standing {
  readonly memberId: string
  /** A shopper of the scenario; else the member's external id. */
  readonly who: string
  readonly streakId: string
  readonly streak: string
  /** Periods in a row that end with the week's last day. */
  readonly inARow: number
  readonly longest: number
  /** The day of the week that broke it; null when none did. What breaks after the week is no part of the story. */
  readonly brokenOn: number | null
}

/** Everybody's standings, in the order of the scenario. */
export async function standings(api: StreaklineClient, stage: Stage, week: Week): Promise<Standing[]> {
  const members = await Array.fromAsync(api.member.all())
  const memberStreaks = await Array.fromAsync(api.memberStreak.all())
  const progress = await Array.fromAsync(api.streakProgress.all())
  const lastDay = week.day(DAYS).key
  const all = memberStreaks.map(({ ownedById, streakId, longestConsecutiveCount, lastBrokenAt }) => {
    const externalId = members.find(({ id }) => id === ownedById)?.externalId ?? ownedById
    const last = progress.find(
      (record) =>
        record.ownedById === ownedById && record.streakId === streakId && record.periodKey === lastDay,
    )
    return {
      memberId: ownedById,
      who: EXTERNAL_IDS[externalId] ?? externalId,
      streakId,
      streak: [stage.seven, stage.fifty].find(({ id }) => id === streakId)?.name ?? streakId,
      inARow: last?.streakProgressStatus === 'completed' ? last.consecutiveCount : 0,
      longest: longestConsecutiveCount,
      brokenOn: lastBrokenAt === null ? null : week.dayEndedAt(Date.parse(lastBrokenAt)),
    }
  })
  return all.sort((a, b) => rank(a) - rank(b))
}

/** A shopper's standing on the streak of seven days; null without a purchase. */
export async function standingOf(
  api: StreaklineClient,
  stage: Stage,
  week: Week,
  who: string,
): Promise<Standing | null> {
  const all = await standings(api, stage, week)
  return all.find((standing) => standing.who === who && standing.streakId === stage.seven.id) ?? null
}

function rank({ who, streak }: Standing): number {
  const shopper = (SHOPPERS as readonly string[]).indexOf(who)
  return 2 * (shopper === -1 ? SHOPPERS.length : shopper) + (streak === SEVEN ? 0 : 1)
}
