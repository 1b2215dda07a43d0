import type { Access, Standing } from '../ports/hands.ts'
import type { Told } from '../ports/platform-calls.ts'
import type { Row } from '../ports/schema.ts'
import { countSecrets, sealSecrets } from '../setup/connector-secrets.ts'
import type { InstallingDeps } from './deps.ts'
import { isOpen } from './due.ts'
import { withLease } from './lease.ts'
import { mend } from './mend.ts'
import { type Place, readPlace, type Written, writePlace } from './place.ts'
import { foremost } from './problem.ts'
import { errorOfTold } from './refused.ts'
import { openAccess, sealAccess } from './secrets.ts'
import { handsOf, requirePublicUrl, siteOf } from './site.ts'
import { unfinished } from './words.ts'

export interface Entry {
  readonly method: string
  /** As the merchant gave it, checked by the hands' own schema; with `code` where a consent brought one. */
  readonly given: Access
}

/**
 * Installs a connector: presents what the merchant gave, keeps it once the platform took it, and sets up what is wanted
 * there. Until the platform took it nothing changes. What could not be set up then is a problem of the installation,
 * and the next check goes on from there. May be repeated: what was made is found and kept.
 * @throws AppError NOT_FOUND | PUBLIC_URL_MISSING | NOT_INSTALLED | SHOP_MISMATCH | PLATFORM_REFUSED |
 * PLATFORM_UNAVAILABLE, STORE_BUSY
 */
export async function install(
  deps: InstallingDeps,
  accountId: string,
  id: string,
  { method, given }: Entry,
): Promise<Place> {
  requirePublicUrl(deps)
  return withLease(deps, accountId, id, async (leaseId) => {
    const { connector, installation } = await readPlace(deps.store, accountId, id)
    const hands = handsOf(deps, connector.platform)
    const former = isOpen(installation) ? openAccess(deps.secretBox, installation) : null
    const told = await hands.enter(siteOf(deps, connector, former), method, given)
    if (told.outcome !== 'ok') throw errorOfTold(told)
    await writePlace(deps, accountId, id, (place) => entered(deps, place, method, told.value), leaseId)
    const done = await mend(deps, accountId, id, leaseId)
    deps.reconciles?.begin(accountId, id)
    await deps.providerPauses?.resume(accountId, id)
    return done.place
  })
}

type Entered = Extract<Told<Standing & { readonly webhookSecrets: readonly string[] }>, { outcome: 'ok' }>

/** From here on the new credentials are the connector's, whatever happens next. */
function entered(
  { secretBox, clock }: InstallingDeps,
  { connector, installation }: Place,
  method: string,
  { access, renewAt, externalId, scopes, missingScopes, problems, webhookSecrets }: Entered['value'],
): Written {
  const now = clock.now()
  const problem = foremost([...problems, unfinished()], installation.problem, now)
  const sealed = webhookSecrets.length > 0
  return {
    connector: {
      ...(sealed ? { sealedCredentials: sealSecrets(secretBox, connector.id, webhookSecrets) } : {}),
      status: statusAfter(secretBox, { connector, installation }),
      ownId: externalId,
    },
    installation: {
      ...begun(method, installation, now),
      sealedAccess: sealAccess(secretBox, connector.id, access),
      renewAt,
      externalId,
      scopes,
      missingScopes,
      problem,
      state: 'needs_attention',
      // whoever finds it after a kill goes on
      dueAt: now,
    },
  }
}

/** What every install begins with: nothing is left of the one before but its times. */
function begun(
  method: string,
  { firstInstalledAt, installedAt, reconciledAt, state, stateUsedAt }: Row<'installation'>,
  now: number,
): Partial<Row<'installation'>> {
  return {
    method,
    // a consent that is still out would install over this
    stateUsedAt: stateUsedAt ?? now,
    firstInstalledAt: firstInstalledAt ?? now,
    installedAt: state === 'installed' || state === 'needs_attention' ? installedAt : now,
    reconciledAt: reconciledAt ?? now,
    secretsUntil: null,
    pausedByUninstall: false,
    unreachableSince: null,
    tries: 0,
  }
}

/** Live, where it was a draft for want of secrets or an uninstall paused it; else as the merchant left it. */
function statusAfter(
  secretBox: InstallingDeps['secretBox'],
  { connector, installation }: Place,
): Row<'connector'>['status'] {
  const { status } = connector
  if (status === 'paused' && installation.pausedByUninstall) return 'live'
  return status === 'draft' && countSecrets(secretBox, connector) === 0 ? 'live' : status
}

/**
 * Takes secrets of webhooks that the merchant made themselves. Asks nobody.
 * @throws AppError NOT_FOUND, STORE_BUSY
 */
export function installByHand(
  deps: InstallingDeps,
  accountId: string,
  id: string,
  webhookSecrets: readonly string[],
): Promise<Place> {
  return withLease(deps, accountId, id, (leaseId) =>
    writePlace(
      deps,
      accountId,
      id,
      (place) => ({
        connector: {
          sealedCredentials: sealSecrets(deps.secretBox, id, webhookSecrets),
          status: statusAfter(deps.secretBox, place),
        },
        installation: {
          ...begun('manual', place.installation, deps.clock.now()),
          state: 'installed',
          sealedAccess: null,
          renewAt: null,
          scopes: [],
          missingScopes: [],
          subscriptions: [],
          problem: null,
          dueAt: null,
        },
      }),
      leaseId,
    ),
  )
}
