import { check } from './check.ts'
import { beginConsent, type Finished, finishConsent } from './consent.ts'
import type { InstallingDeps } from './deps.ts'
import { type Entry, install, installByHand } from './install.ts'
import { type Place, readPlace } from './place.ts'
import { uninstall, uninstalledByPlatform } from './uninstall.ts'

/** How connectors come to their platforms, and leave them again. */
export interface Installing {
  /** Whether connectors of the platform can be told where to send webhooks. */
  readonly publicUrl: string | null
  /** See `installByHand`. */
  byHand(accountId: string, id: string, webhookSecrets: readonly string[]): Promise<Place>
  /** See `install` and, where the merchant has to agree, `beginConsent`: then there is an address to send them to. */
  install(accountId: string, id: string, entry: Entry): Promise<Place & { readonly authorizeUrl?: string }>
  /** See `check`. */
  check(accountId: string, id: string): Promise<Place>
  /** See `uninstall`. */
  uninstall(accountId: string, id: string): Promise<Place>
  /** See `finishConsent`. */
  finishConsent(platform: string, query: URLSearchParams): Promise<Finished>
  /** See `uninstalledByPlatform`. */
  uninstalledByPlatform(accountId: string, id: string): Promise<'gone' | 'still_installed'>
}

export function createInstalling(deps: InstallingDeps): Installing {
  const needsConsent = async (accountId: string, id: string, method: string): Promise<boolean> => {
    const { connector } = await readPlace(deps.store, accountId, id)
    return deps.hands.get(connector.platform)?.methods[method]?.needsConsent ?? false
  }
  return {
    publicUrl: deps.publicUrl,
    byHand: (accountId, id, secrets) => installByHand(deps, accountId, id, secrets),
    async install(accountId, id, entry) {
      const begins = await needsConsent(accountId, id, entry.method)
      return begins ? beginConsent(deps, accountId, id, entry) : install(deps, accountId, id, entry)
    },
    check: (accountId, id) => check(deps, accountId, id),
    uninstall: (accountId, id) => uninstall(deps, accountId, id),
    finishConsent: (platform, query) => finishConsent(deps, platform, query),
    uninstalledByPlatform: (accountId, id) => uninstalledByPlatform(deps, accountId, id),
  }
}
