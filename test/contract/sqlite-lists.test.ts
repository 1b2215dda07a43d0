import { openTempStore } from '../helpers/sqlite-store.ts'
import { describeLists } from './list-suite.ts'

describeLists('SQLite', openTempStore)
