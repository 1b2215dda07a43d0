import { openTempStore } from '../helpers/sqlite-store.ts'
import { describeBackfill } from './backfill-suite.ts'

describeBackfill('SQLite', openTempStore)
