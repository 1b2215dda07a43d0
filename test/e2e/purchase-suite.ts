import { afterEach, beforeEach, describe, expect, it } from '@jest/globals'
import { paidOrderSample } from '../fixtures/shopify/samples.ts'
import { type AbsentRedis, absentRedis } from '../helpers/redis-server.ts'
import { type RunningApp, runApp } from '../helpers/running-app.ts'
import { shopifyOrder, shopifyRequest, stripeChargeEvent, stripeRequest } from '../helpers/signed.ts'
import { until } from '../helpers/until.ts'

const SHOPIFY_SECRET = 'shpss_0123456789abcdef'
const STRIPE_SECRET = 'whsec_0123456789abcdef'
const RECOVERY_MS = 120_000

interface Named {
  readonly id: string
  readonly webhookPath: string
}
interface Reward {
  readonly couponCode: string | null
  readonly fulfilmentStatus: string
}
interface Log {
  readonly uniqueIdentifier: string
}

/** A purchase on its whole way, on a real store and a real Redis that comes, goes and forgets. */
export function describePurchases(name: string, mongoUri: () => string | undefined): void {
  describe(`a purchase on its way, on ${name}`, () => {
    let redis: AbsentRedis
    let app: RunningApp
    let shopify: Named
    let stripe: Named

    beforeEach(async () => {
      redis = await absentRedis()
      const uri = mongoUri()
      app = await runApp({ redisUrl: redis.url, ...(uri === undefined ? {} : { mongoUri: uri }) })
      const streak = await app.call<Named>('POST', '/schema/streak/record', {
        name: 'daily purchase',
        status: 'live',
        aggregationMethod: 'count',
        aggregationTargetValue: 1,
      })
      const pool = await app.call<Named>('POST', '/schema/coupon_provider/record', {
        name: 'codes',
        provider: 'pool',
      })
      await app.call('POST', '/schema/coupon_code/record', {
        providerId: pool.id,
        codes: ['CODE-1', 'CODE-2', 'CODE-3'],
      })
      await app.call('POST', '/schema/milestone/record', {
        linkedSchemaSlug: 'streak',
        linkedSchemaRecordId: streak.id,
        name: 'first purchase',
        description: 'one day is enough',
        milestoneTargetValue: 1,
        status: 'live',
        reward: { providerId: pool.id, discount: { percentage: 10 } },
      })
      const connector = (platform: string, webhookSecret: string, settings: object) =>
        app.call<Named>('POST', '/schema/connector/record', {
          name: platform,
          platform,
          status: 'live',
          credentials: { webhookSecrets: [webhookSecret] },
          settings: { ...settings, purchaseSpace: 'shop' },
          // the platform's sample is years old
          rules: [{ streakId: streak.id, rewardWithinDays: null }],
        })
      shopify = await connector('shopify', SHOPIFY_SECRET, { shopDomain: 'example.myshopify.com' })
      stripe = await connector('stripe', STRIPE_SECRET, { orderIdFrom: 'metadata.order_id' })
    })

    afterEach(async () => {
      await app.stop()
      await redis.stop()
    })

    const order = (id: string, customerId: string) =>
      shopifyRequest({ body: shopifyOrder({ id, customerId }), secret: SHOPIFY_SECRET })
    const logs = () => app.call<Log[]>('GET', '/schema/streak_log/record?limit=100')
    const issued = async () => {
      const rewards = await app.call<Reward[]>('GET', '/schema/reward_log/record?limit=100')
      return rewards
        .filter((reward) => reward.fulfilmentStatus === 'issued')
        .map((reward) => reward.couponCode)
    }

    it('becomes a log and a coupon; the platform sample counts under its exact order id', async () => {
      await redis.start()
      const request = shopifyRequest({ body: paidOrderSample(), secret: SHOPIFY_SECRET })
      expect(await app.deliver(shopify.webhookPath, request)).toBe(200)
      await until(async () => (await issued()).length === 1, RECOVERY_MS)
      expect((await logs()).map((log) => log.uniqueIdentifier)).toEqual(['820982911946154508'])
    })

    it('is taken while Redis is absent from the start, and processed once it is there', async () => {
      expect(await app.deliver(shopify.webhookPath, order('1001', '1'))).toBe(200)
      expect(await logs()).toEqual([])
      await redis.start()
      await until(async () => (await issued()).length === 1, RECOVERY_MS)
    })

    it('comes back when Redis is wiped under idle workers', async () => {
      await redis.start()
      await app.deliver(shopify.webhookPath, order('1001', '1'))
      await until(async () => (await issued()).length === 1, RECOVERY_MS)
      await redis.flush()
      await app.deliver(shopify.webhookPath, order('1002', '2'))
      await until(async () => (await issued()).length === 2, RECOVERY_MS)
      await redis.kill()
      expect(await app.deliver(shopify.webhookPath, order('1003', '3'))).toBe(200)
      await redis.restart({ wiped: true })
      await until(async () => (await issued()).length === 3, RECOVERY_MS)
      expect(new Set(await issued()).size).toBe(3)
    })

    it('counts once when it is told twice, by two platforms, and after a restart', async () => {
      await redis.start()
      const charge = stripeRequest({ body: stripeChargeEvent({ orderId: '1001' }), secret: STRIPE_SECRET })
      expect(await app.deliver(shopify.webhookPath, order('1001', '1'))).toBe(200)
      await until(async () => (await logs()).length === 1, RECOVERY_MS)
      expect(await app.deliver(stripe.webhookPath, charge)).toBe(200)
      expect(await app.deliver(shopify.webhookPath, order('1001', '1'))).toBe(200)
      await app.restart()
      await until(async () => {
        const deliveries = await app.call<{ items: { status: string }[] }[]>('GET', '/schema/delivery/record')
        return (
          deliveries
            .flatMap(({ items }) => items.map((item) => item.status))
            .toSorted()
            .join() === 'counted,duplicate'
        )
      }, RECOVERY_MS)
      expect(await logs()).toHaveLength(1)
    })

    it('is refused with a forged signature, and the refusal is counted', async () => {
      const forged = shopifyRequest({ body: shopifyOrder({ id: '1001' }), secret: 'another secret entirely' })
      expect(await app.deliver(shopify.webhookPath, forged)).toBe(401)
      await until(async () => {
        const { refusedCount } = await app.call<{ refusedCount: number }>(
          'GET',
          `/schema/connector/record/${shopify.id}`,
        )
        return refusedCount === 1
      })
      expect(await app.call<unknown[]>('GET', '/schema/delivery/record')).toEqual([])
    })

    it('shows its queues to operators only, and only to their own pages', async () => {
      await redis.start()
      const url = `${app.baseUrl}/ops/queues/`
      const authorization = `Basic ${Buffer.from('operator:a password for operators').toString('base64')}`
      expect((await fetch(url)).status).toBe(401)
      const page = () => fetch(url, { headers: { authorization } })
      await until(async () => (await page()).status === 200, RECOVERY_MS)
      expect(await (await page()).text()).toContain('Streakline queues')
      const pause = (site: string) =>
        fetch(`${url}api/queues/activity/pause`, {
          method: 'PUT',
          headers: { authorization, 'sec-fetch-site': site },
        })
      expect((await pause('cross-site')).status).toBe(403)
      expect((await pause('same-origin')).status).toBe(200)
    })
  })
}
