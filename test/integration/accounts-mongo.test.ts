import { afterAll, expect, it } from '@jest/globals'
import { describeAccountDeleted } from '../e2e/account-deleted-suite.ts'
import { mongoForTests } from '../helpers/mongo-server.ts'
import { openStore } from '../helpers/open-store.ts'
import { describeAccountDelete } from './account-delete-suite.ts'
import { describeAccountExport } from './account-export-suite.ts'

const server = await mongoForTests()

if (server === null) {
  it('MongoDB part SKIPPED: no server could be had', () => {
    expect(process.env.REQUIRE_MONGO).not.toBe('1')
  })
} else {
  const open = async () => {
    const store = await openStore('mongodb', server.anotherUri())
    await store.migrate()
    return { store, close: () => store.close() }
  }
  describeAccountExport('MongoDB', open)
  describeAccountDelete('MongoDB', open)
  describeAccountDeleted('MongoDB', () => server.anotherUri())
  // after what the suite opened on it was closed
  afterAll(() => server.stop())
}
