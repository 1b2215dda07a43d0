import { CONNECTORS } from '../connectors/registry.ts'
import type { ShopNewsDeps } from '../workers/upkeep/news.ts'
import { reconcilesOf } from './compose-backfills.ts'
import { providerPausesOf } from './compose-provider-pauses.ts'
import type { Config } from './config.ts'
import { AppError } from './errors.ts'
import { createDoor } from './installing/door.ts'
import { createInstalling, type Installing } from './installing/installing.ts'
import { createPretendShops, type PretendShop } from './installing/pretend-shops.ts'
import { createTend } from './installing/tend.ts'
import { createPlatformCalls } from './platforms/calls.ts'
import { createOrigins } from './platforms/origins.ts'
import { createOwnPace } from './platforms/own-pace.ts'
import type { Clock } from './ports/clock.ts'
import type { Connector } from './ports/connector.ts'
import type { Hands } from './ports/hands.ts'
import type { Logger } from './ports/logger.ts'
import type { Pace } from './ports/pace.ts'
import type { PlatformCalls } from './ports/platform-calls.ts'
import type { PlatformDoor } from './ports/platform-door.ts'
import type { JobQueue } from './ports/queue.ts'
import type { Platform } from './ports/schema/values.ts'
import type { SecretBox } from './ports/secret-box.ts'
import type { Store } from './ports/store.ts'

export interface InstallingParts {
  readonly store: Store
  readonly secretBox: SecretBox
  readonly clock: Clock
  readonly logger: Logger
  readonly newId: () => string
  /** Every platform there is; tests have some of their own. */
  readonly connectors?: ReadonlyMap<Platform, Connector>
  readonly publicUrl?: string | null
  readonly platformOrigins?: Readonly<Record<Platform, string>>
  readonly httpProviderAllow?: readonly string[]
  /** How long each request to a platform is waited for; default 10 s. */
  readonly platformTimeoutMs?: number
  /** At which platforms are asked; without it that of this process alone. */
  readonly pace?: Pace
  /** Without one the sweep finds what is due. */
  readonly queue?: Pick<JobQueue, 'enqueue'>
}

/** All that has to do with connectors at their platforms. */
export interface Installations {
  readonly hands: ReadonlyMap<Platform, Hands>
  readonly installing: Installing
  readonly door: PlatformDoor
  readonly calls: PlatformCalls
  /** See `createPretendShops`. */
  readonly pretendShops: () => Promise<PretendShop[]>
  /** See `createTend`. */
  readonly tend: () => Promise<void>
}

export type PlatformSettings = Pick<Config, 'publicUrl' | 'platformOrigins' | 'httpProviderAllow'>

export function composeInstalling({
  connectors = CONNECTORS,
  publicUrl = null,
  platformOrigins = {},
  httpProviderAllow = [],
  platformTimeoutMs,
  pace = createOwnPace(),
  ...parts
}: InstallingParts): Installations {
  const origins = createOrigins(new Map(Object.entries(platformOrigins)))
  const calls = createPlatformCalls({
    ...{ origins, allowedHosts: httpProviderAllow },
    ...(platformTimeoutMs === undefined ? {} : { timeoutMs: platformTimeoutMs }),
  })
  const made = [...connectors.values()].flatMap(({ platform, hands }) =>
    hands === undefined ? [] : [[platform, hands({ calls, clock: parts.clock, pace })] as const],
  )
  const hands = new Map(made)
  const reconciles = reconcilesOf({ ...parts, hands })
  const providerPauses = providerPausesOf(parts)
  const deps = {
    ...parts,
    connectors,
    hands,
    publicUrl,
    forBrowser: origins.forBrowser,
    reconciles,
    providerPauses,
  }
  return {
    hands,
    installing: createInstalling(deps),
    door: createDoor(deps),
    calls,
    pretendShops: createPretendShops({ calls, platformOrigins, platforms: connectors.keys() }),
    tend: createTend(deps),
  }
}

/** What is asked of a platform that tells something of a shop. */
export function shopsOf({ installing }: Pick<Installations, 'installing'>): ShopNewsDeps {
  return {
    uninstalled: installing.uninstalledByPlatform,
    async check(accountId, connectorId) {
      await installing.check(accountId, connectorId).catch((error: unknown) => {
        // there is nothing to look at any more
        if (!(error instanceof AppError) || error.code !== 'NOT_INSTALLED') throw error
      })
    },
  }
}
