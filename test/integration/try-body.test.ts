import { openTempStore } from '../helpers/sqlite-store.ts'
import { describeTryBody } from './try-body-suite.ts'

describeTryBody('SQLite', openTempStore)
