import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import { type Body, NOW } from '../helpers/api.ts'
import { tell } from '../helpers/doubles.ts'
import { SHOP } from '../helpers/shopify-shop.ts'
import { type OpenedStore, PERCENT, WaitingShops } from '../helpers/waiting-shops.ts'

/** What a merchant reads of rewards whose coupon provider is in trouble, on one kind of store. */
export function describeWhyProvidersAreWaitedFor(kind: string, open: () => Promise<OpenedStore>): void {
  let world: WaitingShops

  beforeAll(async () => {
    world = await WaitingShops.open(open)
  })
  afterAll(() => world.close())

  describe(`a reward on ${kind} whose provider is in trouble says so`, () => {
    let providerId: string
    let milestone: Body

    /** When the provider is probed next. */
    async function probeAt(): Promise<string> {
      const [state] = await world.opened.store.findByKeys('provider_state', ['id'], [[providerId]])
      expect(state!.dueAt).toBeGreaterThan(Date.parse(NOW))
      return new Date(state!.dueAt!).toISOString()
    }

    async function atVoucherify(): Promise<void> {
      await world.newShop()
      await tell(world.voucherify, 'DELETE /faults')
      await tell(world.voucherify, 'POST /campaigns', { name: 'Streaks', codes: 20 })
      await tell(world.voucherify, 'POST /project', { plan: 'active' })
      const { appId, appToken } = world.voucherify.project()
      const settings = { apiUrl: 'https://api.voucherify.io', campaign: 'Streaks' }
      const given = { provider: 'voucherify', settings, credentials: { appId, appToken } }
      providerId = (await world.shop.create('coupon_provider', { name: world.numbered('project'), ...given }))
        .id
      milestone = await world.begin({ providerId, ...PERCENT })
    }

    it('by the limit of its plan, until it takes requests again', async () => {
      await atVoucherify()
      await tell(world.voucherify, 'POST /faults', { kind: 'throttle' })
      const [asked, other] = [await world.earn(milestone), await world.earn(milestone)]
      await world.work(asked)
      const until = '2026-11-22T12:01:00.000Z'
      expect(await world.healthOf(providerId)).toMatchObject({ state: 'ok', waiting: 2 })
      // also of those that were not refused themselves
      for (const reward of [asked, other])
        expect(await world.waitOf(reward)).toMatchObject({ code: 'PROVIDER_THROTTLED', until })
      const requests = async () => (await tell<{ requests: [] }>(world.voucherify, 'GET /requests')).requests
      const before = (await requests()).length
      world.api.clock.set('2026-11-22T12:00:59.999Z')
      for (const reward of [asked, other]) await world.work(reward)
      expect(await requests()).toHaveLength(before)
      world.api.clock.set(until)
      for (const reward of [asked, other]) {
        await world.work(reward)
        expect(await world.read(reward)).toMatchObject({ fulfilmentStatus: 'issued', waitsFor: null })
      }
      expect(await requests()).toHaveLength(before + 2)
      world.api.clock.set(NOW)
    })

    it('by a campaign without codes', async () => {
      await atVoucherify()
      await tell(world.voucherify, 'POST /campaigns/Streaks/exhaust')
      const reward = await world.earn(milestone)
      await world.work(reward)
      expect(await world.read(reward)).toMatchObject({
        fulfilmentStatus: 'pending',
        waitsFor: { code: 'CAMPAIGN_EXHAUSTED', message: expect.stringMatching(/15 minutes/), until: null },
      })
      const lastError = { code: 'CAMPAIGN_EXHAUSTED' }
      expect(await world.healthOf(providerId)).toMatchObject({ state: 'ok', lastError })
      // one that is granted later was not refused
      world.api.clock.set('2026-11-22T12:00:01.000Z')
      expect(await world.waitOf(await world.earn(milestone))).toBeNull()
      world.api.clock.set(NOW)
    })

    it('by failures, and once they pause it, until its next probe', async () => {
      await atVoucherify()
      await tell(world.voucherify, 'POST /faults', { kind: 'error', times: 5 })
      const rewards: Body[] = []
      for (let count = 0; count < 5; count += 1) rewards.push(await world.earn(milestone))
      await world.work(rewards[0]!)
      expect(await world.waitOf(rewards[0]!)).toMatchObject({
        ...{ code: 'PROVIDER_IN_TROUBLE', until: null },
        message: expect.stringMatching(/PROVIDER_UNAVAILABLE, Voucherify answered 503/),
      })
      for (const reward of rewards.slice(1)) await world.work(reward)
      const late = await world.earn(milestone)
      expect(await world.healthOf(providerId)).toMatchObject({ state: 'paused' })
      const paused = {
        code: 'PROVIDER_PAUSED',
        message: expect.stringMatching(/Voucherify answered 503/),
        until: await probeAt(),
      }
      expect(await world.waitOf(late)).toMatchObject(paused)
      await world.work(late)
      expect(await world.read(late)).toMatchObject({ heldReason: 'provider_paused', waitsFor: paused })
    })

    it('by a plan that ended', async () => {
      await atVoucherify()
      await tell(world.voucherify, 'POST /project', { plan: 'ended_429' })
      const reward = await world.earn(milestone)
      await world.work(reward)
      expect(await world.waitOf(reward)).toMatchObject({
        ...{ code: 'PROVIDER_PAUSED', message: expect.stringMatching(/PLAN_ENDED/) },
        until: await probeAt(),
      })
    })

    it('by credentials that are refused, until somebody sees to it', async () => {
      await atVoucherify()
      const path = `/schema/coupon_provider/record/${providerId}`
      await world.shop.patch(path, { credentials: { appId: 'not', appToken: 'this' } })
      const reward = await world.earn(milestone)
      await world.work(reward)
      const refused = {
        code: 'PROVIDER_REFUSES',
        message: expect.stringMatching(/PROVIDER_REFUSED.*credentials/),
        until: null,
      }
      expect(await world.waitOf(reward)).toMatchObject(refused)
      expect(await world.healthOf(providerId)).toMatchObject({ state: 'paused' })
      const list = await world.shop.list('reward_log', { fields: ['id', 'waitsFor'] })
      expect(list.body.data).toMatchObject([{ id: reward.id, waitsFor: refused }])
    })

    async function atShopify(): Promise<Body> {
      await world.newShop()
      await tell(world.shopify, 'DELETE /faults')
      const scopes = ['read_orders', 'read_customers', 'write_discounts']
      await tell(world.shopify, 'POST /install', { shop: SHOP, scopes })
      const settings = { shopDomain: SHOP }
      const connector = await world.shop.create('connector', { name: 'shop', platform: 'shopify', settings })
      const [app] = world.shopify.world().apps
      const keys = { method: 'client_credentials', clientId: app!.id, clientSecret: app!.secrets[0] }
      const answer = await world.shop.post(`/schema/connector/record/${connector.id}/install`, keys)
      expect(answer.status).toBe(200)
      const given = { name: 'shop', provider: 'shopify', connectorId: connector.id }
      providerId = (await world.shop.create('coupon_provider', given)).id
      milestone = await world.begin({ providerId, ...PERCENT })
      return connector
    }

    it('by a shop that takes no more requests for now', async () => {
      await atShopify()
      const headers = { 'retry-after': '60' }
      const answer = { kind: 'error', status: 429, headers, times: 100 }
      await tell(world.shopify, 'POST /faults', { ...answer, contains: 'discountCodeBasicCreate' })
      const reward = await world.earn(milestone)
      await world.work(reward)
      const { code, until } = await world.waitOf(reward)
      expect(code).toBe('PROVIDER_THROTTLED')
      expect(Date.parse(until)).toBeGreaterThan(Date.parse(NOW))
    })

    it('by a scope that was taken away', async () => {
      await atShopify()
      await tell(world.shopify, 'POST /install', { shop: SHOP, scopes: ['read_orders', 'read_customers'] })
      const reward = await world.earn(milestone)
      await world.work(reward)
      const refused = {
        code: 'PROVIDER_REFUSES',
        message: expect.stringMatching(/check or install its connector/),
        until: null,
      }
      expect(await world.waitOf(reward)).toMatchObject(refused)
    })

    it('by a connector that was uninstalled', async () => {
      const connector = await atShopify()
      await world.shop.post(`/schema/connector/record/${connector.id}/uninstall`, {})
      const reward = await world.earn(milestone)
      expect(await world.waitOf(reward)).toMatchObject({
        ...{ code: 'PROVIDER_REFUSES', message: expect.stringMatching(/NOT_INSTALLED/), until: null },
      })
    })
  })
}
