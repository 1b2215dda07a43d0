import { openTempStore } from '../helpers/sqlite-store.ts'
import { describeCaps } from './caps-suite.ts'
import { describeLife } from './life-suite.ts'
import { describeSharedRewards } from './shared-rewards-suite.ts'

describeLife('SQLite', openTempStore, 40)
describeCaps('SQLite', openTempStore)
describeSharedRewards('SQLite', openTempStore)
