import { describeOrderSearchPlans } from './order-search-plans-suite.ts'
import { sqlitePlans } from './plans/sqlite.ts'

describeOrderSearchPlans('SQLite', sqlitePlans)
