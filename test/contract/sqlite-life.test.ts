import { openTempStore } from '../helpers/sqlite-store.ts'
import { describeLife } from './life-suite.ts'

describeLife('SQLite', openTempStore)
