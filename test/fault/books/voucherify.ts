import { startVoucherifyDouble } from '../../../src/doubles/voucherify/index.ts'
import { tell } from '../../helpers/doubles.ts'
import { type CouponShop, runningClock, type ShopOwner } from './shop.ts'

export const CAMPAIGN = 'Streaks'
const CODES = 500

interface Publication {
  readonly source_id: string
  readonly voucher: { readonly code: string; readonly active: boolean }
}

/** A project with a campaign, which answers a publication that is there already by one of its two documented ways. */
export async function openVoucherify(
  replay: 'refuse' | 'same' = 'refuse',
  now = runningClock(),
): Promise<CouponShop> {
  const double = await startVoucherifyDouble({ now })
  await tell(double, 'POST /campaigns', { name: CAMPAIGN, codes: CODES })
  await tell(double, 'POST /project', { replay, requestsPerMinute: 100_000 })
  let providerId = ''
  let tokens = 0
  const publications = async () =>
    (await tell<{ publications: readonly Publication[] }>(double, 'GET /publications')).publications

  return {
    kind: 'voucherify',
    label: replay === 'refuse' ? 'voucherify' : 'voucherify, the same again',
    double,
    lifetime: {},
    stop: () => double.stop(),
    async connect(client: ShopOwner) {
      const { appId, appToken } = double.project()
      const given = {
        name: 'project',
        provider: 'voucherify',
        settings: { apiUrl: 'https://api.voucherify.io', campaign: CAMPAIGN },
        credentials: { appId, appToken },
      }
      providerId = (await client.create('coupon_provider', given)).id
      return providerId
    },
    making: ({ id }) => ({ method: 'POST', path: '/v1/publications', contains: id }),
    async takingBack({ couponCode }) {
      return [
        { method: 'POST', path: `/v1/vouchers/${couponCode}/disable` },
        { method: 'GET', path: `/v1/vouchers/${couponCode}` },
      ]
    },
    async books() {
      return (await publications()).map(({ source_id: rewardLogId, voucher: { code, active } }) => ({
        rewardLogId,
        code,
        isAlive: active,
      }))
    },
    async refuse() {
      tokens += 1
      await tell(double, 'POST /project', { appToken: `another-token-${tokens}` })
    },
    async readmit(client) {
      const { appId, appToken } = double.project()
      const path = `/schema/coupon_provider/record/${providerId}`
      const answer = await client.patch(path, { credentials: { appId, appToken } })
      if (answer.status !== 200) throw new Error(answer.text)
    },
  }
}
