import { afterAll, expect, it } from '@jest/globals'
import { mongoForTests } from '../helpers/mongo-server.ts'
import { openStore } from '../helpers/open-store.ts'
import { describeWebhookCauses } from './webhook-causes-suite.ts'
import { describeWebhookSending } from './webhook-sending-suite.ts'
import { describeWebhookWatch } from './webhook-watch-suite.ts'
import { describeWebhooks } from './webhooks-suite.ts'

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
  describeWebhooks('MongoDB', open)
  describeWebhookSending('MongoDB', open)
  describeWebhookWatch('MongoDB', open)
  describeWebhookCauses('MongoDB', open, 8)
  // after what the suite opened on it was closed
  afterAll(() => server.stop())
}
