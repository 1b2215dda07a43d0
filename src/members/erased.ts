import type { Teller } from '../engine/happenings.ts'
import type { Clock } from '../ports/clock.ts'
import { ERASED_PREFIX } from '../ports/schema/values.ts'
import type { Row } from '../ports/schema.ts'
import type { Store } from '../ports/store.ts'

export interface EraseDeps {
  readonly store: Store
  readonly clock: Clock
  /** Without one nobody is told of the rewards that are revoked. */
  readonly teller?: Teller
}

/** What an erasure, or a look at what it would do, is about. */
export interface Scope {
  /** Only finds: nothing is written. */
  readonly dryRun: boolean
  readonly erasure: Row<'erasure'>
  /** Ids of the deliveries that were found so far. */
  readonly found: Set<string>
  /** Identities of addresses that were looked for. */
  readonly addresses: Set<string>
  /** Told how many deliveries were found, now and then. */
  readonly onProgress?: ((deliveries: number) => void) | undefined
}

/** The externalId of a member once it is erased. */
export function erasedExternalId(memberId: string): string {
  return `${ERASED_PREFIX}${memberId}`
}
