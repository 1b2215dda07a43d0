import { openTempStore } from '../helpers/sqlite-store.ts'
import { describeWhyProvidersAreWaitedFor } from './why-provider-waits-suite.ts'
import { describeWhyRewardsWait } from './why-rewards-wait-suite.ts'

describeWhyRewardsWait('SQLite', openTempStore)
describeWhyProvidersAreWaitedFor('SQLite', openTempStore)
