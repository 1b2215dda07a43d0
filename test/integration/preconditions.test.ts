import { openTempStore } from '../helpers/sqlite-store.ts'
import { describePreconditions } from './preconditions-suite.ts'

describePreconditions('SQLite', openTempStore)
