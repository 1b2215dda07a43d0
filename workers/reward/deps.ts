import type { Teller } from '../../src/engine/happenings.ts'
import type { Clock } from '../../src/ports/clock.ts'
import type { CouponProvider } from '../../src/ports/coupon-provider.ts'
import type { Logger } from '../../src/ports/logger.ts'
import type { Metrics } from '../../src/ports/metrics.ts'
import type { JobContext, JobQueue, Workforce } from '../../src/ports/queue.ts'
import type { ProviderKind } from '../../src/ports/schema/values.ts'
import type { SecretBox } from '../../src/ports/secret-box.ts'
import type { Store } from '../../src/ports/store.ts'

export interface FulfilDeps {
  readonly store: Store
  readonly providers: ReadonlyMap<ProviderKind, CouponProvider>
  readonly secretBox: SecretBox
  readonly clock: Clock
  readonly logger: Logger
  readonly metrics?: Pick<Metrics, 'issued'>
  /** Who shares the work; without it this process is alone. */
  readonly workforce?: Workforce
  /** Without one the sweep finds what is due. */
  readonly queue?: Pick<JobQueue, 'enqueue'>
  /** Without one nobody is told of what becomes of rewards. */
  readonly teller?: Teller
  /** From 0 to below 1; for tests. */
  readonly random?: () => number
}

/** On whose behalf a reward is seen to. */
export interface StepContext extends Pick<JobContext, 'lastTry' | 'signal'> {
  /** The one request that finds out whether a paused provider is well again: it spends no try. */
  readonly isProbe: boolean
}
