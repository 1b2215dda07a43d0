import type { RecorderDeps } from '../../src/engine/deps.ts'
import { foresee } from '../../src/engine/foresee.ts'
import { AppError } from '../../src/errors.ts'
import type { Row } from '../../src/ports/schema.ts'

type Item = Row<'delivery_item'>

/** What would become of an item, were it taken in now: a dry run asks. @throws AppError that may pass */
export function createForesee(
  deps: Pick<RecorderDeps, 'store' | 'clock'> & { readonly newId: () => string },
) {
  return async (item: Item): Promise<Item['status']> => {
    try {
      const [foreseen] = await foresee(deps, [item])
      return foreseen?.item.status ?? item.status
    } catch (error) {
      if (error instanceof AppError && !error.retryable) return 'failed'
      throw error
    }
  }
}
