import { describeAccountDeleted } from './account-deleted-suite.ts'

describeAccountDeleted('SQLite', () => undefined)
