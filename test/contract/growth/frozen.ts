import { readFileSync } from 'node:fs'
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import { createSecretBox } from '../../../src/crypto/secret-box.ts'
import { isIdentityOnly } from '../../../src/ports/schema/values.ts'
import {
  type CollectionName,
  type Row,
  SCHEMA,
  SCHEMA_VERSION,
  SHAPE,
  specOf,
} from '../../../src/ports/schema.ts'
import type { Store } from '../../../src/ports/store.ts'
import { rebuild } from '../../../src/rebuild/rebuild.ts'
import { SHOPIFY_SECRET_OF_V1 } from '../../fixtures/stores/scene.ts'
import { FROZEN_KEY } from '../../fixtures/stores/story.ts'
import { type Api, type Body, type Client, startApi } from '../../helpers/api.ts'
import { followGuide } from '../../helpers/follow-guide.ts'
import { codeBlocks, comparable, withAnswers } from '../../helpers/guide.ts'
import { shopifyOrder } from '../../helpers/payloads.ts'
import { workOff } from '../../helpers/replay-shop.ts'
import { shopifyRequest } from '../../helpers/signed.ts'
import { dump, type GrowthHarness, open, type Place } from './context.ts'

const PAGE = readFileSync(new URL('../../../docs/api.md', import.meta.url), 'utf8')
/** No version could set these yet. */
const NEVER_SET = ['reward_log.heldReason']

/** What the program of schema version 1 left behind is opened for ever. */
export function describeFrozen(harness: GrowthHarness): void {
  describe('the store of schema version 1', () => {
    let place: Place
    let store: Store
    let api: Api
    let admin: Client
    /** As they were frozen. */
    let counts: Readonly<Record<string, number>>
    let rows: Record<string, unknown[]>
    const clean = async () => {
      const deps = { store, clock: api.deps.clock, newId: api.deps.newId }
      const { journeys, differing, busy } = await rebuild(deps, { repair: false })
      return { hasJourneys: journeys > 9, differing, busy }
    }

    beforeAll(async () => {
      place = await harness.thawed()
      counts = await place.counts()
      store = await open(harness.kind, place)
      expect(await store.schemaVersion()).toBe(1)
      await store.migrate()
      rows = await dump(store, SHAPE)
      api = await startApi({ store, secretBox: createSecretBox([FROZEN_KEY]) })
      const { accountId, apiKey, apiSecret } = place.keys
      admin = api.as({ accountId, headers: { 'x-api-key': apiKey, 'x-api-secret': apiSecret } })
    })
    afterAll(async () => {
      await api.close()
      await store.close()
      await place.remove()
    })

    it('has rows in every collection, and every field that may be null both null and set', () => {
      for (const [collection, count] of Object.entries(counts)) {
        if (!collection.startsWith('meta'))
          expect({ collection, isEmpty: count === 0 }).toEqual({ collection, isEmpty: false })
      }
      // of collections and fields that came later it can tell nothing
      if (SCHEMA_VERSION > 1) return
      const untold = (Object.keys(SCHEMA) as CollectionName[]).flatMap((collection) =>
        Object.entries(specOf(collection).fields).flatMap(([field, { nullable }]) => {
          const isNull = (rows[collection] as Record<string, unknown>[]).map((row) => row[field] === null)
          return nullable && new Set(isNull).size < 2 ? [`${collection}.${field}`] : []
        }),
      )
      expect(untold).toEqual(NEVER_SET)
    })

    it('is brought forward with every row, and has nothing outstanding then', async () => {
      for (const [collection, count] of Object.entries(counts)) {
        if (!collection.startsWith('meta'))
          expect({ collection, count: rows[collection]?.length }).toEqual({ collection, count })
      }
      expect(await store.schemaVersion()).toBe(SCHEMA_VERSION)
      expect(await store.outstanding()).toEqual([])
      expect(await clean()).toEqual({ hasJourneys: true, differing: 0, busy: 0 })
    })

    it('knows of each reward which provider it waits for', () => {
      const rewards = rows.reward_log as Row<'reward_log'>[]
      expect(rewards.filter(({ waitingForProviderId }) => waitingForProviderId !== null)).not.toEqual([])
      for (const { waitingForProviderId, reward, fulfilmentStatus } of rewards) {
        const isWaiting = reward !== null && ['pending', 'issuing', 'revoking'].includes(fulfilmentStatus)
        expect(waitingForProviderId).toBe(isWaiting ? reward.providerId : null)
      }
    })

    it('has its addresses and the names that end with bodies filled in', () => {
      const members = rows.member as Row<'member'>[]
      const addresses = members.filter(({ email }) => email !== null)
      expect(addresses).not.toEqual([])
      for (const { email, emailIdentity: found } of members) {
        expect(found).toBe(email === null ? null : `email:${email.trim().toLowerCase()}`)
      }
      expect(members.filter(({ firstName }) => firstName !== null)).not.toEqual([])
      for (const { firstName, lastName, nameKey, turnedNameKey } of members) {
        const names = [firstName, lastName].filter((name) => name !== null).map((name) => name.toLowerCase())
        expect(nameKey).toBe(names.join(' ') || null)
        expect(turnedNameKey).toBe(names.length < 2 ? null : names.toReversed().join(' '))
      }
      const items = rows.delivery_item as Row<'delivery_item'>[]
      expect(items.filter(isIdentityOnly)).not.toEqual([])
      for (const item of items) {
        expect(item.nameKeptSince).toBe(isIdentityOnly(item) ? item.receivedAt : null)
      }
    })

    it('answers its own backend on every resource', async () => {
      for (const slug of [
        'streak',
        'streak_log',
        'streak_progress',
        'member_streak',
        'milestone',
        'reward_log',
        'withdrawal',
        'coupon_provider',
        'coupon_code',
        'account_user',
        'connector',
        'delivery',
        'api_key',
        'account',
      ]) {
        const { status, body } = await admin.list(slug, { limit: 1_000 })
        expect({ slug, status, isEmpty: body.data.length === 0 }).toEqual({
          slug,
          status: 200,
          isEmpty: false,
        })
        const [first] = body.data
        if (slug !== 'coupon_code')
          expect((await admin.get(`/schema/${slug}/record/${first.id}`)).status).toBe(200)
      }
    })

    it('takes webhooks by the secrets in it, and works off what was left', async () => {
      const connectors: Body[] = (await admin.list('connector')).body.data
      const shop = connectors.find(({ name }) => name === 'web shop')
      const body = shopifyOrder({ id: 77_001, customerId: '7001', processedAt: '2026-11-22T10:00:00Z' })
      const { headers, body: bytes } = shopifyRequest({ body, secret: SHOPIFY_SECRET_OF_V1 })
      const init = { method: 'POST', headers, body: new Uint8Array(bytes) }
      expect((await api.send(shop.webhookPath, init)).status).toBe(200)
      // the new one, and the one that nobody had seen when the store was frozen
      expect(await workOff(api)).toBeGreaterThanOrEqual(2)
      const filters = { fieldSlug: 'streakId', operator: 'EQUALS', value: shop.rules[0].streakId }
      const logs: Body[] = (await admin.list('streak_log', { filters, limit: 1_000 })).body.data
      const counted = logs.map(({ uniqueIdentifier }) => uniqueIdentifier)
      expect(counted).toEqual(expect.arrayContaining(['77001', '1301', '1001']))
    })

    it('finishes the erasure that a crash cut short', async () => {
      const [erasure] = rows.erasure as [{ id: string }]
      expect((await admin.delete(`/schema/account_user/record/${erasure.id}`)).status).toBe(204)
      expect(await store.find('erasure', { limit: 10 })).toEqual([])
    })

    it('serves the guide as a new store does', async () => {
      const blocks = withAnswers(codeBlocks(PAGE), 'sh', 'json')
      const { ended, printed } = await followGuide(api, admin, blocks, 'bash')
      expect(ended).toEqual({ status: 0, stderr: '' })
      const told = blocks.flatMap(({ answer }) => (answer === null ? [] : [JSON.parse(answer)]))
      const came = blocks.flatMap(({ answer }, at) =>
        answer === null ? [] : [JSON.parse(printed[at]?.trim().split('\n').at(-1) ?? '')],
      )
      expect(comparable(came)).toEqual(comparable(told))
    })

    it('is still what its ledger says after all that', async () => {
      expect(await clean()).toEqual({ hasJourneys: true, differing: 0, busy: 0 })
    })
  })
}
