import { afterAll, expect, it } from '@jest/globals'
import { openMongoStore } from '../../src/store/mongo/store.ts'
import { mongoForTests } from '../helpers/mongo-server.ts'
import { describeCaps } from './caps-suite.ts'
import { describeLife } from './life-suite.ts'
import { describeSharedRewards } from './shared-rewards-suite.ts'

const server = await mongoForTests()

if (server === null) {
  it('MongoDB part SKIPPED: no server could be had', () => {
    expect(process.env.REQUIRE_MONGO).not.toBe('1')
  })
} else {
  const setup = async () => {
    const store = await openMongoStore(server.anotherUri())
    await store.migrate()
    return { store, close: () => store.close() }
  }
  describeLife('MongoDB', setup, 10)
  describeCaps('MongoDB', setup)
  describeSharedRewards('MongoDB', setup)
  // after what the suite opened on it was closed
  afterAll(() => server.stop())
}
