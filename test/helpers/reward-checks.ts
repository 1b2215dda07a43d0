import type { HistoryMilestone } from './history.ts'
import type { JourneyOracle } from './journey-oracle.ts'
import type { ObservedReward } from './observed-journey.ts'

/** What is wrong with a member's standing rewards of one milestone, which has the place `at` on its streak. */
export type RewardCheck = (
  oracle: JourneyOracle,
  milestone: HistoryMilestone,
  rewards: readonly ObservedReward[],
  at: number,
) => string[]

function keysOf(rewards: readonly ObservedReward[], at: number): string[] {
  return rewards.flatMap(({ milestone, key }) => (milestone === at ? [key] : [])).toSorted()
}

/** What holds at any time: no two of one anchor, one at most of a `once`, and a ground for each that is not minted. */
export const soundAtAnyTime: RewardCheck = (oracle, milestone, rewards, at) => {
  const { metric, repeat, target, status } = milestone
  const keys = keysOf(rewards, at)
  const hasGround = (key: string) => {
    if (metric === 'consecutive_count') return oracle.counted(target, repeat === 'once' ? undefined : key)
    const reaching = oracle.reaching(target)
    return repeat === 'once' ? reaching.length > 0 : reaching.includes(key)
  }
  const groundless = rewards.filter(({ milestone: of, isMinted, key }) => {
    return of === at && !isMinted && !hasGround(key)
  })
  return [
    ...(status !== 'live' && keys.length > 0 ? [`milestone ${at} is ${status} and granted ${keys}`] : []),
    ...(new Set(keys).size < keys.length ? [`milestone ${at} has one anchor twice: ${keys}`] : []),
    ...(repeat === 'once' && keys.length > 1 ? [`milestone ${at} is once and has ${keys}`] : []),
    ...groundless.map(({ key }) => `milestone ${at}: ${key} has no ground`),
  ]
}

/**
 * What is there whatever the order: a `once` or value reward exactly where its ground is. With quiet logs it is not:
 * which log reached it decides.
 */
export const dueWhateverTheOrder: RewardCheck = (oracle, { metric, repeat, target, status }, rewards, at) => {
  if (repeat === 'every_streak' || status !== 'live' || oracle.hasQuietLogs) return []
  const keys = keysOf(rewards, at)
  const reaching = metric === 'consecutive_count' ? [] : oracle.reaching(target)
  if (repeat === 'every_period') {
    const missing = reaching.filter((key) => !keys.includes(key))
    return missing.map((key) => `milestone ${at}: ${key} reached it and earned nothing`)
  }
  const isDue = metric === 'consecutive_count' ? oracle.counted(target) : reaching.length > 0
  return isDue && keys.length === 0 ? [`milestone ${at}: reached, and earned nothing`] : []
}

/** The rule for `every_streak`, where the order of acceptance is known. */
export const ruleOfOrder: RewardCheck = (oracle, milestone, rewards, at) => {
  if (milestone.repeat !== 'every_streak') return []
  const expected = oracle.everyStreak(milestone).toSorted().join()
  const granted = keysOf(rewards, at).join()
  return expected === granted ? [] : [`milestone ${at} granted ${granted}, by the rule ${expected}`]
}

/** Where it is not known: a run holds at least what it owes. */
export const debtIsPaid: RewardCheck = (oracle, milestone, rewards, at) => {
  if (milestone.repeat !== 'every_streak' || milestone.status !== 'live' || oracle.hasQuietLogs) return []
  const held = keysOf(rewards, at)
  return oracle.owed(milestone).flatMap(({ keys, rewards: due }) => {
    const inside = held.filter((key) => keys.includes(key)).length
    return inside >= due ? [] : [`milestone ${at}: ${keys} owes ${due} and holds ${inside}`]
  })
}
