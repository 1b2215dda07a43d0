import { afterEach, beforeEach, describe, expect, it } from '@jest/globals'
import { storeWith } from '../../src/commit/store-with.ts'
import { createHttpProvider } from '../../src/coupons/http.ts'
import type {
  CouponProvider,
  IssueOutcome,
  RevokeOutcome,
  RevokeRequest,
  UsedOutcome,
} from '../../src/ports/coupon-provider.ts'
import { PutOff } from '../../src/ports/queue.ts'
import type { Row } from '../../src/ports/schema.ts'
import type { Store } from '../../src/ports/store.ts'
import { pauseRefused, readHealth, resumeProvider, resumeRefused } from '../../src/rewards/provider-state.ts'
import { replayReward } from '../../src/rewards/replay.ts'
import { createAttend } from '../../workers/reward/attend.ts'
import { createDesk } from '../../workers/reward/desk.ts'
import { createFulfil, createStep } from '../../workers/reward/fulfil.ts'
import { ALONE, Lanes } from '../../workers/reward/lanes.ts'
import { createLookAtUse } from '../../workers/reward/use.ts'
import { quietLogger } from '../helpers/quiet-logger.ts'
import { rewardsOf } from '../helpers/reward-jobs.ts'
import {
  FAULT,
  insert,
  jobContext,
  jobOf,
  makeRewardWorld,
  NOW,
  type RewardWorld,
  read,
  secretBox,
} from '../helpers/reward-world.ts'
import { until } from '../helpers/until.ts'

type Reward = Row<'reward_log'>

const REFUSED: IssueOutcome = {
  outcome: 'failed',
  reason: 'PROVIDER_REFUSED: the coupon service answered 400',
}

/** What a coupon provider's trouble means for rewards: held against each store. */
export function describeProviderTrouble(
  name: string,
  setup: () => Promise<{ store: Store; close(): Promise<void> }>,
): void {
  describe(`coupon providers in trouble, ${name}`, () => {
    let store: Store
    let close: () => Promise<void>
    let now: number
    let asked: string[]
    let answer: (code: string) => Promise<IssueOutcome>
    let answerRevoke: () => Promise<RevokeOutcome>
    let canSay: (() => Promise<UsedOutcome>) | null
    let world: RewardWorld
    const queued: { rewardLogId: string; attempt: number }[] = []
    const queue = {
      enqueue: async (_: string, jobs: readonly object[]) => void queued.push(...rewardsOf(jobs)),
    }
    const clock = { now: () => now }

    beforeEach(async () => {
      ;({ store, close } = await setup())
      now = NOW
      asked = []
      queued.length = 0
      granted = 0
      answer = async (code) => ({ outcome: 'issued', code, expiresAt: null })
      canSay = null
      answerRevoke = async () => ({ outcome: 'revoked', used: 'no' })
      world = await makeRewardWorld(store, { provider: 'http', settings: {} })
    })
    afterEach(() => close())

    /** A process of its own: nothing but the store is shared with another. */
    function startWorker() {
      const provider: CouponProvider = {
        ...createHttpProvider({ clock }),
        issue: (request) => {
          asked.push(request.rewardLogId)
          return answer(request.code)
        },
        revoke: (request) => {
          asked.push(request.rewardLogId)
          return answerRevoke()
        },
        ...(canSay === null
          ? {}
          : {
              used: (request: RevokeRequest) => {
                asked.push(request.rewardLogId)
                return canSay!()
              },
            }),
      }
      const deps = {
        store,
        providers: new Map([['http', provider] as const]),
        secretBox,
        clock,
        logger: quietLogger,
        queue,
        random: () => 0.5,
      }
      const desk = createDesk(deps, new Lanes(ALONE))
      const step = createStep(deps, desk)
      return {
        fulfil: createFulfil(deps, step),
        attend: createAttend(deps, step),
        lookAtUse: createLookAtUse(deps, desk),
      }
    }

    const run = (reward: Reward, worker = startWorker()) =>
      worker.fulfil(jobOf(reward), jobContext()).then(
        () => 'done',
        (error: unknown) => error,
      )
    const reload = (reward: Reward) => read(store, 'reward_log', reward.id)
    let granted = 0
    /** Each granted a moment after the one before. */
    const rewards = (count: number) => {
      const createdAt = Array.from({ length: count }, () => NOW + granted++)
      return Promise.all(createdAt.map((at) => world.addReward({ createdAt: at })))
    }
    const health = async () =>
      (await readHealth(store, [{ id: world.providerId, createdAt: NOW - 1 }])).get(world.providerId)!

    async function pause(): Promise<Reward[]> {
      answer = async () => FAULT
      const failing = await rewards(5)
      for (const reward of failing) await run(reward)
      return failing
    }

    it('pause after five failures in a row, whichever processes met them', async () => {
      answer = async () => FAULT
      const [first, ...others] = await rewards(5)
      for (const reward of others) {
        expect(await run(reward)).toMatchObject({ code: 'PROVIDER_UNAVAILABLE' })
        expect((await health()).state).toBe('ok')
      }
      now += 5
      await run(first!)
      expect(await health()).toEqual({
        state: 'paused',
        since: now,
        lastError: {
          code: 'PROVIDER_TIMEOUT',
          message: 'the coupon service did not answer in time',
          at: now,
        },
        waiting: 5,
        oldestWaitingAt: NOW,
      })
    })

    it('do not pause when an answer, be it a final no, comes between the failures', async () => {
      answer = async () => FAULT
      for (const reward of await rewards(4)) await run(reward)
      answer = async () => REFUSED
      const [refused] = await rewards(1)
      await run(refused!)
      expect(await reload(refused!)).toMatchObject({ fulfilmentStatus: 'failed' })
      answer = async () => FAULT
      for (const reward of await rewards(4)) await run(reward)
      expect((await health()).state).toBe('ok')
    })

    it.each(['running', 'waiting'] as const)(
      'are not in trouble when a reward is only %s',
      async (trouble) => {
        answer = async () => ({ ...FAULT, trouble })
        for (const reward of await rewards(6)) await run(reward)
        expect((await health()).state).toBe('ok')
      },
    )

    it('are not asked while they are paused: who was never asked for is held, without a try', async () => {
      const [asking] = await pause()
      const [fresh] = await rewards(1)
      asked.length = 0
      expect(await run(fresh!)).toBe('done')
      expect(await run(asking!)).toBe('done')
      expect(asked).toEqual([])
      const parked = { heldReason: 'provider_paused', dueAt: null, waitingForProviderId: world.providerId }
      expect(await reload(fresh!)).toMatchObject({ ...parked, fulfilmentStatus: 'held' })
      // a coupon may exist
      expect(await reload(asking!)).toMatchObject({ ...parked, fulfilmentStatus: 'issuing' })
      expect((await health()).waiting).toBe(6)
    })

    it('are not asked to take coupons back either, while they are paused', async () => {
      await pause()
      const revoking = await world.addReward({ fulfilmentStatus: 'revoking', couponCode: 'A' })
      asked.length = 0
      expect(await run(revoking)).toBe('done')
      expect(asked).toEqual([])
      expect(await reload(revoking)).toMatchObject({
        fulfilmentStatus: 'revoking',
        heldReason: 'provider_paused',
      })
    })

    it('are probed with the oldest waiting reward once it is time, and by one process alone', async () => {
      const failing = await pause()
      for (const reward of failing) await run(reward)
      asked.length = 0
      const workers = [startWorker(), startWorker()]
      now += 29_999
      for (const { attend } of workers) await attend()
      expect(asked).toEqual([])
      now += 1
      await Promise.all(workers.map(({ attend }) => attend()))
      expect(asked).toEqual([failing[0]!.id])
      expect(await health()).toMatchObject({ state: 'paused', since: NOW })
      now += 59_999
      for (const { attend } of workers) await attend()
      expect(asked).toHaveLength(1)
      now += 1
      for (const { attend } of workers) await attend()
      expect(asked).toHaveLength(2)
      expect(await reload(failing[0]!)).toMatchObject({ heldReason: 'provider_paused', dueAt: null })
    })

    it('let all go when a probe is answered, with all their tries', async () => {
      const failing = await pause()
      for (const reward of failing) await run(reward)
      const fresh = await rewards(3)
      for (const reward of fresh) await run(reward)
      answer = async (code) => ({ outcome: 'issued', code, expiresAt: null })
      now += 30_000
      const worker = startWorker()
      await worker.attend()
      expect(await reload(failing[0]!)).toMatchObject({ fulfilmentStatus: 'issued', heldReason: null })
      expect(queued.map(({ rewardLogId }) => rewardLogId).toSorted()).toEqual(
        [...failing.slice(1), ...fresh].map(({ id }) => id).toSorted(),
      )
      expect(await reload(fresh[0]!)).toMatchObject({
        fulfilmentStatus: 'pending',
        heldReason: null,
        dueAt: now,
        attempt: 1,
      })
      for (const reward of [...failing.slice(1), ...fresh]) await run(await reload(reward), worker)
      expect(await health()).toMatchObject({ state: 'ok', waiting: 0, oldestWaitingAt: null })
      for (const reward of [...failing, ...fresh]) {
        expect(await reload(reward)).toMatchObject({ fulfilmentStatus: 'issued', waitingForProviderId: null })
      }
    })

    it('let all go in the end, though a process ends in the middle of it', async () => {
      const fresh = await rewards(250)
      await pause()
      const parking = startWorker()
      await Promise.all(fresh.map((reward) => run(reward, parking)))
      let commits = 0
      const dying = storeWith(store, {
        commit: async (changes) => {
          commits += 1
          if (commits > 2) throw new Error('the process was killed')
          return store.commit(changes)
        },
      })
      const resuming = resumeProvider({ store: dying, clock, queue }, world.accountId, world.providerId)
      await expect(resuming).rejects.toThrow('killed')
      expect((await health()).state).toBe('ok')
      await startWorker().attend()
      const states = await Promise.all(fresh.map(async (reward) => (await reload(reward)).fulfilmentStatus))
      expect(new Set(states)).toEqual(new Set(['pending']))
      await startWorker().attend()
      expect(queued.filter(({ rewardLogId }) => rewardLogId === fresh[0]!.id)).toHaveLength(1)
    })

    it('leave no reward parked that nobody lets go, however the two meet', async () => {
      await pause()
      const fresh = await rewards(60)
      const workers = [startWorker(), startWorker()]
      const parking = fresh.map((reward, at) => run(reward, workers[at % 2]))
      await until(async () => (await reload(fresh[0]!)).fulfilmentStatus === 'held')
      answer = async (code) => ({ outcome: 'issued', code, expiresAt: null })
      await resumeProvider({ store, clock, queue }, world.accountId, world.providerId)
      await Promise.all(parking)
      await workers[0]!.attend()
      const states = await Promise.all(fresh.map(reload))
      expect(states.filter(({ heldReason }) => heldReason !== null)).toEqual([])
    })

    it('go on at once when somebody says so; one that is well stays as it is', async () => {
      const [reward] = await pause()
      await run(reward!)
      now += 1_000
      await resumeProvider({ store, clock, queue }, world.accountId, world.providerId)
      expect(await health()).toMatchObject({ state: 'ok', since: now })
      expect(queued).toEqual([{ accountId: world.accountId, rewardLogId: reward!.id, attempt: 1 }])
      now += 1_000
      await resumeProvider({ store, clock, queue }, world.accountId, world.providerId)
      expect((await health()).since).toBe(now - 1_000)
      const other = await makeRewardWorld(store, { provider: 'http', settings: {} })
      await expect(
        resumeProvider({ store, clock, queue }, other.accountId, world.providerId),
      ).rejects.toMatchObject({ code: 'NOT_FOUND' })
    })

    it('that want to be left alone are, for all rewards and as long as they said, and no try is spent', async () => {
      answer = async () => ({ ...FAULT, trouble: 'throttled', retryAfterMs: 7_000 })
      const [first, second] = await rewards(2)
      expect(await run(first!)).toMatchObject(new PutOff(7_000, FAULT.reason))
      now += 2_000
      asked.length = 0
      const second7 = await run(second!)
      expect(second7).toBeInstanceOf(PutOff)
      expect((second7 as PutOff).afterMs).toBe(5_000)
      expect(asked).toEqual([])
      expect(await health()).toMatchObject({ state: 'ok' })
      now += 5_000
      answer = async (code) => ({ outcome: 'issued', code, expiresAt: null })
      expect(await run(second!)).toBe('done')
      expect(await reload(second!)).toMatchObject({ fulfilmentStatus: 'issued' })
    })

    it('have at most four requests under way; what comes after waits its turn and sees what became of the first', async () => {
      const worker = startWorker()
      const answers: (() => void)[] = []
      answer = (code) =>
        new Promise((resolve) => answers.push(() => resolve({ outcome: 'issued', code, expiresAt: null })))
      const many = await rewards(6)
      const runs = many.map((reward) => run(reward, worker))
      await until(async () => answers.length === 4)
      // a withdrawal comes while the fifth waits
      const fifth = many.find(({ id }) => !asked.includes(id))!
      await store.commit([
        {
          op: 'update',
          collection: 'reward_log',
          id: fifth.id,
          accountId: fifth.accountId,
          guard: { revision: fifth.revision },
          set: { fulfilmentStatus: 'revoked', revision: fifth.revision + 1 },
        },
      ])
      expect(asked).toHaveLength(4)
      let done = 0
      while (done < 5) {
        await until(async () => answers.length > 0)
        answers.shift()!()
        done += 1
      }
      await Promise.all(runs)
      expect(asked).not.toContain(fifth.id)
    })

    it('hold up nobody: a reward of another provider is made while theirs hang', async () => {
      const worker = startWorker()
      const hang = Promise.withResolvers<IssueOutcome>()
      answer = () => hang.promise
      const hanging = (await rewards(40)).map((reward) => run(reward, worker))
      await until(async () => asked.length === 4)
      const other = await makeRewardWorld(store, { provider: 'http', settings: {} })
      const reward = await other.addReward()
      answer = async (code) => ({ outcome: 'issued', code, expiresAt: null })
      expect(await run(reward, worker)).toBe('done')
      expect(await read(store, 'reward_log', reward.id)).toMatchObject({ fulfilmentStatus: 'issued' })
      hang.resolve(REFUSED)
      await Promise.all(hanging)
    })

    it('that refuse us are asked no more, not even by a probe, until somebody sees to it; no try is spent', async () => {
      answer = async () => ({ ...FAULT, trouble: 'access', reason: 'ACCESS_DENIED: the key was taken away' })
      const [refused, fresh] = await rewards(2)
      expect(await run(refused!)).toBeInstanceOf(PutOff)
      const lastError = { code: 'ACCESS_DENIED', message: 'the key was taken away', at: NOW }
      expect(await health()).toMatchObject({ state: 'paused', since: NOW, lastError })
      expect(await run(await reload(refused!))).toBe('done')
      expect(await run(fresh!)).toBe('done')
      const heldReason = 'provider_paused'
      expect(await reload(refused!)).toMatchObject({ fulfilmentStatus: 'issuing', heldReason })
      expect(await reload(fresh!)).toMatchObject({ fulfilmentStatus: 'held', heldReason })
      asked.length = 0
      now += 24 * 3_600_000
      await startWorker().attend()
      expect(asked).toEqual([])
      const owned = { accountId: world.accountId, providerId: world.providerId }
      await resumeRefused({ store, clock, queue }, owned)
      expect(await health()).toMatchObject({ state: 'ok', since: now })
      expect(await reload(refused!)).toMatchObject({ fulfilmentStatus: 'issuing', heldReason: null })
      expect(await reload(fresh!)).toMatchObject({ fulfilmentStatus: 'pending', heldReason: null })
    })

    it('that are paused for something else stay so when their credentials change', async () => {
      await pause()
      const owned = { accountId: world.accountId, providerId: world.providerId }
      await resumeRefused({ store, clock, queue }, owned)
      expect(await health()).toMatchObject({ state: 'paused' })
    })

    it('can be paused before they refuse us', async () => {
      const owned = { accountId: world.accountId, providerId: world.providerId }
      const error = { code: 'NOT_INSTALLED', message: 'the connector was uninstalled' }
      await pauseRefused({ store, clock }, owned, error)
      await pauseRefused({ store, clock }, owned, { ...error, message: 'again' })
      expect(await health()).toMatchObject({ state: 'paused', lastError: { ...error, at: NOW } })
      const [reward] = await rewards(1)
      expect(await run(reward!)).toBe('done')
      expect(asked).toEqual([])
    })

    it('of which the plan ended are paused at once, and probed', async () => {
      answer = async () => ({ ...FAULT, trouble: 'ended', reason: 'PLAN_ENDED: no more calls this month' })
      const [first] = await rewards(1)
      expect(await run(first!)).toBeInstanceOf(PutOff)
      expect(await health()).toMatchObject({ state: 'paused', lastError: { code: 'PLAN_ENDED' } })
      expect(await run(await reload(first!))).toBe('done')
      asked.length = 0
      now += 29_999
      await startWorker().attend()
      expect(asked).toEqual([])
      now += 1
      await startWorker().attend()
      expect(asked).toEqual([first!.id])
      answer = async (code) => ({ outcome: 'issued', code, expiresAt: null })
      now += 60_000
      await startWorker().attend()
      expect(await reload(first!)).toMatchObject({ fulfilmentStatus: 'issued' })
      expect(await health()).toMatchObject({ state: 'ok' })
    })

    it('that have no coupon to give yet leave the reward pending, and are asked again within 15 minutes', async () => {
      answer = async () => ({
        ...FAULT,
        trouble: 'exhausted',
        reason: 'CAMPAIGN_EXHAUSTED: no voucher is left',
      })
      const many = await rewards(6)
      for (const reward of many) {
        const thrown = await run(reward)
        expect(thrown).toBeInstanceOf(PutOff)
        expect((thrown as PutOff).afterMs).toBeGreaterThan(0)
        expect((thrown as PutOff).afterMs).toBeLessThanOrEqual(15 * 60_000)
        expect(await reload(reward)).toMatchObject({
          fulfilmentStatus: 'pending',
          askedAt: null,
          heldReason: null,
        })
      }
      expect(await health()).toMatchObject({ state: 'ok' })
    })

    it('have a reward that was tried again after a lost answer stay issuing while they are paused', async () => {
      answer = async () => FAULT
      const [lost] = await rewards(1)
      await startWorker()
        .fulfil(jobOf(lost!), jobContext({ lastTry: true }))
        .catch(() => {})
      expect(await reload(lost!)).toMatchObject({ fulfilmentStatus: 'failed' })
      await pause()
      const again = await replayReward({ store, clock }, world.accountId, lost!.id)
      expect(again.fulfilmentStatus).toBe('pending')
      expect(await run(again)).toBe('done')
      // a coupon may exist
      expect(await reload(lost!)).toMatchObject({
        fulfilmentStatus: 'issuing',
        heldReason: 'provider_paused',
      })
    })

    it('that can say it are asked once a day whether a coupon was used, until it lapses', async () => {
      const HOUR = 3_600_000
      let used: 'yes' | 'no' = 'no'
      canSay = async () => ({ outcome: 'known', used, at: null })
      const [never, lapsing, told] = await rewards(3)
      answer = async (code) => ({ outcome: 'issued', code, expiresAt: NOW + 30 * HOUR })
      await run(lapsing!)
      answer = async (code) => ({ outcome: 'issued', code, expiresAt: null })
      await run(never!)
      await run(told!)
      asked.length = 0
      const look = () => startWorker().lookAtUse()
      now = NOW + 24 * HOUR - 1
      await look()
      expect(asked).toEqual([])
      now += 1
      await look()
      await look()
      expect(asked).toHaveLength(3)
      now += 6 * HOUR
      await look()
      expect(asked.slice(3)).toEqual([lapsing!.id])
      now += 18 * HOUR
      used = 'yes'
      await look()
      expect(asked.slice(4).toSorted()).toEqual([never!.id, told!.id].toSorted())
      expect(await reload(never!)).toMatchObject({
        couponUsed: 'yes',
        redeemedAt: now,
        redeemedOrderId: null,
      })
      expect(await reload(lapsing!)).toMatchObject({ couponUsed: null, redeemedAt: null, useCheckAt: null })
      asked.length = 0
      now += 48 * HOUR
      await look()
      expect(asked).toEqual([])
    })

    it('are deleted with what was noted of them', async () => {
      const { id } = await insert(store, 'coupon_provider', { accountId: world.accountId, provider: 'http' })
      await insert(store, 'provider_state', { id, accountId: world.accountId, state: 'ok', dueAt: null })
      const { deleteProvider } = await import('../../src/setup/coupon-provider.ts')
      await deleteProvider(store, world.accountId, id)
      expect(await store.findByKeys('provider_state', ['id'], [[id]])).toEqual([])
    })
  })
}
