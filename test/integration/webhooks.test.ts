import { openTempStore } from '../helpers/sqlite-store.ts'
import { describeWebhookCauses } from './webhook-causes-suite.ts'
import { describeWebhookSending } from './webhook-sending-suite.ts'
import { describeWebhookWatch } from './webhook-watch-suite.ts'
import { describeWebhooks } from './webhooks-suite.ts'

describeWebhooks('SQLite', openTempStore)
describeWebhookSending('SQLite', openTempStore)
describeWebhookWatch('SQLite', openTempStore)
describeWebhookCauses('SQLite', openTempStore, 25)
