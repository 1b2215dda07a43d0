import { afterAll, expect, it } from '@jest/globals'
import { mongoForTests } from '../helpers/mongo-server.ts'
import { describeListPlans } from './list-plans-suite.ts'
import { mongoPlans } from './plans/mongo.ts'

const server = await mongoForTests()

if (server === null) {
  it('MongoDB part SKIPPED: no server could be had', () => {
    expect(process.env.REQUIRE_MONGO).not.toBe('1')
  })
} else {
  describeListPlans('MongoDB', () => mongoPlans(server.anotherUri()))
  // after what the suite opened on it was closed
  afterAll(() => server.stop())
}
