import { openTempStore } from '../helpers/sqlite-store.ts'
import { describeReplay } from './replay-suite.ts'

describeReplay('SQLite', openTempStore)
