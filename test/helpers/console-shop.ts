import type { Api, Body } from './api.ts'
import { type ExplainShop, openExplainShop } from './explain-shop.ts'
import { shopifyOrder } from './payloads.ts'

/** A shop with something to see on every page of the console. */
export interface ConsoleShop extends ExplainShop {
  readonly member: Body
  /** Weekly, from Sunday, in Los Angeles. */
  readonly weeks: Body
  readonly pool: Body
  /** A service of the merchant's own. */
  readonly service: Body
  /** Of a milestone whose codes are the merchant's to give. */
  readonly byHand: Body
}

/** Who buys in it. */
export const SHOPPER = { firstName: 'שרה', lastName: 'Levi' } as const

export async function openConsoleShop(api: Api): Promise<ConsoleShop> {
  const shop = await openExplainShop(api, 'Corner Bakery')
  const { admin } = shop
  const weeks = await admin.create('streak', {
    name: 'Every week',
    status: 'live',
    aggregationMethod: 'count',
    aggregationPeriod: 'weekly',
    aggregationTargetValue: 1,
    timezone: 'America/Los_Angeles',
    weekStartsOn: 'sunday',
  })
  const pool = await admin.create('coupon_provider', { name: 'Printed codes', provider: 'pool' })
  const service = await admin.create('coupon_provider', {
    name: 'Our service',
    provider: 'http',
    settings: { url: 'https://coupons.example.com/' },
    credentials: { signingSecret: `whsec_${'c2VjcmV0'.repeat(5)}` },
  })
  const milestone = (name: string, reward: object | null) =>
    admin.create('milestone', {
      linkedSchemaRecordId: shop.days.id,
      name,
      status: 'live',
      milestoneTargetValue: 1,
      reward,
    })
  await milestone('A cake', null)
  await milestone('Ten per cent', { providerId: pool.id, discount: { percentage: 10 } })
  await shop.told('orders/paid', shopifyOrder({ currency: 'EUR', totalPrice: '60.00', ...SHOPPER }))
  const [member] = (await admin.list('account_user')).body.data
  // half past eleven on a Saturday evening, and half past midnight on a Sunday, in Los Angeles
  for (const activityAt of ['2026-11-01T06:30:00.000Z', '2026-11-08T08:30:00.000Z']) {
    await admin.create('streak_log', {
      streakId: weeks.id,
      ownedById: member.id,
      activityAt,
      activityId: 'made_a_purchase',
      uniqueIdentifier: activityAt,
    })
  }
  const rewards = (await admin.list('reward_log')).body.data
  const byHand = rewards.find(({ reward }: Body) => reward === null)
  return { ...shop, member, weeks, pool, service, byHand }
}
