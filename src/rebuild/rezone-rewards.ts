import type { Row } from '../ports/schema.ts'
import type { Change } from '../ports/store.ts'
import { periodByNumber } from '../streaks/period.ts'
import { hasGround } from './compare.ts'
import type { ReadJourney } from './read-journey.ts'

type Reward = Row<'reward_log'>

/** Where the rewards of a journey are anchored once its logs have moved: each in its place, or with another one. */
export function rewardsAfter(read: ReadJourney): Reward[] {
  const after = new Map(read.rewards.map((reward) => [reward, destination(read, reward)]))
  for (;;) {
    const stuck = firstCollision(after)
    if (stuck === null) break
    after.set(stuck, stuck.periodNumber)
  }
  return [...after].map(([reward, periodNumber]) => {
    const { key: periodKey } = periodByNumber(read.streak, periodNumber)
    const isSame = periodNumber === reward.periodNumber && periodKey === reward.periodKey
    return isSame ? reward : { ...reward, periodNumber, periodKey }
  })
}

/**
 * An anchor goes where the logs of its period went, as far as the reward has ground there. It stays while some of them
 * stay, and where its ground is gone: what stands is not taken back for a decree.
 */
function destination({ milestones, wentTo, derived }: ReadJourney, reward: Reward): number {
  const { milestoneId, periodNumber } = reward
  const milestone = milestones.find(({ id }) => id === milestoneId)
  const places = wentTo.get(periodNumber) ?? []
  if (milestone === undefined) return periodNumber
  const grounded = places.filter((place) =>
    hasGround({ once: false, periodNumber: place }, milestone, derived),
  )
  return grounded.includes(periodNumber) ? periodNumber : (grounded[0] ?? periodNumber)
}

/** A reward that would move to where another one of its milestone stands; that one may be moving itself. */
function firstCollision(after: ReadonlyMap<Reward, number>): Reward | null {
  const taken = new Map<string, Reward>()
  for (const [reward, place] of after) {
    if (!reward.standing) continue
    const key = `${reward.milestoneId} ${place}`
    const other = taken.get(key)
    if (other === undefined) taken.set(key, reward)
    else return reward.periodNumber === place ? other : reward
  }
  return null
}

/** The changes that move anchors, in an order in which no two rewards of a milestone ever share a period. */
export function anchorChanges(before: readonly Reward[], after: readonly Reward[], now: number): Change[] {
  const moves = after.flatMap((to, index) => {
    const from = before[index]!
    return to === from ? [] : [{ from, to, step: to.periodNumber - from.periodNumber }]
  })
  // who goes forward gives way from the last on, who goes back from the first on
  const ordered = moves.toSorted(
    (a, b) =>
      Math.sign(a.step) - Math.sign(b.step) ||
      Math.sign(a.step) * (b.from.periodNumber - a.from.periodNumber),
  )
  return ordered.map(({ from: { id, accountId, revision }, to: { periodNumber, periodKey } }) => ({
    op: 'update',
    collection: 'reward_log',
    id,
    accountId,
    guard: { revision },
    set: { periodNumber, periodKey, revision: revision + 1, updatedAt: now },
  }))
}
