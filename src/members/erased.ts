import type { Clock } from '../ports/clock.ts'
import { ERASED_PREFIX } from '../ports/schema/values.ts'
import type { Store } from '../ports/store.ts'

export interface EraseDeps {
  readonly store: Store
  readonly clock: Clock
}

/** The externalId of a member once it is erased. */
export function erasedExternalId(memberId: string): string {
  return `${ERASED_PREFIX}${memberId}`
}
