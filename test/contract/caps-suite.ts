import { afterEach, beforeEach, describe, expect, it } from '@jest/globals'
import { storeWith } from '../../src/commit/store-with.ts'
import { happen } from '../../src/engine/happen.ts'
import { placeOf } from '../../src/life/caps.ts'
import type { Reward } from '../../src/life/events.ts'
import type { Caps, Discount } from '../../src/ports/schema/values.ts'
import type { Row } from '../../src/ports/schema.ts'
import type { Store } from '../../src/ports/store.ts'
import { abandonReward, replayReward } from '../../src/rewards/replay.ts'
import { createFindRoom } from '../../src/rewards/room.ts'
import { patchAccount } from '../../src/setup/account.ts'
import { patchMilestone } from '../../src/setup/milestone.ts'
import { wholeQuantity } from '../../src/streaks/quantity.ts'
import { EngineKit } from '../helpers/engine-kit.ts'
import { insert } from '../helpers/reward-world.ts'

const DAY_MS = 86_400_000
/** 23:30 on the last of July in Berlin, and still that day in UTC for two hours and a half. */
const LATE = Date.parse('2026-07-31T21:30:00Z')
const MIDNIGHT = Date.parse('2026-07-31T22:00:00Z')

/** What caps promise, held against each store. */
export function describeCaps(
  name: string,
  setup: () => Promise<{ store: Store; close(): Promise<void> }>,
): void {
  describe(`caps, ${name}`, () => {
    let store: Store
    let close: () => Promise<void>
    let kit: EngineKit
    let streak: Row<'streak'>
    let milestone: Row<'milestone'>
    let providerId: string
    let members = 0
    const clock = { now: () => kit.now }

    beforeEach(async () => {
      ;({ store, close } = await setup())
      kit = new EngineKit(store)
      kit.now = LATE
      const { accountId } = kit
      await insert(store, 'account', { id: accountId, accountId, timezone: 'Europe/Berlin', revision: 1 })
      ;({ id: providerId } = await insert(store, 'coupon_provider', { ...kit.common(), provider: 'http' }))
      streak = await kit.streak()
      milestone = await addMilestone()
    })
    afterEach(() => close())

    function addMilestone(
      discount: Discount = { amount: '0.1', currency: 'EUR' },
      given: Partial<Row<'milestone'>> & { readonly holdDays?: number } = {},
      on: Row<'streak'> = streak,
    ): Promise<Row<'milestone'>> {
      const { holdDays, ...fields } = given
      const hold = holdDays === undefined ? {} : { holdDays }
      return kit.milestone(on, {
        milestoneMetric: 'current_progress_value',
        milestoneRepeat: 'every_period',
        milestoneTargetValue: wholeQuantity(1),
        reward: { providerId, discount, ...hold },
        ...fields,
      })
    }
    const setAccount = (caps: Caps | null, given: Partial<Row<'account'>> = {}) =>
      patchAccount(store, kit.accountId, kit.accountId, kit.now, { caps, ...given })
    const setMilestone = (caps: Caps | null, id = milestone.id) =>
      patchMilestone(store, kit.accountId, id, kit.now, { caps })
    /** Somebody new earns one of each milestone of the streak; a moment passes. */
    const earn = async (on: Row<'streak'> = streak, recorder = kit.recorder) => {
      const member = { externalId: `m${members++}`, profile: {}, profileAt: null }
      const result = await recorder.record(kit.request(on, kit.now, { member }))
      if (result.outcome !== 'recorded') throw new Error(result.outcome)
      kit.now += 1
      return result.log
    }
    const findRoom = () => createFindRoom({ store, clock })()
    const rewards = () => kit.rows('reward_log')
    const says = ({ fulfilmentStatus: status, heldReason }: Reward) =>
      status === 'held' ? `held ${heldReason}` : status
    const all = async () => (await rewards()).map(says)
    const first = async () => (await rewards())[0]!

    it('let through what they say, hold the rest, and let it go at midnight of the account, the oldest first', async () => {
      await setAccount({ rewardsPerDay: 2 })
      for (let count = 0; count < 5; count += 1) await earn()
      expect(await all()).toEqual(['pending', 'pending', 'held cap', 'held cap', 'held cap'])
      const held = (await rewards())[2]!
      expect(held).toMatchObject({ fulfilAfter: null, dueAt: null, waitingForProviderId: null })
      kit.now = MIDNIGHT - 1
      await findRoom()
      expect((await all()).filter((each) => each === 'pending')).toHaveLength(2)
      kit.now = MIDNIGHT
      await findRoom()
      expect(await all()).toEqual(['pending', 'pending', 'pending', 'pending', 'held cap'])
      expect((await rewards())[2]).toMatchObject({ fulfilAfter: MIDNIGHT, dueAt: MIDNIGHT, attempt: 1 })
      kit.now += DAY_MS
      await findRoom()
      expect(await all()).not.toContain('held cap')
    })

    it('count months in the account’s time zone', async () => {
      await setMilestone({ rewardsPerMonth: 1 })
      await earn()
      await earn()
      kit.now = MIDNIGHT - 1
      await findRoom()
      expect(await all()).toEqual(['pending', 'held cap'])
      kit.now = MIDNIGHT
      await findRoom()
      expect(await all()).toEqual(['pending', 'pending'])
      kit.now += 29 * DAY_MS
      await earn()
      expect(await all()).toEqual(['pending', 'pending', 'held cap'])
    })

    it('are told another time zone: its days count anew', async () => {
      await setAccount({ rewardsPerDay: 1 })
      kit.now = MIDNIGHT + 1
      await earn()
      await setAccount({ rewardsPerDay: 1 }, { timezone: 'UTC' })
      await earn()
      // it was the last of July there
      expect(await all()).toEqual(['pending', 'held cap'])
      kit.now = Date.parse('2026-08-01T00:00:00Z')
      await findRoom()
      expect(await all()).toEqual(['pending', 'pending'])
    })

    it('add up amounts exactly, and reach them', async () => {
      await setMilestone({ amountTotal: '0.3', currency: 'EUR' })
      for (let count = 0; count < 4; count += 1) await earn()
      expect(await all()).toEqual(['pending', 'pending', 'pending', 'held cap'])
      await setMilestone({ amountTotal: '0.399999', currency: 'EUR' })
      await findRoom()
      expect((await all())[3]).toBe('held cap')
      await setMilestone({ amountTotal: '0.4', currency: 'EUR' })
      await findRoom()
      expect((await all())[3]).toBe('pending')
    })

    it('of money count percentages and other currencies in number alone', async () => {
      const dollars = await kit.streak()
      await addMilestone({ amount: '100', currency: 'USD' }, {}, dollars)
      await addMilestone({ percentage: '10' }, {}, dollars)
      await setAccount({ amountTotal: '0.1', rewardsTotal: 3, currency: 'EUR' })
      await earn(dollars)
      await earn()
      await earn()
      expect(await all()).toEqual(['pending', 'pending', 'pending', 'held cap'])
      await setAccount({ amountTotal: '0.05', rewardsTotal: 5, currency: 'EUR' })
      await earn(dollars)
      expect((await all()).slice(4)).toEqual(['pending', 'pending'])
    })

    it('do not let a smaller reward pass another of its milestone, and let one of another milestone', async () => {
      const other = await kit.streak()
      await addMilestone({ amount: '0.02', currency: 'EUR' }, {}, other)
      await setAccount({ amountTotal: '0.15', currency: 'EUR' })
      await earn()
      await earn()
      await patchMilestone(store, kit.accountId, milestone.id, kit.now, {
        reward: { ...milestone.reward!, discount: { amount: '0.01', currency: 'EUR' } },
      })
      // it would fit, were it not behind a larger one
      await earn()
      await earn(other)
      expect(await all()).toEqual(['pending', 'held cap', 'held cap', 'pending'])
      await findRoom()
      expect(await all()).toEqual(['pending', 'held cap', 'held cap', 'pending'])
    })

    it('of a milestone stop no other milestone; those of the account stop all', async () => {
      const other = await kit.streak()
      await addMilestone(undefined, {}, other)
      await setMilestone({ rewardsTotal: 1 })
      await setAccount({ rewardsTotal: 3 })
      await earn()
      await earn()
      await earn(other)
      await earn(other)
      await earn(other)
      expect(await all()).toEqual(['pending', 'held cap', 'pending', 'pending', 'held cap'])
    })

    it('do not let a newcomer have the room that the oldest waits for', async () => {
      const other = await kit.streak()
      await addMilestone(undefined, {}, other)
      await setAccount({ rewardsTotal: 1 })
      await earn()
      await earn()
      await setAccount({ rewardsTotal: 2 })
      await earn(other)
      expect(await all()).toEqual(['pending', 'held cap', 'held cap'])
      await findRoom()
      expect(await all()).toEqual(['pending', 'pending', 'held cap'])
    })

    it('give the place back of a reward that failed because its provider said no, or was never asked', async () => {
      await setAccount({ rewardsTotal: 1 })
      await earn()
      await earn()
      const asked = await happen({ store, clock }, await first(), { kind: 'asked' })
      await happen({ store, clock }, asked!, { kind: 'failed', reason: 'PROVIDER_REFUSED: no', saidNo: true })
      await findRoom()
      expect(await all()).toEqual(['failed', 'pending'])
      const { id, accountId } = (await rewards())[1]!
      await abandonReward({ store, clock }, accountId, id, 'a test')
      await earn()
      expect(await all()).toEqual(['failed', 'failed', 'pending'])
    })

    it('keep the place of one that failed after its last try, or was abandoned after it was asked for', async () => {
      await setAccount({ rewardsTotal: 2 })
      await earn()
      await earn()
      const [one, other] = await rewards()
      const tried = await happen({ store, clock }, one!, { kind: 'asked' })
      const reason = 'PROVIDER_TIMEOUT: no answer'
      await happen({ store, clock }, tried!, { kind: 'failed', reason, saidNo: false })
      await happen({ store, clock }, other!, { kind: 'asked' })
      await abandonReward({ store, clock }, kit.accountId, other!.id, 'a test')
      await earn()
      expect(await all()).toEqual(['failed', 'failed', 'held cap'])
      // and it needs no other one
      expect(says(await replayReward({ store, clock }, kit.accountId, one!.id))).toBe('pending')
    })

    it('keep the place of one whose coupon an order has used, though its provider then says that there is none', async () => {
      await setAccount({ rewardsTotal: 1 })
      const log = await earn()
      const [only] = await rewards()
      const asked = await happen({ store, clock }, only!, { kind: 'asked' })
      const used = await happen({ store, clock }, asked!, { kind: 'used', at: kit.now, orderId: '1001' })
      await happen({ store, clock }, used!, { kind: 'failed', reason: 'PROVIDER_REFUSED: no', saidNo: true })
      await kit.withdraw(log.id)
      await earn()
      await findRoom()
      expect(await all()).toEqual(['revoked', 'held cap'])
    })

    it('give the place back of one that was revoked without a coupon or with an unused one, in its own day', async () => {
      await setAccount({ rewardsPerDay: 1, rewardsTotal: 2 })
      const log = await earn()
      kit.now = MIDNIGHT
      await earn()
      await earn()
      // of yesterday: it gives back of all days, not of this one
      await kit.withdraw(log.id)
      await findRoom()
      expect(await all()).toEqual(['revoked', 'pending', 'held cap'])
      const [, second] = await rewards()
      const revoking = { ...second!, fulfilmentStatus: 'revoking' as const }
      await happen({ store, clock }, revoking, { kind: 'taken_back', used: 'no', reason: null })
      await findRoom()
      expect((await all())[2]).toBe('pending')
    })

    it.each(['yes', 'unknown'] as const)(
      'keep the place of a coupon of which the use is %s',
      async (used) => {
        await setAccount({ rewardsTotal: 1 })
        await earn()
        await earn()
        const revoking = { ...(await first()), fulfilmentStatus: 'revoking' as const }
        await happen({ store, clock }, revoking, { kind: 'taken_back', used, reason: null })
        await findRoom()
        expect(await all()).toEqual(['revoked', 'held cap'])
      },
    )

    it('have a failed reward that is tried again take a place anew, or wait', async () => {
      await setAccount({ rewardsTotal: 1 })
      await earn()
      await abandonReward({ store, clock }, kit.accountId, (await first()).id, 'a test')
      await earn()
      const replayed = await replayReward({ store, clock }, kit.accountId, (await first()).id)
      expect([says(replayed), replayed.fulfilAfter]).toEqual(['held cap', null])
      await setAccount({ rewardsTotal: 2 })
      await findRoom()
      expect(await all()).toEqual(['pending', 'pending'])
    })

    it('count what was let through before they were set, also before places were noted', async () => {
      await earn()
      await earn()
      const { id, accountId } = await first()
      await store.commit([
        { op: 'update', collection: 'reward_log', id, accountId, guard: {}, set: { placeAt: null } },
      ])
      await setMilestone({ rewardsPerDay: 3 })
      await setAccount({ rewardsPerMonth: 4 })
      await earn()
      await earn()
      expect(await all()).toEqual(['pending', 'pending', 'pending', 'held cap'])
    })

    it('let nothing through before all is counted, though whoever set them was killed', async () => {
      await earn()
      let commits = 0
      const dying = storeWith(store, {
        commit: (changes) => {
          commits += 1
          if (commits > 1) throw new Error('the process was killed')
          return store.commit(changes)
        },
      })
      const setting = patchAccount(dying, kit.accountId, kit.accountId, kit.now, {
        caps: { rewardsTotal: 2 },
      })
      await expect(setting).rejects.toThrow('killed')
      await earn()
      await earn()
      expect(await all()).toEqual(['pending', 'held cap', 'held cap'])
      await findRoom()
      expect(await all()).toEqual(['pending', 'pending', 'held cap'])
    })

    it('hold all at 0, take nothing back when they are lowered, and let all go when they are lifted', async () => {
      await earn()
      await setAccount({ rewardsTotal: 0 })
      await earn()
      expect(await all()).toEqual(['pending', 'held cap'])
      await setAccount(null)
      await findRoom()
      await earn()
      expect(await all()).toEqual(['pending', 'pending', 'pending'])
    })

    it('leave a reward in its hold alone, which takes a place at its end', async () => {
      const held = await kit.streak()
      await addMilestone(undefined, { holdDays: 1 }, held)
      await setAccount({ rewardsTotal: 1 })
      await earn(held)
      await earn()
      expect(await all()).toEqual(['held hold_period', 'pending'])
      const reward = await first()
      expect(reward.fulfilAfter).toBe(reward.createdAt + DAY_MS)
      kit.now = reward.createdAt + DAY_MS - 1
      expect(await happen({ store, clock }, reward, { kind: 'hold_ended' })).toBe(reward)
      kit.now += 1
      await happen({ store, clock }, reward, { kind: 'hold_ended' })
      expect(await all()).toEqual(['held cap', 'pending'])
      expect((await first()).fulfilAfter).toBe(null)
    })

    it('are not what a reward waits for that was given up in its hold and is tried again: its hold goes on', async () => {
      const held = await kit.streak()
      await addMilestone(undefined, { holdDays: 1 }, held)
      await setAccount({ rewardsTotal: 1 })
      await earn(held)
      const { id, createdAt } = await first()
      const giveUp = () => abandonReward({ store, clock }, kit.accountId, id, 'a test')
      const tryAgain = () => replayReward({ store, clock }, kit.accountId, id)
      kit.now = createdAt + DAY_MS - 1
      await giveUp()
      const again = await tryAgain()
      expect(says(again)).toBe('held hold_period')
      expect(again).toMatchObject({
        fulfilAfter: createdAt + DAY_MS,
        dueAt: createdAt + DAY_MS,
        placeAt: null,
      })
      await giveUp()
      kit.now += 1
      expect(await tryAgain()).toMatchObject({ fulfilmentStatus: 'pending', fulfilAfter: createdAt + DAY_MS })
    })

    it('hold no reward that the merchant fulfils, and do not count it', async () => {
      const own = await kit.streak()
      await addMilestone(undefined, { reward: null }, own)
      await setAccount({ rewardsTotal: 1 })
      await earn(own)
      await earn(own)
      await earn()
      expect(await all()).toEqual(['pending', 'pending', 'pending'])
    })

    it('are reached exactly and never exceeded, however many writers there are', async () => {
      await setAccount({ rewardsTotal: 7 })
      const recorders = [1, 2, 3, 4].map(() => kit.anotherRecorder())
      await Promise.all(Array.from({ length: 48 }, (_, at) => earn(streak, recorders[at % 4])))
      expect((await all()).filter((each) => each === 'pending')).toHaveLength(7)
      await Promise.all([setAccount({ rewardsTotal: 20 }), findRoom(), findRoom()])
      await Promise.all([findRoom(), findRoom(), findRoom()])
      await findRoom()
      expect((await all()).filter((each) => each === 'pending')).toHaveLength(20)
    })

    it('hold from the moment they are set, whoever is letting rewards through then', async () => {
      const recorders = [1, 2, 3, 4].map(() => kit.anotherRecorder())
      await Promise.all(recorders.map((recorder) => earn(streak, recorder)))
      const earning = Array.from({ length: 60 }, (_, at) => earn(streak, recorders[at % 4]))
      await setAccount({ rewardsTotal: 10 })
      const through = (await rewards()).filter((each) => placeOf(each) !== null).length
      await Promise.all(earning)
      await findRoom()
      const now = (await rewards()).filter((each) => placeOf(each) !== null).length
      expect(now).toBe(Math.max(10, through))
    })
  })
}
