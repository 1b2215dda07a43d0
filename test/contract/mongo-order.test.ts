import { afterAll, expect, it } from '@jest/globals'
import { openMongoStore } from '../../src/store/mongo/store.ts'
import { IS_FULL_RUN } from '../helpers/full-run.ts'
import { mongoForTests } from '../helpers/mongo-server.ts'
import { describeOrder } from './order-suite.ts'

const server = await mongoForTests()

if (server === null) {
  it('MongoDB part SKIPPED: no server could be had', () => {
    expect(process.env.REQUIRE_MONGO).not.toBe('1')
  })
} else {
  describeOrder('MongoDB', { runsInCi: IS_FULL_RUN ? 15 : 8, maxCalls: 14 }, async () => {
    const uri = server.anotherUri()
    const store = await openMongoStore(uri)
    await store.migrate()
    const connections = await Promise.all(Array.from({ length: 8 }, () => openMongoStore(uri)))
    const all = [store, ...connections]
    const close = async () => void (await Promise.all(all.map((each) => each.close())))
    return { store, connections, close }
  })
  // after what the suite opened on it was closed
  afterAll(() => server.stop())
}
