import { untilCommitted } from '../commit/planned.ts'
import { findRunContaining } from '../engine/load/find-run.ts'
import type { FulfilmentStatus } from '../ports/schema/values.ts'
import type { Row } from '../ports/schema.ts'
import type { Change, Store } from '../ports/store.ts'
import type { EraseDeps } from './erased.ts'

const JOURNEYS_PER_READ = 100
const REWARDS_PER_COMMIT = 100
/** There is no coupon. One that is being issued is not taken back: it may exist already. */
const UNMINTED: readonly FulfilmentStatus[] = ['pending', 'held', 'failed']

type Reward = Row<'reward_log'>

/**
 * Closes the member's journeys and revokes what is not minted, one streak after the other. A log that was being
 * recorded for the member when its identity was taken finds the journey closed, or its version raised.
 */
export async function closeJourneys(deps: EraseDeps, erasure: Row<'erasure'>): Promise<void> {
  let after = ''
  for (;;) {
    const journeys = await deps.store.find('member_streak', {
      where: {
        and: [
          { field: 'accountId', op: 'eq', value: erasure.accountId },
          { field: 'ownedById', op: 'eq', value: erasure.id },
          { field: 'streakId', op: 'gt', value: after },
        ],
      },
      sort: [{ field: 'streakId', order: 'asc' }],
      limit: JOURNEYS_PER_READ,
    })
    for (const journey of journeys) await closeJourney(deps, journey)
    const last = journeys.at(-1)
    if (last === undefined || journeys.length < JOURNEYS_PER_READ) return
    after = last.streakId
  }
}

async function closeJourney({ store, clock }: EraseDeps, journey: Row<'member_streak'>): Promise<void> {
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
        ...rewards.map((reward) => revoked(reward, updatedAt)),
        ...(await runsWithout(store, journey, rewards, updatedAt)),
      ]
    })
  }
}

/** Those that are not minted, and those that were revoked before they were and could come back. */
function rewardsToRevoke(store: Store, journey: Row<'member_streak'>): Promise<Reward[]> {
  return store.find('reward_log', {
    where: {
      and: [
        { field: 'accountId', op: 'eq', value: journey.accountId },
        { field: 'ownedById', op: 'eq', value: journey.ownedById },
        { field: 'linkedSchemaRecordId', op: 'eq', value: journey.streakId },
        {
          or: [
            { field: 'fulfilmentStatus', op: 'in', value: UNMINTED },
            {
              and: [
                { field: 'fulfilmentStatus', op: 'eq', value: 'revoked' },
                { field: 'couponUsed', op: 'isNull' },
              ],
            },
          ],
        },
      ],
    },
    limit: REWARDS_PER_COMMIT,
  })
}

function closed({ id, accountId, version }: Row<'member_streak'>, updatedAt: number): Change {
  const set = { closed: true, revokedRewards: 0, version: version + 1, updatedAt }
  return { op: 'update', collection: 'member_streak', id, accountId, guard: { version }, set }
}

/** Revoked for good: nothing that happens to the ledger later brings it back. */
function revoked({ id, accountId, revision }: Reward, updatedAt: number): Change {
  const ended = { fulfilmentStatus: 'revoked', standing: false, couponUsed: 'no' } as const
  const set = { ...ended, heldReason: null, dueAt: null, revision: revision + 1, updatedAt }
  return { op: 'update', collection: 'reward_log', id, accountId, guard: { revision }, set }
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
  return [...runs.values()].map(({ id, accountId, standing }): Change => {
    return { op: 'update', collection: 'run', id, accountId, set: { standing, updatedAt } }
  })
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
