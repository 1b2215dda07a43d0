import { openTempStore } from '../helpers/sqlite-store.ts'
import { describeExplain } from './explain-suite.ts'

describeExplain('SQLite', openTempStore)
