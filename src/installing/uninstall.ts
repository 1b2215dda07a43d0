import type { Hands } from '../ports/hands.ts'
import type { Told } from '../ports/platform-calls.ts'
import type { Row } from '../ports/schema.ts'
import { sealSecrets } from '../setup/connector-secrets.ts'
import type { InstallingDeps } from './deps.ts'
import { isDead, isOpen, SECRETS_KEPT_MS } from './due.ts'
import { withLease } from './lease.ts'
import { type Place, readPlace, type Written, writePlace } from './place.ts'
import { foremost } from './problem.ts'
import { errorOfTold } from './refused.ts'
import { renewed } from './renew.ts'
import { openAccess } from './secrets.ts'
import { siteOf } from './site.ts'
import { type Found, uninstalledThere } from './words.ts'

/**
 * Removes what we made at the platform, then the keys to it. The connector stays, paused; its signing secrets are kept
 * for verifying alone, for 90 days. Changes nothing where there is nothing to remove.
 * @throws AppError NOT_FOUND; PLATFORM_UNAVAILABLE, with nothing of ours removed; STORE_BUSY
 */
export async function uninstall(deps: InstallingDeps, accountId: string, id: string): Promise<Place> {
  const before = await readPlace(deps.store, accountId, id)
  if (isAway(before.installation)) {
    if (before.installation.state === 'uninstalled') await pauseProviders(deps, accountId, id)
    return before
  }
  return withLease(deps, accountId, id, async (leaseId) => {
    const place = await readPlace(deps.store, accountId, id)
    if (isAway(place.installation)) return place
    await leave(deps, place, leaseId)
    const plan = (now: Place) => ended(now, deps.clock.now(), [])
    const written = await writePlace(deps, accountId, id, plan, leaseId)
    await deps.reconciles?.end(accountId, id)
    await pauseProviders(deps, accountId, id)
    return written
  })
}

async function pauseProviders(deps: InstallingDeps, accountId: string, id: string): Promise<void> {
  const message = 'the connector was uninstalled; install it again to go on'
  await deps.providerPauses?.pause(accountId, id, { code: 'NOT_INSTALLED', message })
}

function isAway({ state }: Row<'installation'>): boolean {
  return state === 'none' || state === 'uninstalled'
}

/** A clear no of any kind leaves nothing that we could remove. @throws AppError PLATFORM_UNAVAILABLE */
async function leave(deps: InstallingDeps, place: Place, leaseId: string): Promise<void> {
  const { connector, installation } = place
  const hands = deps.hands.get(connector.platform)
  if (hands === undefined || isDead(installation) || !isOpen(installation)) return
  const access = await renewed(deps, place, leaseId, 'when_due')
  if (access.outcome === 'unavailable') throw errorOfTold(access)
  if (access.outcome === 'refused') return
  const told = await hands.leave(siteOf(deps, connector), access.value)
  if (told.outcome === 'unavailable') throw errorOfTold(told)
}

/** What is written of an installation that is over. */
function ended({ connector, installation }: Place, now: number, found: readonly Found[]): Written {
  const isOurs = connector.status !== 'paused'
  return {
    connector: { status: 'paused' },
    installation: {
      state: 'uninstalled',
      sealedAccess: null,
      renewAt: null,
      scopes: [],
      missingScopes: [],
      subscriptions: [],
      problem: foremost(found, installation.problem, now),
      stateHash: null,
      stateUntil: null,
      stateUsedAt: null,
      sealedConsent: null,
      unreachableSince: null,
      tries: 0,
      pausedByUninstall: isOurs || installation.pausedByUninstall,
      secretsUntil: now + SECRETS_KEPT_MS,
      dueAt: now + SECRETS_KEPT_MS,
    },
  }
}

/**
 * What a word of the platform is worth that the app was uninstalled there: it is believed when the platform refuses the
 * access, also a renewed one; without any access the word decides. `gone`: the installation is over, the connector
 * paused. @throws AppError NOT_FOUND; PLATFORM_UNAVAILABLE where it could not be asked; STORE_BUSY
 */
export async function uninstalledByPlatform(
  deps: InstallingDeps,
  accountId: string,
  id: string,
): Promise<'gone' | 'still_installed'> {
  return withLease(deps, accountId, id, async (leaseId) => {
    const place = await readPlace(deps.store, accountId, id)
    if (place.installation.state === 'uninstalled') {
      await pauseProviders(deps, accountId, id)
      return 'gone'
    }
    const hands = deps.hands.get(place.connector.platform)
    if (hands !== undefined && !(await isGone(deps, place, leaseId, hands))) return 'still_installed'
    await writePlace(
      deps,
      accountId,
      id,
      (now) => ended(now, deps.clock.now(), [uninstalledThere()]),
      leaseId,
    )
    await deps.reconciles?.end(accountId, id)
    await pauseProviders(deps, accountId, id)
    return 'gone'
  })
}

async function isGone(deps: InstallingDeps, place: Place, leaseId: string, hands: Hands): Promise<boolean> {
  const { connector, installation } = place
  const access = isOpen(installation) ? openAccess(deps.secretBox, installation) : null
  if (access === null) return true
  if (!granted(await hands.isGone(siteOf(deps, connector), access))) return false
  if (hands.renew === undefined) return true
  const again = await renewed(deps, place, leaseId, 'now')
  if (again.outcome === 'refused') return true
  return granted(await hands.isGone(siteOf(deps, connector), granted(again)))
}

/** @throws AppError PLATFORM_UNAVAILABLE | PLATFORM_REFUSED */
function granted<T>(told: Told<T>): T {
  if (told.outcome !== 'ok') throw errorOfTold(told)
  return told.value
}

/** The 90 days are over: what is left of the secrets goes. Atomic, idempotent. */
export async function endSecrets(deps: InstallingDeps, accountId: string, id: string): Promise<void> {
  await writePlace(deps, accountId, id, ({ installation }) => {
    const isOver = installation.secretsUntil !== null && installation.secretsUntil <= deps.clock.now()
    if (!isOver || installation.state !== 'uninstalled') return {}
    return {
      connector: { sealedCredentials: sealSecrets(deps.secretBox, id, []) },
      installation: { secretsUntil: null, dueAt: null },
    }
  })
}
