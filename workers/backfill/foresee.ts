import { storeWith } from '../../src/commit/store-with.ts'
import { itemOutcome } from '../../src/engine/decide/rejections.ts'
import type { RecorderDeps } from '../../src/engine/deps.ts'
import { createRecorder } from '../../src/engine/record.ts'
import { AppError } from '../../src/errors.ts'
import type { Row } from '../../src/ports/schema.ts'
import { requestOf } from '../activity/request.ts'

/**
 * The engine over a store that writes nothing: what it says of a purchase is what would become of it, were it recorded
 * now. Purchases that are asked about together see each other, as they would in a batch.
 */
export function createForesee(deps: Omit<RecorderDeps, 'shifts' | 'queue'>) {
  const store = storeWith(deps.store, { commit: async () => ({ outcome: 'committed' }) })
  const queue = { enqueue: async () => {} } as unknown as RecorderDeps['queue']
  const recorder = createRecorder({ ...deps, store, queue })
  return {
    async foresee(item: Row<'delivery_item'>): Promise<Row<'delivery_item'>['status']> {
      if (item.activity === null) return item.status
      try {
        const result = await recorder.record(requestOf(item, item.activity))
        return itemOutcome(result).status ?? item.status
      } catch (error) {
        if (error instanceof AppError && !error.retryable) return 'failed'
        throw error
      }
    },
    drain: () => recorder.drain(),
  }
}
