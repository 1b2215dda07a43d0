import { KnownFacts } from '../../streaks/facts.ts'
import { Journey } from '../../streaks/journey.ts'
import { periodAt, periodByNumber } from '../../streaks/period.ts'
import { longestCount } from '../../streaks/runs.ts'
import { rewardAmount } from './amount.ts'
import { type StandingOrder, standingOrders } from './standing-orders.ts'
import type { ForecastPeriod, ForecastTerms, Gathered, Reckoned } from './types.ts'

const NOTHING_YET = {
  longestRunLength: 0,
  completedCycles: 0,
  lastActivityAt: null,
  hasRewards: false,
  revokedRewards: 0,
}
/** After so many members others have their turn. */
const MEMBERS_AT_ONCE = 200

type Tally = { -readonly [F in 'orders' | 'members' | 'completed' | 'rewards']: number }

/**
 * What these orders would have come to: each member's journey is gone through by the same core that counts, in the order
 * in which the purchases came. Holds, caps and the members' present state play no part. Pure but for its pauses.
 * @param pause lets others have their turn
 */
export async function reckon(
  terms: ForecastTerms,
  gathered: Pick<Gathered, 'purchases' | 'reports'>,
  pause: () => Promise<unknown>,
): Promise<Reckoned> {
  const { streak, milestones, since, until } = terms
  const orders = standingOrders(gathered, terms, streak.aggregationMethod === 'sum')
  const byMember = Map.groupBy(orders, ({ externalId }) => externalId)
  const tallies = new Map<number, Tally>()
  const tallyOf = (number: number): Tally => {
    const tally = tallies.get(number) ?? { orders: 0, members: 0, completed: 0, rewards: 0 }
    tallies.set(number, tally)
    return tally
  }
  const granted = milestones.map(() => ({ count: 0, members: 0 }))
  const sums = { periods: 0, longest: 0, atRiskNow: 0 }
  const current = periodAt(streak, until).number
  let seen = 0
  for (const own of byMember.values()) {
    if (seen % MEMBERS_AT_ONCE === 0) await pause()
    seen += 1
    const { journey, grants } = walk(terms, own)
    for (const [number, here] of Map.groupBy(own, ({ activityAt }) => periodAt(streak, activityAt).number)) {
      const tally = tallyOf(number)
      tally.orders += here.length
      tally.members += 1
    }
    for (const { periodNumber, completed } of journey.progress.values()) {
      if (!completed) continue
      sums.periods += 1
      tallyOf(periodNumber).completed += 1
    }
    for (const { periodNumber } of grants) tallyOf(periodNumber).rewards += 1
    for (const [place, { id }] of milestones.entries()) {
      const count = grants.filter(({ milestone }) => milestone.id === id).length
      granted[place]!.count += count
      granted[place]!.members += count > 0 ? 1 : 0
    }
    const longest = longestCount(journey.totals.longestRunLength, streak.completionTargetValue)
    sums.longest = Math.max(sums.longest, longest)
    const isDone = journey.progressAt(current)?.completed === true
    if (!isDone && journey.standing(current).consecutiveCount > 0) sums.atRiskNow += 1
  }
  const rewards = milestones.map(({ discount }, place) => {
    const { count, members } = granted[place]!
    return { milestone: place, count, members, amount: rewardAmount(discount, count, orders) }
  })
  const byPeriod = periodsOf(periodAt(streak, since).number, current, terms, tallyOf)
  return { orders: orders.length, members: byMember.size, ...sums, rewards, byPeriod }
}

/** One member's purchases, in the order in which they came. */
function walk({ streak, milestones }: ForecastTerms, own: readonly StandingOrder[]) {
  let made = 0
  const newId = () => {
    made += 1
    return String(made)
  }
  const facts = { totals: NOTHING_YET, isNew: true, known: new KnownFacts() }
  const journey = new Journey(streak, milestones, facts, newId)
  const grants = own.flatMap(({ activityAt, value, isQuiet }) => {
    const periodNumber = periodAt(streak, activityAt).number
    return journey.apply({ id: newId(), periodNumber, activityAt, value }, isQuiet).grants
  })
  return { journey, grants }
}

/** Each period of the span, empty ones too. */
function periodsOf(
  first: number,
  last: number,
  { streak }: ForecastTerms,
  tallyOf: (number: number) => Tally,
): ForecastPeriod[] {
  return Array.from({ length: last - first + 1 }, (_, at) => {
    const { key, startAt, endAt } = periodByNumber(streak, first + at)
    return { key, startsAt: startAt, endsAt: endAt, ...tallyOf(first + at) }
  })
}
