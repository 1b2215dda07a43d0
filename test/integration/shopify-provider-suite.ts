import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals'
import { type ShopifyDouble, startShopifyDouble } from '../../src/doubles/shopify/index.ts'
import type { Discount } from '../../src/doubles/shopify/state.ts'
import type { Row } from '../../src/ports/schema.ts'
import type { Store } from '../../src/ports/store.ts'
import { createFulfil } from '../../workers/reward/fulfil.ts'
import { type Answer, type Api, type Body, type Client, NOW, startApi } from '../helpers/api.ts'
import { tell } from '../helpers/doubles.ts'
import { quietLogger } from '../helpers/quiet-logger.ts'
import { jobContext, jobOf } from '../helpers/reward-world.ts'
import { SHOP } from '../helpers/shopify-shop.ts'

const ALL = ['read_orders', 'read_customers', 'write_discounts']

/** Coupons in a Shopify shop by way of the API, on any store. */
export function describeShopifyProvider(
  name: string,
  open: () => Promise<{ store: Store; close(): Promise<void> }>,
) {
  describe(`coupons in a Shopify shop on ${name}`, () => {
    let api: Api
    let shopify: ShopifyDouble
    let admin: Client
    let closeStore: () => Promise<void>
    let connector: Body
    let serial = 0

    beforeAll(async () => {
      const { store, close } = await open()
      closeStore = close
      shopify = await startShopifyDouble()
      const platformOrigins = { shopify: shopify.origin }
      api = await startApi({ store }, { publicUrl: 'https://streaks.example.com', platformOrigins })
      admin = await api.account('merchant')
    })
    beforeEach(async () => {
      await scopes(ALL)
      connector = await connectorOf()
      await install(connector)
    })
    afterAll(async () => {
      await api.close()
      await shopify.stop()
      await closeStore()
    })

    const scopes = async (granted: readonly string[]) => {
      await tell(shopify, 'POST /install', { shop: SHOP, scopes: granted })
    }
    const pathOf = (slug: string, { id }: Body) => `/schema/${slug}/record/${id}`
    const connectorOf = (platform = 'shopify', settings: object = { shopDomain: SHOP }): Promise<Body> =>
      admin.create('connector', { name: 'shop', platform, settings })
    const install = async (one: Body) => {
      const [app] = shopify.world().apps
      const keys = { clientId: app!.id, clientSecret: app!.secrets[0] }
      const body = { method: 'client_credentials', ...keys }
      const answer = await admin.post(`${pathOf('connector', one)}/install`, body)
      if (answer.status !== 200) throw new Error(answer.text)
    }
    const act = (name: string, one: Body) => admin.post(`${pathOf('connector', one)}/${name}`, {})
    const tryProvider = (fields: object = {}) => {
      const given = { name: `shop ${++serial}`, provider: 'shopify', connectorId: connector.id, ...fields }
      return admin.post('/schema/coupon_provider/record', given)
    }
    const providerOf = async (fields: object = {}): Promise<Body> => {
      const answer = await tryProvider(fields)
      if (answer.status !== 201) throw new Error(answer.text)
      return answer.body.data
    }
    const get = async (slug: string, one: Body) => (await admin.get(pathOf(slug, one))).body.data
    const streakOf = (): Promise<Body> => {
      const rule = { aggregationMethod: 'count', aggregationTargetValue: 1 }
      return admin.create('streak', { name: 's', status: 'live', ...rule })
    }
    const tryMilestone = async (reward: object, given: object = {}) =>
      admin.post('/schema/milestone/record', {
        linkedSchemaRecordId: (await streakOf()).id,
        name: 'm',
        milestoneTargetValue: 1,
        status: 'live',
        reward,
        ...given,
      })
    const rewardOf = ({ id }: Body, discount: object = { percentage: 10 }) => ({ providerId: id, discount })
    const grant = async (milestone: Body) => {
      await admin.create('streak_log', {
        streakId: milestone.linkedSchemaRecordId,
        ownedBy: { externalId: `member ${++serial}` },
        activityAt: '2026-11-22T10:00:00Z',
        activityId: 'visit',
        uniqueIdentifier: `${serial}`,
      })
      const where = { field: 'milestoneId', op: 'eq', value: milestone.id } as const
      const [reward] = await api.store.find('reward_log', { where, limit: 1 })
      return reward!
    }
    const fulfil = () =>
      createFulfil({
        store: api.store,
        providers: api.deps.providers,
        secretBox: api.deps.secretBox,
        clock: api.clock,
        logger: quietLogger,
      })
    const rowOf = async (id: string) => (await api.store.findByKeys('reward_log', ['id'], [[id]]))[0]!
    const books = async () => (await tell<{ discounts: Discount[] }>(shopify, 'GET /discounts')).discounts
    const fault = ({ status, body }: Answer) => [status, body.error?.code, body.error?.details?.[0]?.path]
    const words = ({ body }: Answer) => body.error?.details?.[0]?.message as string

    it('a provider names its connector, which stays', async () => {
      const provider = await providerOf({ settings: { combinesWith: { shipping: true } } })
      expect(provider).toMatchObject({ connectorId: connector.id, provider: 'shopify' })
      expect(provider.settings).toEqual({
        customerBound: 'when_known',
        combinesWith: { order: false, product: false, shipping: true },
      })
      const other = await connectorOf()
      const moved = await admin.patch(pathOf('coupon_provider', provider), { connectorId: other.id })
      expect(fault(moved)).toEqual([400, 'FIELD_IS_FIXED', 'connectorId'])
      const same = await admin.patch(pathOf('coupon_provider', provider), { connectorId: connector.id })
      expect(same.status).toBe(200)
    })

    it('a provider needs a connector that is installed, of its platform, in its account', async () => {
      expect(fault(await tryProvider({ connectorId: null }))).toEqual([400, 'INVALID_INPUT', 'connectorId'])
      const unknown = [400, 'REFERENCE_NOT_FOUND', 'connectorId']
      const foreign = await (await api.account('other')).create('connector', {
        name: 'theirs',
        platform: 'shopify',
        settings: { shopDomain: SHOP },
      })
      expect(fault(await tryProvider({ connectorId: foreign.id }))).toEqual(unknown)
      const stripe = await connectorOf('stripe', {})
      expect(fault(await tryProvider({ connectorId: stripe.id }))).toEqual(unknown)
      const away = await connectorOf()
      const answer = await tryProvider({ connectorId: away.id })
      expect(fault(answer)).toEqual([400, 'SCOPE_MISSING', 'connectorId'])
      expect(words(answer)).toContain('not installed')
      const pool = await tryProvider({ provider: 'pool' })
      expect(fault(pool)).toEqual([400, 'INVALID_INPUT', 'connectorId'])
    })

    it('the missing scope is said when provider and milestone are saved', async () => {
      const provider = await providerOf()
      const milestone = (await tryMilestone(rewardOf(provider))).body.data
      await scopes(['read_orders'])
      await act('check', connector)
      const answer = await tryProvider()
      expect(fault(answer)).toEqual([400, 'SCOPE_MISSING', 'connectorId'])
      expect(words(answer)).toContain('write_discounts')
      const saved = await tryMilestone(rewardOf(provider))
      expect(fault(saved)).toEqual([400, 'SCOPE_MISSING', 'reward.providerId'])
      expect(words(saved)).toContain('write_discounts')
      const path = pathOf('milestone', milestone)
      const missing = [400, 'SCOPE_MISSING', 'reward.providerId']
      expect(fault(await admin.patch(path, { name: 'again' }))).toEqual(missing)
      expect(fault(await admin.patch(path, { reward: rewardOf(provider, { percentage: 5 }) }))).toEqual(
        missing,
      )
      expect((await admin.patch(path, { status: 'paused' })).status).toBe(200)
    })

    it('an amount is in the currency of the shop', async () => {
      const provider = await providerOf()
      const wrong = await tryMilestone(rewardOf(provider, { amount: 5, currency: 'USD' }))
      expect(fault(wrong)).toEqual([400, 'CURRENCY_MISMATCH', 'reward.discount.currency'])
      expect(words(wrong)).toContain('EUR')
      expect((await tryMilestone(rewardOf(provider, { amount: 5, currency: 'EUR' }))).status).toBe(201)
    })

    it('a connector with a provider is not deleted', async () => {
      const provider = await providerOf()
      const used = await admin.delete(pathOf('connector', connector))
      expect([used.status, used.body.error.code]).toEqual([409, 'CONNECTOR_IN_USE'])
      await act('uninstall', connector)
      await admin.delete(pathOf('coupon_provider', provider))
      expect((await admin.delete(pathOf('connector', connector))).status).toBe(204)
    })

    it('pausing a connector stops counting, not coupons; uninstalling parks them until it is installed again', async () => {
      const provider = await providerOf()
      const milestone = (await tryMilestone(rewardOf(provider))).body.data
      const first = await grant(milestone)
      await admin.patch(pathOf('connector', connector), { status: 'paused' })
      await fulfil()(jobOf(first), jobContext())
      expect((await rowOf(first.id)).fulfilmentStatus).toBe('issued')
      await act('uninstall', connector)
      const { health } = await get('coupon_provider', provider)
      expect(health).toMatchObject({ state: 'paused', lastError: { code: 'NOT_INSTALLED' } })
      const waiting = await grantAgain(milestone, first.id)
      await fulfil()(jobOf(waiting), jobContext())
      expect(await rowOf(waiting.id)).toMatchObject({
        fulfilmentStatus: 'held',
        heldReason: 'provider_paused',
      })
      await install(connector)
      expect((await get('coupon_provider', provider)).health.state).toBe('ok')
      const going = await rowOf(waiting.id)
      expect(going.fulfilmentStatus).toBe('pending')
      await fulfil()(jobOf(going), jobContext())
      const { couponCode } = await rowOf(waiting.id)
      expect((await books()).filter(({ code }) => code === couponCode)).toHaveLength(1)
    })

    const grantAgain = async (milestone: Body, former: string) => {
      await grant(milestone)
      const where = { field: 'milestoneId', op: 'eq', value: milestone.id } as const
      const rewards = await api.store.find('reward_log', { where, limit: 10 })
      return rewards.find(({ id }) => id !== former)!
    }

    it('nobody can take a coupon back in a shop that the app was taken out of: it counts as used', async () => {
      const provider = await providerOf()
      const rewards = [rewardOf(provider), rewardOf(provider)]
      const milestones = await Promise.all(
        rewards.map(async (reward) => (await tryMilestone(reward, { onWithdrawal: 'revoke' })).body.data),
      )
      const [issued, asked] = await Promise.all(milestones.map(grant))
      await fulfil()(jobOf(issued!), jobContext())
      // one that may be made, and nobody heard of it
      await tell(shopify, 'POST /faults', {
        kind: 'reset_after_effect',
        contains: `"code":"${asked!.drawnCode}","title"`,
      })
      await fulfil()(jobOf(asked!), jobContext()).catch(() => {})
      await act('uninstall', connector)
      const takenBack = await Promise.all([issued!, asked!].map(takeBack))
      const later = Date.parse(NOW) + 60_000
      api.clock.set(new Date(later).toISOString())
      for (const reward of takenBack) await fulfil()(jobOf(reward), jobContext())
      api.clock.set(NOW)
      for (const { id } of takenBack) {
        expect(await get('reward_log', { id })).toMatchObject({
          fulfilmentStatus: 'revoked',
          couponUsed: 'unknown',
        })
      }
    })

    it('so does one that waits already, since its token was refused before anybody said that the app is gone', async () => {
      const provider = await providerOf()
      const given = { onWithdrawal: 'revoke' }
      const milestone = (await tryMilestone(rewardOf(provider), given)).body.data
      const issued = await grant(milestone)
      await fulfil()(jobOf(issued), jobContext())
      await tell(shopify, 'POST /uninstall', { shop: SHOP })
      const health = async () => (await get('coupon_provider', provider)).health
      await fulfil()(jobOf(await takeBack(issued)), jobContext()).catch(() => {})
      await fulfil()(jobOf(await rowOf(issued.id)), jobContext()).catch(() => {})
      expect((await health()).lastError.code).toBe('TOKEN_REFUSED')
      expect(await rowOf(issued.id)).toMatchObject({
        fulfilmentStatus: 'revoking',
        heldReason: 'provider_paused',
      })
      await act('uninstall', connector)
      expect((await health()).lastError.code).toBe('NOT_INSTALLED')
      await fulfil()(jobOf(await rowOf(issued.id)), jobContext())
      expect(await get('reward_log', issued)).toMatchObject({
        fulfilmentStatus: 'revoked',
        couponUsed: 'unknown',
        heldReason: null,
      })
    })

    const takeBack = async ({ id, ownedById }: Row<'reward_log'>) => {
      const where = { field: 'ownedById', op: 'eq', value: ownedById } as const
      const [log] = await api.store.find('streak_log', { where, limit: 1 })
      const body = { reason: 'returned', uniqueIdentifier: id }
      const answer = await admin.post(`${pathOf('streak_log', log!)}/withdrawal`, body)
      expect(answer.status).toBe(201)
      return rowOf(id)
    }

    it('two jobs at once, and one whose answer was lost, make one coupon', async () => {
      const provider = await providerOf()
      const milestone = (await tryMilestone(rewardOf(provider))).body.data
      const reward = await grant(milestone)
      const kind = 'reset_after_effect'
      await tell(shopify, 'POST /faults', { kind, contains: 'discountCodeBasicCreate' })
      const work = [fulfil(), fulfil(), fulfil()].map((act) =>
        act(jobOf(reward), jobContext()).catch(() => {}),
      )
      await Promise.all(work)
      await tell(shopify, 'DELETE /faults')
      await fulfil()(jobOf(reward), jobContext())
      const { fulfilmentStatus, couponCode, drawnCode } = await rowOf(reward.id)
      expect([fulfilmentStatus, couponCode]).toEqual(['issued', drawnCode])
      expect((await books()).filter(({ code }) => code === drawnCode)).toHaveLength(1)
    })
  })
}
