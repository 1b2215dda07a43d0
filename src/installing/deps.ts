import type { Clock } from '../ports/clock.ts'
import type { Connector } from '../ports/connector.ts'
import type { Hands } from '../ports/hands.ts'
import type { Logger } from '../ports/logger.ts'
import type { Platform } from '../ports/schema/values.ts'
import type { SecretBox } from '../ports/secret-box.ts'
import type { Store } from '../ports/store.ts'

/** What connectors owe beside their installation: reading what webhooks never delivered. */
export interface Reconciles {
  /** Begins one and waits for nothing; one that runs already goes on. Asked after an install, a check, and each night. */
  begin(accountId: string, connectorId: string): void
  /** The connector was uninstalled: what is being read of it ends. Idempotent. @throws AppError STORE_BUSY */
  end(accountId: string, connectorId: string): Promise<void>
}

/** The coupon providers that work through a connector. Both are idempotent. @throws AppError STORE_BUSY */
export interface ProviderPauses {
  /** Nothing is asked of them until `resume`. @param error a code in capitals, and a sentence */
  pause(
    accountId: string,
    connectorId: string,
    error: { readonly code: string; readonly message: string },
  ): Promise<void>
  /** Those that refused us, or would have, are asked again. */
  resume(accountId: string, connectorId: string): Promise<void>
}

export interface InstallingDeps {
  readonly store: Store
  readonly secretBox: SecretBox
  readonly clock: Clock
  readonly logger: Logger
  /** A new UUID. */
  readonly newId: () => string
  readonly connectors: ReadonlyMap<Platform, Connector>
  /** What can be done at the platforms; without an entry a connector is only set up by hand. */
  readonly hands: ReadonlyMap<Platform, Hands>
  /** Where the world reaches this server, without a slash at its end; null: nobody said so. */
  readonly publicUrl: string | null
  /** The address that a merchant's browser is sent to, where a double stands in for the platform. */
  readonly forBrowser?: (platform: Platform, url: string) => string
  readonly reconciles?: Reconciles
  readonly providerPauses?: ProviderPauses
}
