import { openTempStore } from '../helpers/sqlite-store.ts'
import { describeWebhookSending } from './webhook-sending-suite.ts'
import { describeWebhookWatch } from './webhook-watch-suite.ts'
import { describeWebhooks } from './webhooks-suite.ts'

describeWebhooks('SQLite', openTempStore)
describeWebhookSending('SQLite', openTempStore)
describeWebhookWatch('SQLite', openTempStore)
