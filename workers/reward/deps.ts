import type { Clock } from '../../src/ports/clock.ts'
import type { CouponProvider } from '../../src/ports/coupon-provider.ts'
import type { Logger } from '../../src/ports/logger.ts'
import type { ProviderKind } from '../../src/ports/schema/values.ts'
import type { SecretBox } from '../../src/ports/secret-box.ts'
import type { Store } from '../../src/ports/store.ts'

export interface FulfilDeps {
  readonly store: Store
  readonly providers: ReadonlyMap<ProviderKind, CouponProvider>
  readonly secretBox: SecretBox
  readonly clock: Clock
  readonly logger: Logger
}
