import { startShopifyDouble } from '../../../src/doubles/shopify/index.ts'
import type { Discount } from '../../../src/doubles/shopify/state.ts'
import { tell } from '../../helpers/doubles.ts'
import { SHOP } from '../../helpers/shopify-shop.ts'
import { type CouponShop, EXPIRES_IN_DAYS, runningClock } from './shop.ts'

/** A shop with an app of its own, which gets its tokens by client credentials. */
export async function openShopify(now = runningClock()): Promise<CouponShop> {
  const double = await startShopifyDouble({ now })
  const discounts = async () =>
    (await tell<{ discounts: readonly Discount[] }>(double, 'GET /discounts')).discounts
  return {
    kind: 'shopify',
    label: 'shopify',
    double,
    lifetime: { expiresInDays: EXPIRES_IN_DAYS },
    stop: () => double.stop(),
    async connect(client) {
      const scopes = ['read_orders', 'read_customers', 'write_discounts']
      await tell(double, 'POST /install', { shop: SHOP, scopes })
      const settings = { shopDomain: SHOP }
      const connector = await client.create('connector', { name: 'shop', platform: 'shopify', settings })
      const [app] = double.world().apps
      const answer = await client.post(`/schema/connector/record/${connector.id}/install`, {
        method: 'client_credentials',
        clientId: app!.id,
        clientSecret: app!.secrets[0],
      })
      if (answer.status !== 200) throw new Error(answer.text)
      const given = { name: 'shop', provider: 'shopify', connectorId: connector.id }
      return (await client.create('coupon_provider', given)).id
    },
    making: ({ drawnCode }) => ({ contains: `"code":"${drawnCode}","title"` }),
    async takingBack({ drawnCode }) {
      const found = (await discounts()).find(({ code }) => code === drawnCode)
      return [
        { contains: `"variables":{"code":"${drawnCode}"}` },
        { contains: `DiscountCodeNode/${found?.id}"` },
      ]
    },
    async books() {
      const now = double.clock.now()
      return (await discounts()).map(({ code, endsAt }) => ({
        rewardLogId: null,
        code,
        isAlive: endsAt === null || endsAt > now,
      }))
    },
    async refuse() {
      await tell(double, 'POST /tokens/expire', { shop: SHOP })
    },
    // tokens are renewed on the way
    async readmit() {},
  }
}
