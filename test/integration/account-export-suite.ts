import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import { v7 as newId } from 'uuid'
import { accountExport } from '../../src/http/account-export.ts'
import { createResources } from '../../src/http/resources.ts'
import { type CollectionName, SCHEMA } from '../../src/ports/schema.ts'
import type { Change, Store } from '../../src/ports/store.ts'
import { row } from '../contract/store/rows.ts'
import { type Api, type Body, startApi } from '../helpers/api.ts'
import { type ExplainShop, openExplainShop } from '../helpers/explain-shop.ts'
import { shopifyOrder } from '../helpers/payloads.ts'
import { shopifyRefund } from '../helpers/report-payloads.ts'

/** What no resource shows: it follows from the records, or is how the program works them off. */
const INTERNAL: readonly CollectionName[] = [
  ...(['run', 'purchase', 'delivery_item', 'installation', 'provider_state', 'code_use'] as const),
  ...(['cap_use', 'cap_gate', 'streak_watch', 'erasure', 'console_session'] as const),
]

/** What exporting an account promises on every store. */
export function describeAccountExport(
  name: string,
  open: () => Promise<{ readonly store: Store; close(): Promise<void> }>,
): void {
  describe(`exporting an account (${name})`, () => {
    let api: Api
    let shop: ExplainShop
    let close: () => Promise<void>
    beforeAll(async () => {
      const opened = await open()
      close = opened.close
      api = await startApi({ store: opened.store })
      shop = await openExplainShop(api, `export ${newId()}`)
    })
    afterAll(async () => {
      await api.close()
      await close()
    })

    const lines = async (): Promise<Body[]> => {
      const all: Body[] = []
      for await (const each of accountExport(api.deps, createResources(api.deps), shop.admin.accountId)) {
        expect(each.indexOf('\n')).toBe(each.length - 1)
        all.push(JSON.parse(each))
      }
      return all
    }
    const recordsOf = (all: Body[], slug: string) =>
      all.filter((each) => each.slug === slug).map(({ record }) => record)

    it('has every record as the API shows it, bodies too, and says where it ends', async () => {
      const ordered = shopifyOrder({ currency: 'EUR', totalPrice: '60.00' })
      await shop.told('orders/paid', ordered)
      await shop.told(
        'refunds/create',
        shopifyRefund({ transactions: [{ amount: '20.00', currency: 'EUR' }] }),
      )
      await shop.admin.create('milestone', {
        linkedSchemaRecordId: shop.days.id,
        name: 'two days',
        status: 'live',
        milestoneTargetValue: 2,
      })
      await shop.told(
        'orders/paid',
        shopifyOrder({ currency: 'EUR', id: 5002, processedAt: '2026-11-21T10:00:00Z' }),
      )
      const all = await lines()
      expect(all[0]).toEqual({
        format: 'streakline account export',
        version: 1,
        accountId: shop.admin.accountId,
        exportedAt: new Date(api.clock.now()).toISOString(),
      })
      expect(all.at(-1)).toEqual({ end: true, records: all.length - 2 })
      for (const slug of ['streak', 'streak_log', 'withdrawal', 'account_user', 'reward_log', 'connector']) {
        const listed: Body[] = (await shop.admin.list(slug, { limit: 1000 })).body.data
        const shown = await Promise.all(
          listed.map(async ({ id }) => (await shop.admin.get(`/schema/${slug}/record/${id}`)).body.data),
        )
        expect(shown).not.toEqual([])
        expect([slug, recordsOf(all, slug)]).toEqual([slug, shown])
      }
      const bodies = recordsOf(all, 'delivery').map(({ body }) => body)
      expect(bodies).toHaveLength(3)
      expect(bodies).toContain(ordered)
      expect(recordsOf(all, 'account')).toHaveLength(1)
    })

    it('has all of what is more than a page, once each, and nothing of others', async () => {
      const other = await api.account(`other ${newId()}`)
      await other.create('account_user', { externalId: 'somebody else' })
      // three of an instant, so that where a page ends is told by both
      const members = Array.from({ length: 450 }, (_, at) => {
        const given = {
          externalId: `c${at}`,
          status: 'live' as const,
          createdAt: api.clock.now() - Math.floor(at / 3),
        }
        return { ...row('member', given), accountId: shop.admin.accountId, profileTimes: {} }
      })
      const inserts = members.map((each): Change => ({ op: 'insert', collection: 'member', row: each }))
      for (let at = 0; at < inserts.length; at += 150) await api.store.commit(inserts.slice(at, at + 150))
      const exported = recordsOf(await lines(), 'account_user').map(({ externalId }) => externalId)
      expect(new Set(exported).size).toBe(exported.length)
      expect(exported).toEqual(expect.arrayContaining(members.map(({ externalId }) => externalId)))
      expect(exported).not.toContain('somebody else')
    })

    it('holds no secret', async () => {
      const secrets = [
        `whsec_${'s'.repeat(30)}`,
        `whsec_${Buffer.alloc(32, 'coupons').toString('base64')}`,
        shop.admin.headers['x-api-secret']!,
      ]
      await shop.admin.create('connector', {
        name: 'stripe',
        platform: 'stripe',
        credentials: { webhookSecrets: [secrets[0]] },
        rules: [{ streakId: shop.days.id, currency: 'EUR' }],
      })
      await shop.admin.create('coupon_provider', {
        name: 'service',
        provider: 'http',
        credentials: { signingSecret: secrets[1] },
        settings: { url: 'https://coupons.example.com/make' },
      })
      const endpoint = await shop.admin.create('webhook_endpoint', {
        url: 'https://hooks.example.com/',
        events: ['reward.issued'],
      })
      const all = await lines()
      const text = JSON.stringify(all)
      for (const secret of [...secrets, endpoint.secret]) expect(text).not.toContain(secret)
      const names = new Set(all.flatMap(({ record }) => Object.keys(record ?? {})))
      expect([...names].filter((each) => /sealed|hash$|token/i.test(each))).toEqual([])
      for (const slug of ['api_key', 'coupon_provider', 'webhook_endpoint', 'audit_log'])
        expect(recordsOf(all, slug)).not.toEqual([])
    })

    it('is of everything that is stored, but for what is known to be the program’s own', () => {
      const shown = createResources(api.deps).map(({ collection }) => collection)
      expect([...shown, ...INTERNAL].sort()).toEqual(Object.keys(SCHEMA).sort())
      expect(createResources(api.deps).every(({ pages }) => pages !== undefined)).toBe(true)
    })

    it('is refused for an account that is not there', async () => {
      const nobody = accountExport(api.deps, createResources(api.deps), newId())
      await expect(nobody.next()).rejects.toMatchObject({ code: 'NOT_FOUND' })
    })
  })
}
