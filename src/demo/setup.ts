import { type ApiClient, equals, type Filter } from './client.ts'
import type { ConnectorRecord, Named } from './records.ts'
import { FIFTY, SEVEN } from './scenario.ts'
import { SHOP_DOMAIN, type WebhookSecrets } from './sign.ts'
import { ZONE } from './week.ts'

/** What the story is played on. */
export interface Stage {
  readonly seven: Named
  readonly fifty: Named
  readonly couponService: Named
  readonly pool: Named
  readonly connectors: { readonly shopify: ConnectorRecord; readonly stripe: ConnectorRecord }
}

export interface StageOptions {
  readonly couponUrl: string
  readonly couponSigningSecret: string
  readonly webhookSecrets: WebhookSecrets
}

const POOL_CODES = ['FIFTY-01', 'FIFTY-02', 'FIFTY-03', 'FIFTY-04', 'FIFTY-05']
const EXPIRES_IN_DAYS = 30

/** Makes what is missing of the stage, by name: run again after a kill it makes nothing twice. */
export async function setStage(api: ApiClient, options: StageOptions): Promise<Stage> {
  const couponService = await provider(api, {
    name: 'coupon service',
    provider: 'http',
    settings: { url: options.couponUrl },
    credentials: { signingSecret: options.couponSigningSecret },
  })
  const pool = await provider(api, { name: 'pool of codes', provider: 'pool' })
  await fillPool(api, pool)

  const seven = await streak(api, { name: SEVEN, aggregationMethod: 'count', aggregationTargetValue: 1 })
  const fifty = await streak(api, { name: FIFTY, aggregationMethod: 'sum', aggregationTargetValue: 50 })
  for (const [target, percentage] of [
    [3, 10],
    [7, 20],
  ] as const) {
    await milestone(api, seven, {
      name: `${target} in a row`,
      milestoneTargetValue: target,
      milestoneMetric: 'consecutive_count',
      reward: { providerId: couponService.id, discount: { percentage }, expiresInDays: EXPIRES_IN_DAYS },
    })
  }
  await milestone(api, fifty, {
    name: 'spent 50',
    milestoneTargetValue: 50,
    milestoneMetric: 'current_progress_value',
    milestoneRepeat: 'once',
    reward: {
      providerId: pool.id,
      discount: { amount: 5, currency: 'EUR' },
      expiresInDays: EXPIRES_IN_DAYS,
    },
  })
  const bySpend = { streakId: fifty.id, value: 'order_total', currency: 'EUR', minimumValue: 20 }
  const connectors = {
    shopify: await connector(api, {
      name: 'demo shop',
      platform: 'shopify',
      credentials: { webhookSecrets: [options.webhookSecrets.shopify] },
      settings: { shopDomain: SHOP_DOMAIN },
      rules: [{ streakId: seven.id, value: 'one' }, bySpend],
    }),
    stripe: await connector(api, {
      name: 'demo payments',
      platform: 'stripe',
      credentials: { webhookSecrets: [options.webhookSecrets.stripe] },
      rules: [{ streakId: seven.id, value: 'one' }],
    }),
  }
  return { seven, fifty, couponService, pool, connectors }
}

interface NewRecord {
  readonly name: string
  readonly [field: string]: unknown
}

async function findOrCreate<T extends Named>(
  api: ApiClient,
  slug: string,
  body: NewRecord,
  ...filters: Filter[]
): Promise<T> {
  const [found] = await api.list<T>(slug, equals('name', body.name), ...filters)
  return found ?? (await api.create<T>(slug, body))
}

function provider(api: ApiClient, body: NewRecord): Promise<Named> {
  return findOrCreate(api, 'coupon_provider', body)
}

function streak(api: ApiClient, body: NewRecord): Promise<Named> {
  return findOrCreate(api, 'streak', {
    ...body,
    status: 'live',
    aggregationPeriod: 'daily',
    timezone: ZONE,
  })
}

function milestone(api: ApiClient, streak: Named, body: NewRecord): Promise<Named> {
  const full = { ...body, linkedSchemaRecordId: streak.id, status: 'live' }
  return findOrCreate(api, 'milestone', full, equals('linkedSchemaRecordId', streak.id))
}

function connector(api: ApiClient, body: NewRecord): Promise<ConnectorRecord> {
  return findOrCreate(api, 'connector', body)
}

async function fillPool(api: ApiClient, pool: Named): Promise<void> {
  const codes = await api.list('coupon_code', equals('providerId', pool.id))
  if (codes.length === 0) await api.create('coupon_code', { providerId: pool.id, codes: POOL_CODES })
}
