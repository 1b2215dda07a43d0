import { afterEach, beforeEach, describe, expect, it } from '@jest/globals'
import { createHttpProvider } from '../../src/coupons/http.ts'
import { revise } from '../../src/ports/changes.ts'
import type { CouponProvider, IssueOutcome } from '../../src/ports/coupon-provider.ts'
import { PutOff } from '../../src/ports/queue.ts'
import type { Row } from '../../src/ports/schema.ts'
import type { Store } from '../../src/ports/store.ts'
import { createDesk } from '../../workers/reward/desk.ts'
import { createFulfil, createStep } from '../../workers/reward/fulfil.ts'
import { ALONE, Lanes } from '../../workers/reward/lanes.ts'
import { quietLogger } from '../helpers/quiet-logger.ts'
import {
  FAULT,
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

/** Rewards of a quick provider, which are said to be asked for before their turn comes: held against each store. */
export function describeGettingReady(
  name: string,
  setup: () => Promise<{ store: Store; close(): Promise<void> }>,
): void {
  describe(`rewards that get ready for their turn, ${name}`, () => {
    let store: Store
    let close: () => Promise<void>
    let world: RewardWorld
    let asked: string[]
    let answer: (code: string) => Promise<IssueOutcome>
    const clock = { now: () => NOW }

    beforeEach(async () => {
      ;({ store, close } = await setup())
      asked = []
      answer = async (code) => ({ outcome: 'issued', code, expiresAt: null })
      world = await makeRewardWorld(store, { provider: 'http', settings: {} })
    })
    afterEach(() => close())

    const rewards = (count: number) => Promise.all(Array.from({ length: count }, () => world.addReward({})))
    const reload = (all: readonly Reward[]) =>
      Promise.all(all.map((reward) => read(store, 'reward_log', reward.id)))

    /** A worker that knows its provider to be quick. */
    async function startWorker() {
      const provider: CouponProvider = {
        ...createHttpProvider({ clock }),
        issue: (request) => {
          asked.push(request.rewardLogId)
          return answer(request.code)
        },
      }
      const providers = new Map([['http', provider] as const])
      const deps = { store, providers, secretBox, clock, logger: quietLogger, random: () => 0.5 }
      // time stands still: nobody takes a provider that is held for one that hangs
      const lanes = new Lanes(ALONE, () => 0)
      for (let at = 0; at < 30; at += 1) {
        const place = await lanes.enter(world.providerId, new AbortController().signal)
        if ('leave' in place) place.leave()
      }
      const fulfil = createFulfil(deps, createStep(deps, createDesk(deps, lanes)))
      return (reward: Reward, signal = new AbortController().signal) =>
        fulfil(jobOf(reward), { ...jobContext(), signal }).then(
          () => 'done',
          (error: unknown) => error,
        )
    }

    /** Answers nobody until it is told what. */
    function hold() {
      const waiting: ((outcome: (code: string) => IssueOutcome) => void)[] = []
      answer = (code) => new Promise((resolve) => waiting.push((outcome) => resolve(outcome(code))))
      return (outcome: (code: string) => IssueOutcome) => {
        answer = async (code) => outcome(code)
        for (const tell of waiting.splice(0)) tell(outcome)
      }
    }

    const areReady = (all: readonly Reward[], count: number) =>
      until(async () => {
        const rows = await reload(all)
        return rows.filter(({ fulfilmentStatus: status }) => status === 'issuing').length === count
      })

    it('are asked for four at a time, each once', async () => {
      const run = await startWorker()
      const all = await rewards(20)
      const release = hold()
      const running = all.map((reward) => run(reward))
      await areReady(all, 20)
      await until(async () => asked.length >= 4)
      expect(asked).toHaveLength(4)
      release((code) => ({ outcome: 'issued', code, expiresAt: null }))
      expect(await Promise.all(running)).toEqual(all.map(() => 'done'))
      expect(asked.toSorted()).toEqual(all.map(({ id }) => id).toSorted())
      for (const row of await reload(all)) expect(row.fulfilmentStatus).toBe('issued')
    })

    it('are held, as never asked for, when their provider fails before their turn comes', async () => {
      const run = await startWorker()
      const all = await rewards(40)
      const release = hold()
      const running = all.map((reward) => run(reward))
      await areReady(all, 40)
      release(() => FAULT)
      await Promise.all(running)
      const spared = all.filter(({ id }) => !asked.includes(id))
      expect(spared.length).toBeGreaterThan(20)
      for (const row of await reload(spared)) {
        expect(row).toMatchObject({
          fulfilmentStatus: 'held',
          heldReason: 'provider_paused',
          askedAt: null,
          dueAt: null,
        })
      }
      for (const row of await reload(all.filter(({ id }) => asked.includes(id)))) {
        expect(row).toMatchObject({ fulfilmentStatus: 'issuing', askedAt: NOW })
      }
    })

    it('are pending again, as never asked for, when their worker is told to stop', async () => {
      const run = await startWorker()
      const all = await rewards(12)
      const release = hold()
      const first = all.slice(0, 4).map((reward) => run(reward))
      await until(async () => asked.length === 4)
      const stop = new AbortController()
      const others = all.slice(4)
      const stopped = others.map((reward) => run(reward, stop.signal))
      await areReady(all, 12)
      stop.abort()
      for (const outcome of await Promise.all(stopped)) expect(outcome).toBeInstanceOf(PutOff)
      for (const row of await reload(others)) {
        expect(row).toMatchObject({
          fulfilmentStatus: 'pending',
          heldReason: null,
          askedAt: null,
          dueAt: NOW,
        })
      }
      release((code) => ({ outcome: 'issued', code, expiresAt: null }))
      await Promise.all(first)
    })

    it('are not pending again where another worker asks for them meanwhile', async () => {
      const run = await startWorker()
      const all = await rewards(5)
      const release = hold()
      const first = all.slice(0, 4).map((reward) => run(reward))
      await until(async () => asked.length === 4)
      const [reward] = all.slice(4)
      const stop = new AbortController()
      const stopped = run(reward!, stop.signal)
      await areReady(all, 5)
      const other = (await startWorker())(reward!)
      await until(async () => asked.includes(reward!.id))
      stop.abort()
      await stopped
      // somebody is being asked for it: there may be a coupon
      expect(await reload([reward!])).toMatchObject([{ fulfilmentStatus: 'issuing', askedAt: NOW }])
      release((code) => ({ outcome: 'issued', code, expiresAt: null }))
      await Promise.all([other, ...first])
      expect(await reload([reward!])).toMatchObject([{ fulfilmentStatus: 'issued' }])
    })

    it('are asked for no more where they were changed while they waited for a provider in trouble', async () => {
      const run = await startWorker()
      const all = await rewards(5)
      const release = hold()
      const running = all.map((reward) => run(reward))
      await areReady(all, 5)
      await until(async () => asked.length === 4)
      const waits = all.find(({ id }) => !asked.includes(id))!
      const [row] = await reload([waits])
      const changed = { fulfilmentStatus: 'failed', failureReason: 'ABANDONED: no' } as const
      await store.commit([revise('reward_log', row!, changed)])
      release(() => FAULT)
      await Promise.all(running)
      expect(asked).not.toContain(waits.id)
    })
  })
}
