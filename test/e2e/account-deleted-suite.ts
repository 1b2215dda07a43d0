import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import { runDelete } from '../../src/cli/accounts-delete.ts'
import { type Installation, openInstallation } from '../../src/compose.ts'
import { type CollectionName, SCHEMA } from '../../src/ports/schema.ts'
import type { Body } from '../helpers/api.ts'
import { shopifyOrder } from '../helpers/payloads.ts'
import { quietLogger } from '../helpers/quiet-logger.ts'
import { redisForTests, type TestRedis } from '../helpers/redis-server.ts'
import { type RunningApp, runApp } from '../helpers/running-app.ts'
import { shopifyRequest } from '../helpers/signed.ts'
import { until } from '../helpers/until.ts'

const SECRET = 'a-secret-of-the-merchant'
/** Webhooks that are under way at once. */
const SENDERS = 8

/** Of the whole program on a store; without an address on SQLite. */
export function describeAccountDeleted(name: string, mongoUri: () => string | undefined): void {
  describe(`an account that is deleted while webhooks come in (${name})`, () => {
    let redis: TestRedis
    let app: RunningApp
    let installation: Installation

    beforeAll(async () => {
      redis = await redisForTests()
      const uri = mongoUri()
      app = await runApp({ redisUrl: redis.url, ...(uri === undefined ? {} : { mongoUri: uri }) })
      installation = await openInstallation(app.config, quietLogger, { claim: false })
    })
    afterAll(async () => {
      await app.stop()
      await installation.close()
      await redis.stop()
    })

    it('leaves nothing behind, whatever was under way', async () => {
      const { store } = installation
      const [account] = await store.find('account', { limit: 1 })
      const streak = await app.call<Body>('POST', '/schema/streak/record', {
        name: 'a purchase a day',
        status: 'live',
        aggregationMethod: 'count',
        aggregationTargetValue: 1,
      })
      const connector = await app.call<Body>('POST', '/schema/connector/record', {
        name: 'shop',
        platform: 'shopify',
        credentials: { webhookSecrets: [SECRET] },
        settings: { shopDomain: 'shop.myshopify.com' },
        rules: [{ streakId: streak.id }],
      })
      let [isOver, serial, stored] = [false, 0, 0]
      const statuses = new Set<number>()
      const send = async () => {
        while (!isOver) {
          serial += 1
          const body = String(shopifyOrder({ id: 5000 + serial, customerId: serial % 40 }))
          const request = shopifyRequest({
            body,
            secret: SECRET,
            headers: { 'x-shopify-webhook-id': `${serial}` },
          })
          const status = await app.deliver(connector.webhookPath, request)
          statuses.add(status)
          if (status === 200) stored += 1
          else return
        }
      }
      const senders = Promise.all(Array.from({ length: SENDERS }, send))
      await until(() => stored > 40)
      const quiet = { progress: { show: () => {}, end: () => {} }, print: () => {}, ask: null }
      const settle = async () => {
        // whoever still sends is told that there is no such connector
        await senders
        isOver = true
        await app.stop()
      }
      await runDelete({ installation, ...quiet, settle }, account!.id, { yes: true })
      expect([...statuses].every((status) => status === 200 || status === 404)).toBe(true)
      const left: Partial<Record<CollectionName, number>> = {}
      for (const collection of Object.keys(SCHEMA) as CollectionName[]) {
        const own = { field: 'accountId', op: 'eq', value: account!.id } as const
        const count = await store.count(collection, own, 1_000)
        if (count > 0) left[collection] = count
      }
      expect(left).toEqual({})
    })
  })
}
