import { untilCommitted } from '../commit/planned.ts'
import { findRunContaining, rewardsOf } from '../engine/load/journey-rows.ts'
import { tellRewards } from '../engine/tell-reward.ts'
import { next } from '../life/life.ts'
import { openPlaces } from '../life/load-places.ts'
import { Places } from '../life/places.ts'
import { change, revise } from '../ports/changes.ts'
import { all, any, equal, oneOf } from '../ports/conditions.ts'
import { eachRow } from '../ports/paging.ts'
import type { FulfilmentStatus } from '../ports/schema/values.ts'
import type { Row } from '../ports/schema.ts'
import type { Change, Store } from '../ports/store.ts'
import type { EraseDeps } from './erased.ts'

const REWARDS_PER_COMMIT = 100
/** There is no coupon. One that is being issued is not taken back: it may exist already. */
const UNMINTED: readonly FulfilmentStatus[] = ['pending', 'held', 'failed']

type Reward = Row<'reward_log'>

/**
 * Closes the member's journeys and revokes what is not minted, one streak after the other. A log that was being
 * recorded for the member when its identity was taken finds the journey closed, or its version raised.
 */
export async function closeJourneys(deps: EraseDeps, erasure: Row<'erasure'>): Promise<void> {
  const { accountId, id: ownedById } = erasure
  const journeys = eachRow(deps.store, 'member_streak', equal({ accountId, ownedById }), 'streakId')
  for await (const journey of journeys) await closeJourney(deps, journey)
}

async function closeJourney(deps: EraseDeps, journey: Row<'member_streak'>): Promise<void> {
  const { store, clock } = deps
  let left = true
  while (left) {
    await untilCommitted(store, `rewards of member ${journey.ownedById}`, async () => {
      // the version first: what is decided on afterwards cannot change unseen
      const [row] = await store.findByKeys('member_streak', ['id'], [[journey.id]])
      const rewards = await rewardsToRevoke(store, journey)
      left = rewards.length === REWARDS_PER_COMMIT
      const updatedAt = clock.now()
      return [
        closed(row!, updatedAt),
        ...(await revoked(deps, journey.accountId, rewards, updatedAt)),
        ...(await runsWithout(store, journey, rewards, updatedAt)),
      ]
    })
  }
}

/** Those that are not minted, and those that were revoked before they were and could come back. */
function rewardsToRevoke(store: Store, journey: Row<'member_streak'>): Promise<Reward[]> {
  return store.find('reward_log', {
    where: all(
      rewardsOf(journey),
      any(oneOf('fulfilmentStatus', UNMINTED), equal({ fulfilmentStatus: 'revoked', couponUsed: null })),
    ),
    limit: REWARDS_PER_COMMIT,
  })
}

function closed(journey: Row<'member_streak'>, updatedAt: number): Change {
  const { version } = journey
  const set = { closed: true, revokedRewards: 0, version: version + 1, updatedAt }
  return change('member_streak', journey, { version }, set)
}

/** Revoked for good: nothing that happens to the ledger later brings it back. */
async function revoked(
  deps: EraseDeps,
  accountId: string,
  rewards: readonly Reward[],
  now: number,
): Promise<Change[]> {
  if (rewards.length === 0) return []
  const milestoneIds = rewards.map(({ milestoneId }) => milestoneId)
  const places = new Places(await openPlaces(deps.store, accountId, milestoneIds), now)
  const steps: { readonly before: Reward; readonly after: Reward }[] = []
  const changes = rewards.flatMap((reward) => {
    const turn = next(reward, { kind: 'erased' }, now)
    if (turn.to !== 'next') return []
    const after = { ...reward, ...turn.set, revision: reward.revision + 1 }
    places.changed(reward, after)
    steps.push({ before: reward, after })
    return [revise('reward_log', reward, turn.set)]
  })
  const told = await tellRewards(deps, steps, now)
  return [...changes, ...places.changes(), ...told.changes]
}

/** A run counts the standing rewards of `every_streak` milestones that are anchored inside it. */
async function runsWithout(
  store: Store,
  journey: Row<'member_streak'>,
  rewards: readonly Reward[],
  updatedAt: number,
): Promise<Change[]> {
  const counted = await countedByRuns(store, rewards)
  const containing = await Promise.all(
    counted.map((reward) => findRunContaining(store, journey, reward.periodNumber)),
  )
  const runs = new Map<string, Row<'run'>>()
  for (const [index, { milestoneId }] of counted.entries()) {
    const found = containing[index]
    if (found === undefined) continue
    const run = runs.get(found.id) ?? found
    const { [milestoneId]: count = 0, ...others } = run.standing
    runs.set(run.id, { ...run, standing: count > 1 ? { ...others, [milestoneId]: count - 1 } : others })
  }
  return [...runs.values()].map((run) => change('run', run, {}, { standing: run.standing, updatedAt }))
}

async function countedByRuns(store: Store, rewards: readonly Reward[]): Promise<Reward[]> {
  const keys = [...new Map(rewards.map((reward) => [reward.milestoneId, reward.accountId]))].map(
    ([milestoneId, accountId]) => [accountId, milestoneId],
  )
  const milestones = await store.findByKeys('milestone', ['accountId', 'id'], keys)
  const everyStreak = new Set(
    milestones.flatMap(({ id, milestoneRepeat }) => (milestoneRepeat === 'every_streak' ? [id] : [])),
  )
  return rewards.filter(({ milestoneId, standing }) => standing && everyStreak.has(milestoneId))
}
