import { readFileSync } from 'node:fs'
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import { type AdminSchema, loadAdminSchema } from '../../src/doubles/shopify/schema.ts'
import type { Body } from '../helpers/api.ts'
import { openTempStore, type TempStore } from '../helpers/sqlite-store.ts'
import { HOUR_MS, openWebhookRig, type WebhookRig } from '../helpers/webhook-rig.ts'

const PAGE = readFileSync(new URL('../../docs/telling-shoppers.md', import.meta.url), 'utf8')
const ENV = { KLAVIYO_KEY: 'pk_1', SHOP: 'demo-shop.myshopify.com', SHOPIFY_TOKEN: 'shpat_1' }
const MEMBER = { externalId: 'shopify:7001', email: 'ada@example.com' }

type Asked = { readonly url: string; readonly headers: Record<string, string>; readonly body: Body }

/** What a recipe of the page sends for a message, as its worker would run it. */
async function play(heading: string, message: Body, id: string, answer: object): Promise<Asked[]> {
  const [, recipe] = new RegExp(`## ${heading}\\n[\\s\\S]*?\`\`\`js\\n([\\s\\S]*?)\`\`\``).exec(PAGE) ?? []
  if (recipe === undefined) throw new Error(`the page has no recipe for ${heading}`)
  const asked: Asked[] = []
  const fetch = async (url: string, { headers, body }: { headers: Record<string, string>; body: string }) => {
    asked.push({ url, headers, body: JSON.parse(body) })
    return Response.json(answer)
  }
  const AsyncFunction = (async () => {}).constructor as new (
    ...parts: string[]
  ) => (...given: unknown[]) => Promise<void>
  const run = new AsyncFunction('type', 'data', 'request', 'process', 'fetch', recipe)
  await run(message.type, message.data, { headers: { 'webhook-id': id } }, { env: ENV }, fetch)
  return asked
}

describe('the recipes on the page about telling shoppers', () => {
  let temp: TempStore
  let rig: WebhookRig
  let admin: AdminSchema
  /** As they were sent, by their type. */
  const sent = new Map<string, { readonly id: string; readonly message: Body }>()

  beforeAll(async () => {
    admin = await loadAdminSchema()
    temp = await openTempStore()
    rig = await openWebhookRig(temp.store)
    await rig.endpoint(['reward.issued', 'streak.at_risk'])
    const rule = { aggregationMethod: 'count', aggregationTargetValue: 1, aggregationPeriod: 'daily' }
    const streak = await rig.admin.create('streak', { name: 'a coffee a day', status: 'live', ...rule })
    await rig.admin.create('milestone', {
      ...{ linkedSchemaRecordId: streak.id, name: 'the first', milestoneTargetValue: 1, status: 'live' },
    })
    const log = await rig.admin.create('streak_log', {
      ...{ streakId: streak.id, ownedBy: MEMBER, activityId: 'a', uniqueIdentifier: 'order 1' },
      activityAt: new Date(rig.now()).toISOString(),
    })
    const path = `/schema/reward_log/record/${log.achievedMilestoneRewardLog.id}`
    await rig.admin.patch(path, { couponCode: 'THANKS-10', rewardExpiryAt: '2099-01-01T00:00:00Z' })
    // until the day after is nearly over, an hour at a time
    for (let hours = 0; hours < 48 && sent.size < 2; hours += 1) {
      await rig.workers.watch()
      await rig.sendDue()
      for (const { request, payload } of rig.received())
        sent.set(payload.type, { id: String(request.headers['webhook-id']), message: payload })
      rig.pass(HOUR_MS)
    }
  })
  afterAll(async () => {
    await rig.close()
    await temp.close()
  })

  it('have Klaviyo take an event for a coupon, once, under a profile that is there or is made', async () => {
    const { id, message } = sent.get('reward.issued')!
    const [asked] = await play('Klaviyo', message, id, {})
    expect(asked).toMatchObject({
      url: 'https://a.klaviyo.com/api/events',
      headers: { authorization: 'Klaviyo-API-Key pk_1', 'content-type': 'application/vnd.api+json' },
    })
    expect(asked!.body.data).toMatchObject({
      type: 'event',
      attributes: {
        unique_id: id,
        metric: { data: { type: 'metric', attributes: { name: 'Streakline reward.issued' } } },
        profile: {
          data: { type: 'profile', attributes: { email: MEMBER.email, external_id: MEMBER.externalId } },
        },
        properties: { streak: 'a coffee a day', code: 'THANKS-10', expires: '2099-01-01T00:00:00.000Z' },
      },
    })
  })

  it('have Klaviyo told of a streak that is at risk, with until when', async () => {
    const { id, message } = sent.get('streak.at_risk')!
    const [asked] = await play('Klaviyo', message, id, {})
    const { properties, metric } = asked!.body.data.attributes
    expect(metric.data.attributes.name).toBe('Streakline streak.at_risk')
    expect(properties).toMatchObject({ count: 1, ends: message.data.periodEndAt })
    expect(Date.parse(properties.ends)).toBeGreaterThan(0)
  })

  it('begin a workflow of Shopify Flow, by a mutation that Shopify’s own schema takes', async () => {
    const { id, message } = sent.get('reward.issued')!
    const told = { data: { flowTriggerReceive: { userErrors: [] } } }
    const [asked] = await play('Shopify Flow', message, id, told)
    expect(asked!.url).toBe(`https://${ENV.SHOP}/admin/api/2026-10/graphql.json`)
    const { graphql, schema } = admin
    const rules = [...graphql.specifiedRules, graphql.NoDeprecatedCustomRule]
    expect(graphql.validate(schema, graphql.parse(asked!.body.query), rules)).toEqual([])
    expect(asked!.body.variables).toEqual({
      handle: 'coupon-issued',
      payload: { customer_id: 7001, code: 'THANKS-10', streak: 'a coffee a day' },
    })
    const refused = { data: { flowTriggerReceive: { userErrors: [{ message: 'no' }] } } }
    await expect(play('Shopify Flow', message, id, refused)).rejects.toThrow('Flow did not take it')
  })

  it('leave Flow alone for members who are no customers of the shop', async () => {
    const { id, message } = sent.get('reward.issued')!
    const member = { ...message.data.member, externalId: 'stripe:cus_1' }
    expect(await play('Shopify Flow', { ...message, data: { ...message.data, member } }, id, {})).toEqual([])
  })
})
