import { describeListPlans } from './list-plans-suite.ts'
import { sqlitePlans } from './plans/sqlite.ts'

describeListPlans('SQLite', sqlitePlans)
