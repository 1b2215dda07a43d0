import { AppError } from '../errors.ts'
import type { InstallingDeps } from './deps.ts'
import { isOpen } from './due.ts'
import { withLease } from './lease.ts'
import { mend } from './mend.ts'
import { type Place, readPlace, writePlace } from './place.ts'
import { errorOfTold } from './refused.ts'
import { requirePublicUrl } from './site.ts'

/**
 * Looks at everything again and mends it; what it found is stored before it answers. Of an installation by hand there
 * is nobody to ask. Idempotent.
 * @throws AppError NOT_FOUND | NOT_INSTALLED | PUBLIC_URL_MISSING; PLATFORM_REFUSED where the credentials are refused,
 * PLATFORM_UNAVAILABLE; STORE_BUSY
 */
export async function check(deps: InstallingDeps, accountId: string, id: string): Promise<Place> {
  const { installation } = await readPlace(deps.store, accountId, id)
  if (installation.method === 'manual' && installation.state !== 'uninstalled') {
    return writePlace(deps, accountId, id, () => ({ installation: { checkedAt: deps.clock.now() } }))
  }
  if (!isOpen(installation)) throw notInstalled()
  requirePublicUrl(deps)
  return withLease(deps, accountId, id, async (leaseId) => {
    if (!isOpen((await readPlace(deps.store, accountId, id)).installation)) throw notInstalled()
    const { place, trouble } = await mend(deps, accountId, id, leaseId)
    const isDead = trouble?.outcome === 'refused' && trouble.refused === 'access'
    if (trouble?.outcome === 'unavailable' || isDead) throw errorOfTold(trouble)
    deps.reconciles?.begin(accountId, id)
    await deps.providerPauses?.resume(accountId, id)
    return place
  })
}

export function notInstalled(): AppError {
  return new AppError('NOT_INSTALLED', 'The connector is not installed at its platform')
}
