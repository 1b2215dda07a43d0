import { openTempStore } from '../helpers/sqlite-store.ts'
import { describeEngine } from './engine-suite.ts'
import { describeGettingReady } from './getting-ready-suite.ts'
import { describeProviderTrouble } from './provider-trouble-suite.ts'
import { describeRebuild } from './rebuild-suite.ts'
import { describeReports } from './report-suite.ts'
import { describeRezoneOrder } from './rezone-order-suite.ts'
import { describeRezone } from './rezone-suite.ts'
import { describeWithdrawals } from './withdrawal-suite.ts'

describeEngine('SQLite', openTempStore)
describeWithdrawals('SQLite', openTempStore)
describeRebuild('SQLite', openTempStore)
describeRezone('SQLite', openTempStore)
describeRezoneOrder('SQLite', openTempStore)
describeReports('SQLite', openTempStore)
describeProviderTrouble('SQLite', openTempStore)
describeGettingReady('SQLite', openTempStore)
