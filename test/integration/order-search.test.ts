import { openTempStore } from '../helpers/sqlite-store.ts'
import { describeOrderSearch } from './order-search-suite.ts'

describeOrderSearch('SQLite', openTempStore)
