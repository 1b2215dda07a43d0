import { afterAll, expect, it } from '@jest/globals'
import { mongoForTests } from '../helpers/mongo-server.ts'
import { describePurchases } from './purchase-suite.ts'

const server = await mongoForTests()

if (server === null) {
  it('MongoDB part SKIPPED: no server could be had', () => {
    expect(process.env.REQUIRE_MONGO).not.toBe('1')
  })
} else {
  describePurchases('MongoDB', () => server.anotherUri())
  // after what the suite opened on it was closed
  afterAll(() => server.stop())
}
