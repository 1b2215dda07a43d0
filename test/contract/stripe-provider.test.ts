import { openTempStore } from '../helpers/sqlite-store.ts'
import { startStripe } from '../helpers/stripe-kit.ts'
import { describeCouponProviderContract } from './coupon-provider-suite.ts'

describeCouponProviderContract('Stripe', async () => {
  const { store, close } = await openTempStore()
  const kit = await startStripe()
  return {
    provider: kit.provider,
    store,
    given: kit.given,
    coupons: async () =>
      (await kit.books()).map(({ metadata, code }) => ({
        rewardLogId: metadata.streakline_reward_log,
        code,
      })),
    async close() {
      await kit.close()
      await close()
    },
  }
})
