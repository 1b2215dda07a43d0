import { randomUUID } from 'node:crypto'
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals'
import { sharedStore } from '../../src/commit/shared-store.ts'
import { createHttpProvider } from '../../src/coupons/http.ts'
import type { CouponProvider, IssueOutcome } from '../../src/ports/coupon-provider.ts'
import { type JobOf, rewardJobsOf } from '../../src/ports/queue.ts'
import type { Row } from '../../src/ports/schema.ts'
import type { Store } from '../../src/ports/store.ts'
import { letGo } from '../../src/rewards/let-go.ts'
import { replayReward } from '../../src/rewards/replay.ts'
import { wholeQuantity } from '../../src/streaks/quantity.ts'
import { createDesk } from '../../workers/reward/desk.ts'
import { createFulfil, createStep } from '../../workers/reward/fulfil.ts'
import { ALONE, Lanes } from '../../workers/reward/lanes.ts'
import { countedStore } from '../helpers/counted-store.ts'
import { EngineKit } from '../helpers/engine-kit.ts'
import { quietLogger } from '../helpers/quiet-logger.ts'
import {
  insert,
  jobContext,
  jobOf,
  makeRewardWorld,
  NOW,
  type RewardWorld,
  secretBox,
} from '../helpers/reward-world.ts'

/** Rewards share jobs, reads and commits: held against each store. */
export function describeSharedRewards(
  name: string,
  setup: () => Promise<{ store: Store; close(): Promise<void> }>,
): void {
  describe(`rewards that are seen to together, ${name}`, () => {
    let store: Store
    let close: () => Promise<void>
    let world: RewardWorld
    let answer: (rewardLogId: string, code: string) => IssueOutcome

    beforeEach(async () => {
      ;({ store, close } = await setup())
      world = await makeRewardWorld(store, { provider: 'http', settings: {} })
      answer = (_, code) => ({ outcome: 'issued', code, expiresAt: null })
    })
    afterEach(() => close())

    const rewards = (count: number) => Promise.all(Array.from({ length: count }, () => world.addReward()))
    const stored = () => store.find('reward_log', { limit: 1_000 })

    /** Has rewards of a quick provider seen to at once; answers what the store was asked meanwhile. */
    async function seeTo(all: readonly Row<'reward_log'>[]) {
      const counted = countedStore(store)
      const provider: CouponProvider = {
        ...createHttpProvider({ clock: { now: () => NOW } }),
        issue: async ({ rewardLogId, code }) => answer(rewardLogId, code),
      }
      const providers = new Map([['http', provider] as const])
      const deps = {
        store: sharedStore(counted.store),
        ...{ providers, secretBox, clock: { now: () => NOW }, logger: quietLogger },
      }
      const lanes = new Lanes(ALONE, () => 0)
      for (let at = 0; at < 30; at += 1) {
        const place = await lanes.enter(world.providerId, new AbortController().signal)
        if ('leave' in place) place.leave()
      }
      const fulfil = createFulfil(deps, createStep(deps, createDesk(deps, lanes)))
      const ended = await Promise.allSettled(all.map((reward) => fulfil(jobOf(reward), jobContext())))
      return { ended, calls: counted.calls }
    }

    it.each([1, 16, 48])('read and write as often for %i as for one', async (count) => {
      const { calls } = await seeTo(await rewards(count))
      expect(calls).toEqual({
        'read reward_log': 1,
        'read coupon_provider': 1,
        'read member': 1,
        'read provider_state': 1,
        // that they are asked for, and their coupons
        commit: 2,
      })
      expect((await stored()).every(({ fulfilmentStatus: status }) => status === 'issued')).toBe(true)
    })

    it('read and write once more for each 48 that get ready together', async () => {
      const { calls } = await seeTo(await rewards(256))
      const { commit, 'read provider_state': states, ...reads } = calls
      expect(reads).toEqual({ 'read reward_log': 1, 'read coupon_provider': 1, 'read member': 1 })
      expect(states).toBeLessThanOrEqual(1 + Math.ceil(256 / 48))
      expect(commit).toBeLessThanOrEqual(2 * Math.ceil(256 / 48))
      expect((await stored()).every(({ fulfilmentStatus: status }) => status === 'issued')).toBe(true)
    })

    it('leave one in trouble alone with it', async () => {
      const all = await rewards(16)
      const [refused, changed] = all
      answer = (id, code) =>
        id === refused!.id
          ? { outcome: 'failed', reason: 'PROVIDER_REFUSED: no' }
          : { outcome: 'issued', code, expiresAt: null }
      // somebody takes it further between the grant and its job
      await store.commit([
        {
          ...{ op: 'update', collection: 'reward_log', id: changed!.id, accountId: world.accountId },
          set: { fulfilmentStatus: 'revoked', standing: false, dueAt: null, revision: 2 },
        },
      ])
      const { ended } = await seeTo(all)
      expect(ended.filter(({ status }) => status === 'rejected')).toMatchObject([
        { reason: { code: 'FAILED_FOR_GOOD', message: 'PROVIDER_REFUSED: no' } },
      ])
      const statuses = new Map((await stored()).map(({ id, fulfilmentStatus: status }) => [id, status]))
      expect([statuses.get(refused!.id), statuses.get(changed!.id)]).toEqual(['failed', 'revoked'])
      expect([...statuses.values()].filter((status) => status === 'issued')).toHaveLength(14)
    })

    it('know the batch whose job they share when one commit grants them, up to 16 a job', async () => {
      const jobs: JobOf<'reward'>[] = []
      const kit = new EngineKit(store)
      const recorder = kit.anotherRecorder()
      const reward = { providerId: randomUUID(), discount: { percentage: '10' } }
      const streak = await kit.streak()
      await kit.milestone(streak, { milestoneTargetValue: wholeQuantity(1), reward })
      const orders = Array.from({ length: 20 }, (_, at) =>
        kit.request(streak, kit.now, { member: { externalId: `m${at}`, profile: {}, profileAt: null } }),
      )
      await Promise.all(orders.map((order) => recorder.record(order)))
      const granted = await kit.rows('reward_log')
      jobs.push(...rewardJobsOf(granted))
      expect(jobs.map((job) => ('items' in job ? job.items.length : 1)).toSorted()).toEqual([16, 4])
      expect(kit.enqueued.map(({ rewardLogId }) => rewardLogId).toSorted()).toEqual(
        granted.map(({ id }) => id).toSorted(),
      )
    })

    it('have no batch where one comes alone', async () => {
      const kit = new EngineKit(store)
      const reward = { providerId: randomUUID(), discount: { percentage: '10' } }
      const streak = await kit.streak()
      await kit.milestone(streak, { milestoneTargetValue: wholeQuantity(1), reward })
      await kit.record(streak, kit.now)
      expect(await kit.rows('reward_log')).toMatchObject([{ batchId: null, attempt: 0 }])
    })

    it('share no job with another account', async () => {
      const [own, other] = [new EngineKit(store), new EngineKit(store)]
      const reward = { providerId: randomUUID(), discount: { percentage: '10' } }
      const orders = []
      for (const kit of [own, other]) {
        const streak = await kit.streak()
        await kit.milestone(streak, { milestoneTargetValue: wholeQuantity(1), reward })
        for (const at of [1, 2, 3]) {
          const member = { externalId: `m${at}`, profile: {}, profileAt: null }
          orders.push(kit.request(streak, kit.now, { member }))
        }
      }
      await Promise.all(orders.map((order) => own.recorder.record(order)))
      const batches = async (kit: EngineKit) =>
        new Set((await kit.rows('reward_log')).map(({ batchId }) => batchId))
      const [ours, theirs] = [await batches(own), await batches(other)]
      expect([ours.size, theirs.size]).toEqual([1, 1])
      expect(ours).not.toContain(null)
      expect(ours).not.toEqual(theirs)
    })

    it('share other jobs when they are let go together', async () => {
      const parked = { fulfilmentStatus: 'held', heldReason: 'provider_paused', dueAt: null } as const
      const all = await Promise.all(
        Array.from({ length: 20 }, (_, at) =>
          world.addReward({ ...parked, batchId: 'before', createdAt: NOW + at }),
        ),
      )
      const { providerId, accountId } = world
      const state = await insert(store, 'provider_state', {
        ...{ id: providerId, accountId, state: 'ok', since: NOW, failures: 0, probes: 0, dueAt: NOW },
      })
      const jobs: JobOf<'reward'>[] = []
      const queue = {
        enqueue: async (_: string, added: readonly object[]) => void jobs.push(...(added as typeof jobs)),
      }
      await letGo({ store, clock: { now: () => NOW }, queue }, state)
      expect(jobs.map((job) => ('items' in job ? job.items.length : 1))).toEqual([16, 4])
      const rows = new Map((await stored()).map((row) => [row.id, row]))
      for (const job of jobs) {
        if (!('items' in job)) throw new Error('they share jobs')
        for (const { rewardLogId, attempt } of job.items)
          expect(rows.get(rewardLogId)).toMatchObject({ batchId: job.batchId, attempt, dueAt: NOW })
      }
      expect(rows.size).toBe(all.length)
    })

    it('share none any more when one of them is queued anew alone', async () => {
      const failed = {
        fulfilmentStatus: 'failed',
        failureReason: 'PROVIDER_REFUSED: no',
        dueAt: null,
      } as const
      const reward = await world.addReward({ ...failed, batchId: 'before' })
      const deps = { store, clock: { now: () => NOW } }
      const again = await replayReward(deps, world.accountId, reward.id)
      expect(again).toMatchObject({ fulfilmentStatus: 'pending', attempt: 1, batchId: null })
      expect(await stored()).toMatchObject([{ attempt: 1, batchId: null }])
    })
  })
}
