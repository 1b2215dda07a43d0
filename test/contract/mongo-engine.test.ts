import { afterAll, expect, it } from '@jest/globals'
import { openMongoStore } from '../../src/store/mongo/store.ts'
import { mongoForTests } from '../helpers/mongo-server.ts'
import { describeEngine } from './engine-suite.ts'
import { describeGettingReady } from './getting-ready-suite.ts'
import { describeProviderTrouble } from './provider-trouble-suite.ts'
import { describeRebuild } from './rebuild-suite.ts'
import { describeReports } from './report-suite.ts'
import { describeRezoneOrder } from './rezone-order-suite.ts'
import { describeRezone } from './rezone-suite.ts'
import { describeWithdrawals } from './withdrawal-suite.ts'

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
  describeEngine('MongoDB', setup)
  describeWithdrawals('MongoDB', setup)
  describeRebuild('MongoDB', setup)
  describeRezone('MongoDB', setup)
  describeRezoneOrder('MongoDB', setup)
  describeReports('MongoDB', setup)
  describeProviderTrouble('MongoDB', setup)
  describeGettingReady('MongoDB', setup)
  // after what the suite opened on it was closed
  afterAll(() => server.stop())
}
