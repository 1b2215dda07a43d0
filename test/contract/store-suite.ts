import { afterAll, beforeAll, describe } from '@jest/globals'
import { describeCommits } from './store/commits.ts'
import { describeConditions } from './store/conditions.ts'
import { describeConflicts } from './store/conflicts.ts'
import type { StoreContext, StoreHarness } from './store/context.ts'
import { describeFieldTypes } from './store/field-types.ts'
import { describeLifecycle } from './store/lifecycle.ts'
import { describeManyUpdates } from './store/many-updates.ts'
import { describeNotes } from './store/notes.ts'
import { describePaging } from './store/paging.ts'
import { describeProcesses } from './store/processes.ts'
import { describeQueries } from './store/queries.ts'
import { describeRaces } from './store/races.ts'

export type { StoreHarness } from './store/context.ts'

/**
 * What every store must do, whatever it is made of. `setup` gives a database of its own each time, empty and not
 * migrated; the suite calls it several times and closes each harness.
 */
export function describeStoreContract(name: string, setup: () => Promise<StoreHarness>): void {
  describe(`${name} as a store`, () => {
    let shared: StoreHarness | undefined
    const context: StoreContext = {
      harness() {
        if (shared === undefined) throw new Error('used before the suite was set up')
        return shared
      },
      store: () => context.harness().store,
      fresh: setup,
    }

    beforeAll(async () => {
      shared = await setup()
      await shared.store.migrate()
    })
    afterAll(async () => {
      await shared?.close()
    })

    describeCommits(context)
    describeManyUpdates(context)
    describeConflicts(context)
    describeRaces(context)
    describeProcesses(context)
    describeFieldTypes(context)
    describeConditions(context)
    describeQueries(context)
    describePaging(context)
    describeNotes(context)
    describeLifecycle(context)
  })
}
