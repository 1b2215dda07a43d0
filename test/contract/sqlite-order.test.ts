import { IS_FULL_RUN } from '../helpers/full-run.ts'
import { openTempStore } from '../helpers/sqlite-store.ts'
import { describeOrder } from './order-suite.ts'

describeOrder('SQLite', { runsInCi: IS_FULL_RUN ? 60 : 30, maxCalls: 24 }, async () => ({
  ...(await openTempStore()),
  connections: [],
}))
