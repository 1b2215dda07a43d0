import type { Api, Body, Client } from './api.ts'
import { endUserToken, type Key } from './end-user-token.ts'
import { shopifyOrder, shopifyRequest } from './signed.ts'

/** Ada is a customer of every shop, under the same externalId; Bob too. */
export const ADA = 'customer-ada'
export const BOB = 'customer-bob'

/** An account with at least one record of everything that can be had today. */
export interface Shop {
  readonly backend: Client
  readonly key: Key
  readonly streak: Body
  /** A streak that is not live. */
  readonly draftStreak: Body
  /** Reached with the first purchase; the platform makes its coupon. */
  readonly milestone: Body
  /** Reached with the first purchase; the merchant gives the coupon. */
  readonly manualMilestone: Body
  /** Reached with the fifth purchase, so it is next. */
  readonly nextMilestone: Body
  readonly draftMilestone: Body
  readonly provider: Body
  readonly connector: Body
  readonly deliveryId: string
  readonly couponCode: Body
  /** Their logs, as they were answered. */
  readonly adasLog: Body
  readonly bobsLog: Body
  /** Headers of a customer, with a fresh token. */
  customer(externalId: string): Record<string, string>
  /** Headers that name this account, with any token. */
  withToken(token: string): Record<string, string>
}

const SHOP_DOMAIN = 'example.myshopify.com'
export const WEBHOOK_SECRET = 'webhook_secret_of_the_tests'

export async function openShop(api: Api, name: string): Promise<Shop> {
  const backend = await api.account(name)
  const { accountId, headers } = backend
  const key = { accountId, apiKey: headers['x-api-key'] ?? '', apiSecret: headers['x-api-secret'] ?? '' }
  const withToken = (token: string) => ({ 'x-enduser-access-token': token, 'x-account-id': accountId })

  const streak = await backend.create('streak', streakBody(`${name}: buy every day`, 'live'))
  const draftStreak = await backend.create('streak', streakBody(`${name}: not yet`, 'draft'))
  const provider = await backend.create('coupon_provider', { name: 'pool', provider: 'pool' })
  const [couponCode] = await backend.create('coupon_code', { providerId: provider.id, codes: [`${name}-1`] })
  const reward = { providerId: provider.id, discount: { percentage: 10 }, prefix: 'TEN-' }
  const milestoneOn = (milestoneTargetValue: number, given: object) =>
    backend.create('milestone', {
      linkedSchemaRecordId: streak.id,
      milestoneTargetValue,
      name: `${name}: ${milestoneTargetValue} in a row`,
      status: 'live',
      ...given,
    })
  const milestone = await milestoneOn(1, { reward, onWithdrawal: 'revoke' })
  const manualMilestone = await milestoneOn(1, {})
  const nextMilestone = await milestoneOn(5, { reward })
  const draftMilestone = await milestoneOn(7, { status: 'draft', reward })
  const connector = await backend.create('connector', connectorBody(streak.id))
  const order = shopifyRequest({ body: shopifyOrder({ id: 1 }), secret: WEBHOOK_SECRET })
  const delivered = await api.send(connector.webhookPath, {
    method: 'POST',
    headers: order.headers,
    body: new Uint8Array(order.body),
  })
  const asked = shopifyRequest({
    body: dataRequest(),
    secret: WEBHOOK_SECRET,
    topic: 'customers/data_request',
  })
  await api.send(connector.webhookPath, {
    method: 'POST',
    headers: asked.headers,
    body: new Uint8Array(asked.body),
  })
  const logOf = (externalId: string) =>
    backend.create('streak_log', logBody(streak.id, externalId, 'first order'))
  return {
    backend,
    key,
    streak,
    draftStreak,
    milestone,
    manualMilestone,
    nextMilestone,
    draftMilestone,
    provider,
    connector,
    deliveryId: delivered.body.data.deliveryId,
    couponCode,
    adasLog: await logOf(ADA),
    bobsLog: await logOf(BOB),
    customer: (externalId) => withToken(endUserToken(key, externalId, api.clock.now())),
    withToken,
  }
}

export function streakBody(name: string, status: string) {
  return { name, status, aggregationMethod: 'count', aggregationTargetValue: 1 }
}

export function connectorBody(streakId: string) {
  return {
    name: 'shop',
    platform: 'shopify',
    credentials: { webhookSecrets: [WEBHOOK_SECRET] },
    settings: { shopDomain: SHOP_DOMAIN },
    rules: [{ streakId }],
  }
}

export function logBody(streakId: string, externalId: string, uniqueIdentifier: string) {
  return {
    streakId,
    ownedBy: { externalId },
    activityId: 'made_a_purchase',
    activityAt: '2026-11-22T10:00:00Z',
    uniqueIdentifier,
  }
}

/** The reward log that a customer was granted for a milestone. */
export function rewardOf(log: Body, milestone: Body): Body {
  const rewards: Body[] = log.achievedMilestoneRewardLogs
  const found = rewards.find(({ milestoneId }) => milestoneId === milestone.id)
  if (found === undefined) throw new Error('the log was granted no reward of this milestone')
  return found
}

/** What a shop passes on when one of its customers wants to know what is kept. */
function dataRequest(): string {
  return JSON.stringify({
    ...{ shop_id: 954889, shop_domain: SHOP_DOMAIN, orders_requested: [], data_request: { id: 9999 } },
    customer: { id: 191167, email: 'john@example.com' },
  })
}
