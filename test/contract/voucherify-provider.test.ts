import { tell } from '../helpers/doubles.ts'
import { openTempStore } from '../helpers/sqlite-store.ts'
import { startVoucherify } from '../helpers/voucherify-kit.ts'
import { describeCouponProviderContract } from './coupon-provider-suite.ts'

for (const replay of ['refuse', 'same'] as const) {
  describeCouponProviderContract(`Voucherify that answers a known source_id with ${replay}`, async () => {
    const { store, close } = await openTempStore()
    const kit = await startVoucherify()
    await tell(kit.double, 'POST /project', { replay })
    return {
      provider: kit.provider,
      store,
      given: kit.given,
      coupons: async () =>
        (await kit.books()).map(({ sourceId: rewardLogId, code }) => ({ rewardLogId, code })),
      async close() {
        await kit.close()
        await close()
      },
    }
  })
}
