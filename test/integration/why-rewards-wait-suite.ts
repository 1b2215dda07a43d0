import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import { type OpenedStore, PERCENT, WaitingShops } from '../helpers/waiting-shops.ts'

const EUROS = { discount: { amount: 5, currency: 'EUR' } }
/** In the account's zone, an hour ahead of UTC. */
const MIDNIGHT = '2026-11-22T23:00:00.000Z'
const NEW_MONTH = '2026-11-30T23:00:00.000Z'

/** What a merchant reads of rewards that are held or wait for codes, on one kind of store. */
export function describeWhyRewardsWait(kind: string, open: () => Promise<OpenedStore>): void {
  let world: WaitingShops

  beforeAll(async () => {
    world = await WaitingShops.open(open)
  })
  afterAll(() => world.close())

  const capped = (message: string, until: string | null) => ({
    ...{ code: 'CAP_REACHED', message: `No room is left below ${message}`, until },
  })

  describe(`a reward on ${kind} says why it waits, and until when`, () => {
    it('while it is held for the return window', async () => {
      await world.newShop()
      const reward = await world.earn(
        await world.begin({ providerId: await world.pool(['A']), ...PERCENT, holdDays: 14 }),
      )
      const wait = { code: 'HOLD_PERIOD', message: 'Its hold is not over', until: '2026-12-06T12:00:00.000Z' }
      // whoever granted it hears so at once
      expect(reward).toMatchObject({ heldReason: 'hold_period', waitsFor: wait })
      expect(await world.waitOf(reward)).toEqual(wait)
    })

    it.each([
      [PERCENT, { rewardsPerDay: 1 }, 'rewardsPerDay of the milestone (1)', MIDNIGHT],
      [PERCENT, { rewardsPerMonth: 1 }, 'rewardsPerMonth of the milestone (1)', NEW_MONTH],
      [PERCENT, { rewardsTotal: 1 }, 'rewardsTotal of the milestone (1)', null],
      [
        ...[EUROS, { amountPerMonth: 9.5, currency: 'EUR' }, 'amountPerMonth of the milestone (9.5 EUR)'],
        NEW_MONTH,
      ],
      [EUROS, { amountTotal: 9.5, currency: 'EUR' }, 'amountTotal of the milestone (9.5 EUR)', null],
    ] as const)('below the caps of its milestone: %j %j', async (discount, caps, named, until) => {
      await world.newShop()
      const milestone = await world.begin({ providerId: await world.pool(['A', 'B']), ...discount }, { caps })
      expect(await world.waitOf(await world.earn(milestone))).toBeNull()
      const held = await world.earn(milestone)
      expect(await world.read(held)).toMatchObject({ heldReason: 'cap', waitsFor: capped(named, until) })
    })

    it.each([
      [{ rewardsPerDay: 1 }, 'rewardsPerDay of the account (1)', MIDNIGHT],
      [{ rewardsPerMonth: 1 }, 'rewardsPerMonth of the account (1)', NEW_MONTH],
      [{ rewardsTotal: 1 }, 'rewardsTotal of the account (1)', null],
      [
        { amountTotal: 5, amountPerMonth: 5, currency: 'EUR' },
        'amountPerMonth of the account (5 EUR) and amountTotal of the account (5 EUR)',
        null,
      ],
    ])('below the caps of the account: %j', async (caps, named, until) => {
      await world.newShop()
      const milestone = await world.begin({ providerId: await world.pool(['A', 'B']), ...EUROS }, {}, caps)
      await world.earn(milestone)
      expect(await world.waitOf(await world.earn(milestone))).toEqual(capped(named, until))
    })

    it('below both, until the later of them has room', async () => {
      await world.newShop()
      const own = { caps: { rewardsPerDay: 1 } }
      const milestone = await world.begin(
        { providerId: await world.pool(['A', 'B']), ...PERCENT },
        { ...own },
        { rewardsPerMonth: 1 },
      )
      await world.earn(milestone)
      const held = await world.earn(milestone)
      const both = 'rewardsPerDay of the milestone (1) and rewardsPerMonth of the account (1)'
      expect(await world.waitOf(held)).toEqual(capped(both, NEW_MONTH))
      await world.shop.patch(`/schema/account/record/${world.shop.accountId}`, {
        caps: { rewardsPerMonth: 9 },
      })
      expect(await world.waitOf(held)).toEqual(capped('rewardsPerDay of the milestone (1)', MIDNIGHT))
      await world.shop.patch(`/schema/milestone/record/${milestone.id}`, { caps: null })
      expect(await world.waitOf(held)).toMatchObject({
        code: 'CAP_REACHED',
        message: expect.stringMatching(/within a minute/),
        until: null,
      })
    })

    it('for a code of an empty pool', async () => {
      await world.newShop()
      const providerId = await world.pool()
      const reward = await world.earn(await world.begin({ providerId, ...PERCENT }))
      await world.work(reward)
      expect(await world.waitOf(reward)).toMatchObject({ code: 'POOL_EMPTY', until: null })
      await world.shop.create('coupon_code', { providerId, codes: ['A'] })
      expect(await world.waitOf(reward)).toBeNull()
      await world.work(reward)
      expect(await world.read(reward)).toMatchObject({ fulfilmentStatus: 'issued', waitsFor: null })
    })

    it('not where the merchant fulfils it, and not once it has come to its end', async () => {
      await world.newShop()
      const streak = await world.newStreak()
      const own = await world.shop.create('milestone', {
        ...{ linkedSchemaRecordId: streak.id, name: 'by hand', milestoneTargetValue: 1, status: 'live' },
      })
      const reward = await world.earn(own)
      expect(await world.read(reward)).toMatchObject({ fulfilmentStatus: 'pending', waitsFor: null })
    })
  })
}
