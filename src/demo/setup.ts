import type {
  Connector,
  ConnectorCreate,
  CouponProvider,
  CouponProviderCreate,
  Milestone,
  MilestoneCreate,
  Page,
  Streak,
  StreakCreate,
  StreaklineClient,
} from '../client/index.ts'
import { installed, type Merchant } from './install.ts'
import { FIFTY, type Platform, SEVEN } from './scenario.ts'
import { ZONE } from './week.ts'

/** What the story is played on. */
export interface Stage {
  readonly seven: Streak
  readonly fifty: Streak
  readonly connectors: Readonly<Record<Platform, Connector>>
  /** Who makes coupons at the platforms; the pool is a third. */
  readonly providers: Readonly<Record<Platform, CouponProvider>>
}

const POOL_CODES = ['FIFTY-01', 'FIFTY-02', 'FIFTY-03', 'FIFTY-04', 'FIFTY-05']
const EXPIRES_IN_DAYS = 30

/** Makes and installs what is missing of the stage, by name: run again after a kill it makes nothing twice. */
export async function setStage(api: StreaklineClient, merchant: Merchant): Promise<Stage> {
  const seven = await streak(api, { name: SEVEN, aggregationMethod: 'count', aggregationTargetValue: 1 })
  const fifty = await streak(api, { name: FIFTY, aggregationMethod: 'sum', aggregationTargetValue: 50 })
  const connectors = await connect(api, merchant, seven, fifty)
  const providers = {
    shopify: await provider(api, {
      name: 'discount codes of the shop',
      provider: 'shopify',
      connectorId: connectors.shopify.id,
    }),
    stripe: await provider(api, {
      name: 'promotion codes',
      provider: 'stripe',
      connectorId: connectors.stripe.id,
    }),
  }
  for (const [target, percentage, { id: providerId }] of [
    [3, 10, providers.shopify],
    [7, 20, providers.stripe],
  ] as const) {
    await milestone(api, {
      linkedSchemaRecordId: seven.id,
      name: `${target} in a row`,
      milestoneTargetValue: target,
      milestoneMetric: 'consecutive_count',
      reward: { providerId, discount: { percentage }, expiresInDays: EXPIRES_IN_DAYS },
    })
  }
  const pool = await provider(api, { name: 'pool of codes', provider: 'pool' })
  await fillPool(api, pool)
  await milestone(api, {
    linkedSchemaRecordId: fifty.id,
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
  return { seven, fifty, connectors, providers }
}

/** Both shops: first a draft with its rules, then the install, which makes it live. */
async function connect(
  api: StreaklineClient,
  { shopDomain, app, restrictedKey }: Merchant,
  seven: Streak,
  fifty: Streak,
): Promise<Stage['connectors']> {
  const bySpend = { streakId: fifty.id, value: 'order_total', currency: 'EUR', minimumValue: 20 } as const
  const shopify = await connector(api, {
    name: 'demo shop',
    platform: 'shopify',
    settings: { shopDomain },
    rules: [{ streakId: seven.id, value: 'one' }, bySpend],
  })
  const stripe = await connector(api, {
    name: 'demo payments',
    platform: 'stripe',
    rules: [{ streakId: seven.id, value: 'one' }],
  })
  return {
    shopify: await installed(api, shopify, { method: 'client_credentials', ...app }),
    stripe: await installed(api, stripe, { method: 'restricted_key', apiKey: restrictedKey }),
  }
}

function provider(api: StreaklineClient, body: CouponProviderCreate): Promise<CouponProvider> {
  const found = api.couponProvider.list({ filters: named(body) })
  return firstOr(found, () => api.couponProvider.create(body))
}

function streak(api: StreaklineClient, body: StreakCreate): Promise<Streak> {
  const daily = { ...body, status: 'live', aggregationPeriod: 'daily', timezone: ZONE } as const
  return firstOr(api.streak.list({ filters: named(body) }), () => api.streak.create(daily))
}

function milestone(api: StreaklineClient, body: MilestoneCreate): Promise<Milestone> {
  const { linkedSchemaRecordId: streakId } = body
  const ofStreak = { fieldSlug: 'linkedSchemaRecordId', operator: 'EQUALS', value: streakId } as const
  const found = api.milestone.list({ filters: { and: [named(body), ofStreak] } })
  return firstOr(found, () => api.milestone.create({ ...body, status: 'live' }))
}

function connector(api: StreaklineClient, body: ConnectorCreate): Promise<Connector> {
  return firstOr(api.connector.list({ filters: named(body) }), () => api.connector.create(body))
}

function named({ name }: { readonly name: string }) {
  return { fieldSlug: 'name', operator: 'EQUALS', value: name } as const
}

async function firstOr<T>(found: Promise<Page<T>>, make: () => Promise<T>): Promise<T> {
  const [first] = (await found).data
  return first ?? (await make())
}

async function fillPool(api: StreaklineClient, { id: providerId }: CouponProvider): Promise<void> {
  const ofPool = { fieldSlug: 'providerId', operator: 'EQUALS', value: providerId } as const
  const { data } = await api.couponCode.list({ filters: ofPool })
  if (data.length === 0) await api.couponCode.create({ providerId, codes: POOL_CODES })
}
