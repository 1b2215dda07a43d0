import type { Gathering } from '../commit/batcher.ts'
import type { Shifts } from '../commit/shifts.ts'
import type { Clock } from '../ports/clock.ts'
import type { Logger } from '../ports/logger.ts'
import type { JobQueue } from '../ports/queue.ts'
import type { Store } from '../ports/store.ts'
import type { Teller } from './happenings.ts'

/** What the decision may draw from outside: ids and codes. */
export interface Sources {
  readonly newId: () => string
  /** Draws a coupon code with a prefix ('' for none), and its folded form, by which codes are unique in an account. */
  readonly drawCode: (prefix: string) => { readonly code: string; readonly foldedCode: string }
}

export interface RecorderDeps {
  readonly store: Store
  readonly queue: JobQueue
  readonly clock: Clock
  readonly logger: Logger
  readonly sources: Sources
  /** Without one nobody is told of what happens. */
  readonly teller?: Teller
  /** Of several processes that record: whose shift a member is. */
  readonly shifts?: Shifts
  /** When logs that come one after the other share a batch; `WHILE_UNDER_WAY` unless a test says otherwise. */
  readonly gathers?: Gathering
}
