import { openTempStore } from '../helpers/sqlite-store.ts'
import { describeAppProxy } from './app-proxy-suite.ts'

describeAppProxy('SQLite', openTempStore)
