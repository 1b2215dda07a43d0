import { newSigningSecret } from '../../helpers/coupon-requests.ts'
import type { CouponShop } from '../books/shop.ts'
import type { Api } from './api.ts'
import type { CouponService } from './coupon-service.ts'
import { type Order, SHOPIFY_SECRET, STRIPE_SECRET } from './orders.ts'
import { ownerAt } from './platform-books.ts'

/** Purchases on so many days in a row earn a coupon once. */
export const DAYS_IN_A_ROW = 3
/** Spent on one day, it earns a coupon for that day. */
export const SPENT_CENTS = 5_000

interface Named {
  readonly id: string
}

/** A merchant's streaks, rewards and connectors. */
export interface Merchant {
  readonly visits: Named
  readonly spending: Named
  readonly inARow: Named
  readonly spent: Named
  readonly providerId: string
  /** Signs what the merchant is told. */
  readonly webhookSecret: string
  readonly webhookPaths: Readonly<Record<Order['platform'], string>>
}

/** Sets a merchant up over the API: a count and a sum, a coupon for each, both platforms. */
export async function setUpMerchant(
  api: Api,
  coupons: CouponService,
  shop: CouponShop | null,
): Promise<Merchant> {
  const streak = (name: string, aggregationMethod: 'count' | 'sum', aggregationTargetValue: number) =>
    api.create<Named>('streak', {
      name,
      status: 'live',
      aggregationMethod,
      aggregationTargetValue,
      aggregationPeriod: 'daily',
      timezone: 'UTC',
    })
  const visits = await streak('a purchase a day', 'count', 1)
  const spending = await streak('50 EUR a day', 'sum', SPENT_CENTS / 100)
  const providerId = shop === null ? await serviceOf(api, coupons) : await shop.connect(ownerAt(api))
  const own = shop === null ? { prefix: 'FAULT-' } : shop.lifetime
  const reward = { providerId, discount: { percentage: 10 }, ...own }
  const milestone = (streakId: string, body: object) =>
    api.create<Named>('milestone', { linkedSchemaRecordId: streakId, status: 'live', reward, ...body })
  const inARow = await milestone(visits.id, {
    name: `${DAYS_IN_A_ROW} days in a row`,
    milestoneTargetValue: DAYS_IN_A_ROW,
    milestoneMetric: 'consecutive_count',
    milestoneRepeat: 'once',
  })
  const spent = await milestone(spending.id, {
    name: 'spent 50 EUR in a day',
    milestoneTargetValue: SPENT_CENTS / 100,
    milestoneMetric: 'current_progress_value',
    milestoneRepeat: 'every_period',
    onWithdrawal: 'revoke',
  })
  const endpoint = await api.create<{ readonly secret: string }>('webhook_endpoint', {
    url: coupons.hooksUrl,
    events: ['milestone.achieved', 'reward.issued', 'reward.failed', 'reward.revoked'],
  })
  const rules = [
    { streakId: visits.id, value: 'one' },
    { streakId: spending.id, value: 'order_total', currency: 'EUR' },
  ]
  const connector = (platform: Order['platform'], secret: string, settings: object) =>
    api.create<{ readonly webhookPath: string }>('connector', {
      name: platform,
      platform,
      credentials: { webhookSecrets: [secret] },
      settings,
      rules,
    })
  const shopify = await connector('shopify', SHOPIFY_SECRET, { shopDomain: 'example.myshopify.com' })
  const stripe = await connector('stripe', STRIPE_SECRET, {})
  const webhookPaths = { shopify: shopify.webhookPath, stripe: stripe.webhookPath }
  return { visits, spending, inARow, spent, providerId, webhookSecret: endpoint.secret, webhookPaths }
}

async function serviceOf(api: Api, coupons: CouponService): Promise<string> {
  const { id } = await api.create<Named>('coupon_provider', {
    name: 'coupon service',
    provider: 'http',
    settings: { url: coupons.url, revokeUrl: coupons.revokeUrl },
    credentials: { signingSecret: newSigningSecret() },
  })
  return id
}
