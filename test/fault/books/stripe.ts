import { startStripeDouble } from '../../../src/doubles/stripe/index.ts'
import { tell } from '../../helpers/doubles.ts'
import { type CouponShop, EXPIRES_IN_DAYS, runningClock, type ShopOwner } from './shop.ts'

interface Code {
  readonly id: string
  readonly code: string
  readonly active: boolean
  readonly expires_at: number | null
  readonly metadata: { readonly streakline_reward_log?: string }
}

/** An account with a restricted key; without limits, for these are no fault. */
export async function openStripe(now = runningClock()): Promise<CouponShop> {
  const double = await startStripeDouble({ now })
  await tell(double, 'POST /limits', { live: 10_000, test: 10_000, endpoint: 10_000 })
  let connectorId = ''
  let apiKey = ''
  const codes = async () =>
    (await tell<{ promotionCodes: readonly Code[] }>(double, 'GET /promotion-codes')).promotionCodes

  async function install(client: ShopOwner): Promise<void> {
    apiKey = (await tell<{ id: string }>(double, 'POST /keys', {})).id
    const body = { method: 'restricted_key', apiKey }
    const answer = await client.post(`/schema/connector/record/${connectorId}/install`, body)
    if (answer.status !== 200) throw new Error(answer.text)
  }

  return {
    kind: 'stripe',
    label: 'stripe',
    double,
    lifetime: { expiresInDays: EXPIRES_IN_DAYS },
    stop: () => double.stop(),
    async connect(client) {
      connectorId = (await client.create('connector', { name: 'account', platform: 'stripe' })).id
      await install(client)
      const given = { name: 'account', provider: 'stripe', connectorId }
      return (await client.create('coupon_provider', given)).id
    },
    making: ({ drawnCode }) => ({
      ...{ method: 'POST', path: '/v1/promotion_codes', contains: `code=${drawnCode}` },
    }),
    async takingBack({ id: rewardLogId, drawnCode }) {
      const found = (await codes()).find(({ metadata }) => metadata.streakline_reward_log === rewardLogId)
      return [
        { method: 'GET', path: `code=${drawnCode}` },
        { method: 'POST', path: `/v1/promotion_codes/${found?.id}` },
      ]
    },
    async books() {
      const now = double.clock.now() / 1_000
      return (await codes()).map(({ code, active, expires_at: expiresAt, metadata }) => ({
        rewardLogId: metadata.streakline_reward_log ?? null,
        code,
        isAlive: active && (expiresAt === null || expiresAt > now),
      }))
    },
    async refuse() {
      await tell(double, 'POST /keys/expire', { key: apiKey })
    },
    readmit: install,
  }
}
