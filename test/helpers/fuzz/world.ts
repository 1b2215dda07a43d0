import type { Served } from '../../../src/http/resource.ts'
import type { Api, Client } from '../api.ts'
import { ADA, connectorBody, logBody, openShop, rewardOf, streakBody } from '../shop.ts'

/** What the requests are made of: who calls, which records there are, and bodies that would be good. */
export interface World {
  readonly admin: Client
  /** Headers of an end user. */
  readonly endUser: Readonly<Record<string, string>>
  readonly resources: readonly Served[]
  /** Ids of records, by the slug of their resource; some resources may have none. */
  readonly ids: ReadonlyMap<string, string>
  readonly bodies: ReadonlyMap<string, unknown>
  /** Where platforms deliver to, and what they sign with. */
  readonly hooks: { readonly shopify: string; readonly stripe: string; readonly secret: string }
  readonly nowMs: number
  /** Paths outside /schema that answer something. */
  readonly otherPaths: readonly string[]
}

/** Of the length that both platforms' secrets have. */
const HOOK_SECRET = `whsec_${'0'.repeat(32)}`

export async function openWorld(api: Api, resources: readonly Served[]): Promise<World> {
  const shop = await openShop(api, 'fuzz')
  const { backend, streak, milestone, provider, connector, couponCode, adasLog } = shop
  const key = await backend.create('api_key', { name: 'a spare key', status: 'live' })
  const profile = { firstName: 'Ada', email: 'ada@example.com', phoneNumber: '+14155552671' }
  const reward = { providerId: provider.id, discount: { percentage: 10 }, expiresInDays: 7, prefix: 'TEN-' }
  const hook = async (platform: string, settings: object): Promise<string> => {
    const credentials = { webhookSecrets: [HOOK_SECRET] }
    const rules = [{ streakId: streak.id }]
    const made = await backend.create('connector', { name: platform, platform, credentials, settings, rules })
    return made.webhookPath
  }
  const firstId = async (slug: string) => (await backend.list(slug, { limit: 1 })).body.data[0].id
  return {
    admin: backend,
    endUser: shop.customer(ADA),
    resources,
    ids: new Map([
      ['streak', streak.id],
      ['milestone', milestone.id],
      ['coupon_provider', provider.id],
      ['connector', connector.id],
      ['coupon_code', couponCode.id],
      ['streak_log', adasLog.id],
      ['account_user', adasLog.ownedById],
      ['reward_log', rewardOf(adasLog, shop.manualMilestone).id],
      ['delivery', shop.deliveryId],
      ['api_key', key.id],
      ['account', backend.accountId],
      ['streak_progress', await firstId('streak_progress')],
      ['member_streak', await firstId('member_streak')],
    ]),
    bodies: new Map<string, unknown>([
      ['streak', { ...streakBody('A', 'live'), description: 'd', completionTargetValue: 5, timezone: 'UTC' }],
      [
        'milestone',
        {
          linkedSchemaRecordId: streak.id,
          milestoneTargetValue: 3,
          name: 'B',
          milestoneRepeat: 'once',
          reward,
        },
      ],
      [
        'streak_log',
        {
          ...logBody(streak.id, 'C', 'unique'),
          ownedBy: { externalId: 'C', ...profile },
          activityValue: 2.5,
        },
      ],
      ['account_user', { externalId: 'D', ...profile, status: 'live' }],
      ['connector', connectorBody(streak.id)],
      ['coupon_provider', { name: 'E', provider: 'pool', settings: {} }],
      ['coupon_code', { providerId: provider.id, codes: ['F-1', 'F-2'] }],
      ['api_key', { name: 'G', description: 'g', status: 'paused' }],
      ['reward_log', { couponCode: 'H', rewardIssuedAt: '2026-11-22T10:00:00Z', rewardExpiryAt: null }],
      ['account', { name: 'I', timezone: 'Europe/Berlin', endUserOrigins: ['https://shop.example'] }],
    ]),
    hooks: {
      shopify: await hook('shopify', { shopDomain: 'example.myshopify.com' }),
      stripe: await hook('stripe', {}),
      secret: HOOK_SECRET,
    },
    nowMs: api.clock.now(),
    otherPaths: ['/healthz', '/readyz', '/openapi.json', '/docs', '/docs/', '/', connector.webhookPath],
  }
}
