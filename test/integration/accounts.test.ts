import { openTempStore } from '../helpers/sqlite-store.ts'
import { describeAccountDelete } from './account-delete-suite.ts'
import { describeAccountExport } from './account-export-suite.ts'

describeAccountExport('SQLite', openTempStore)
describeAccountDelete('SQLite', openTempStore)
