import { commitPlanned } from '../../src/commit/planned.ts'
import { revise } from '../../src/ports/changes.ts'
import type { Clock } from '../../src/ports/clock.ts'
import type { Store } from '../../src/ports/store.ts'
import type { ShopNewsDeps } from './news.ts'

/** Of connectors that are set up by hand there is nobody to ask: the signed body decides. Idempotent. */
export function shopsByHand({ store, clock }: { store: Store; clock: Clock }): ShopNewsDeps {
  return {
    async uninstalled(_, connectorId) {
      await commitPlanned(store, async () => {
        const [connector] = await store.findByKeys('connector', ['id'], [[connectorId]])
        const isOver = connector === undefined || connector.status === 'paused'
        const set = { status: 'paused' as const, updatedAt: clock.now() }
        return { changes: isOver ? [] : [revise('connector', connector, set)], result: undefined }
      })
      return 'gone'
    },
    async check() {},
  }
}
