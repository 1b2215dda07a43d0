import { openTempStore } from '../helpers/sqlite-store.ts'
import { describeStreakNow } from './streak-now-suite.ts'

describeStreakNow('SQLite', openTempStore)
