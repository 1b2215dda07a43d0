import { openTempStore } from '../helpers/sqlite-store.ts'
import { describeEngine } from './engine-suite.ts'

describeEngine('SQLite', openTempStore)
