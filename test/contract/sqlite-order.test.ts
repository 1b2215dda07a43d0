import { openTempStore } from '../helpers/sqlite-store.ts'
import { describeOrder } from './order-suite.ts'

describeOrder('SQLite', { runsInCi: 60, maxCalls: 24 }, async () => ({
  ...(await openTempStore()),
  connections: [],
}))
