import { afterAll, expect, it } from '@jest/globals'
import { mongoForTests } from '../helpers/mongo-server.ts'
import { openStore } from '../helpers/open-store.ts'
import { describeAppProxy } from './app-proxy-suite.ts'

const server = await mongoForTests()

if (server === null) {
  it('MongoDB part SKIPPED: no server could be had', () => {
    expect(process.env.REQUIRE_MONGO).not.toBe('1')
  })
} else {
  describeAppProxy('MongoDB', async () => {
    const store = await openStore('mongodb', server.anotherUri())
    await store.migrate()
    return { store, close: () => store.close() }
  })
  // after what the suite opened on it was closed
  afterAll(() => server.stop())
}
