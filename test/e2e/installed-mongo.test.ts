import { afterAll, expect, it } from '@jest/globals'
import { mongoForTests } from '../helpers/mongo-server.ts'
import { describeShopifyOtherWays } from './shopify-other-ways-suite.ts'
import { describeStripeInstalled } from './stripe-installed-suite.ts'
import { describeWooInstalled } from './woocommerce-installed-suite.ts'

const server = await mongoForTests()

if (server === null) {
  it('MongoDB part SKIPPED: no server could be had', () => {
    expect(process.env.REQUIRE_MONGO).not.toBe('1')
  })
} else {
  describeShopifyOtherWays('MongoDB', () => server.anotherUri())
  describeStripeInstalled('MongoDB', () => server.anotherUri())
  describeWooInstalled('MongoDB', () => server.anotherUri())
  // after what the suite opened on it was closed
  afterAll(() => server.stop())
}
