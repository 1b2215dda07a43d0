import type { ProviderPauses } from './installing/deps.ts'
import type { Clock } from './ports/clock.ts'
import type { JobQueue } from './ports/queue.ts'
import type { Store } from './ports/store.ts'
import { letGoOfRevoking } from './rewards/let-go.ts'
import { pauseRefused, resumeRefused } from './rewards/provider-state.ts'
import { providersThrough } from './setup/provider-connector.ts'

interface Parts {
  readonly store: Store
  readonly clock: Clock
  /** Without one the sweep finds what is let go. */
  readonly queue?: Pick<JobQueue, 'enqueue'>
}

/** What becomes of the coupon providers that work through a connector, as that is installed and uninstalled. */
export function providerPausesOf(parts: Parts): ProviderPauses {
  async function each(accountId: string, connectorId: string, see: (providerId: string) => Promise<void>) {
    for (const { id } of await providersThrough(parts.store, { accountId, id: connectorId })) await see(id)
  }
  return {
    pause: (accountId, connectorId, error) =>
      each(accountId, connectorId, async (providerId) => {
        await pauseRefused(parts, { accountId, providerId }, error)
        await letGoOfRevoking(parts, { providerId })
      }),
    resume: (accountId, connectorId) =>
      each(accountId, connectorId, (providerId) => resumeRefused(parts, { accountId, providerId })),
  }
}
