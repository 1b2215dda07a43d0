import { change } from '../ports/changes.ts'
import { ascending, atMost } from '../ports/conditions.ts'
import type { Row } from '../ports/schema.ts'
import type { InstallingDeps } from './deps.ts'
import { isOpen, nextCheck } from './due.ts'
import { withLease } from './lease.ts'
import { mend } from './mend.ts'
import { readPlace } from './place.ts'
import { endSecrets } from './uninstall.ts'

const ROWS = 50
const SIDE_BY_SIDE = 4
/** Whoever takes a row has so long before others take it too. */
const TAKEN_MS = 5 * 60_000

type Due = Pick<Row<'installation'>, 'id' | 'accountId' | 'dueAt'>

/**
 * What time does to installations: looks at each hourly, mends what was lost, renews what would end, tries again what
 * could not be reached, and ends secrets that were kept for late webhooks. Takes what is due and nobody else has taken,
 * so it is safe in several processes at once; after a kill others take over within 5 minutes. Resolves when what was due is done.
 * @throws AppError STORE_UNAVAILABLE
 */
export function createTend(deps: InstallingDeps): () => Promise<void> {
  const { store, clock, logger } = deps

  async function take(row: Due): Promise<boolean> {
    const set = { dueAt: clock.now() + TAKEN_MS }
    return (
      (await store.commit([change('installation', row, { dueAt: row.dueAt }, set)])).outcome === 'committed'
    )
  }

  async function see(row: Due): Promise<void> {
    const { id, accountId } = row
    try {
      if (!(await take(row))) return
      const { installation } = await readPlace(store, accountId, id)
      if (installation.state === 'uninstalled') return await endSecrets(deps, accountId, id)
      if (!isOpen(installation) || deps.publicUrl === null || !deps.hands.has(installation.platform)) {
        await store.commit([change('installation', row, {}, { dueAt: nextCheck(clock.now()) })])
        return
      }
      await withLease(deps, accountId, id, (leaseId) => mend(deps, accountId, id, leaseId))
    } catch (error) {
      logger.warn({ err: error, connectorId: id }, 'an installation could not be looked after; trying again')
    }
  }

  return async () => {
    const where = atMost<'installation', 'dueAt'>('dueAt', clock.now())
    const omit = ['sealedAccess', 'sealedConsent', 'subscriptions'] as const
    const rows = await store.find('installation', {
      where,
      sort: ascending('dueAt', 'id'),
      limit: ROWS,
      omit,
    })
    const open = [...rows]
    const worker = async () => {
      for (let row = open.shift(); row !== undefined; row = open.shift()) await see(row)
    }
    await Promise.all(Array.from({ length: SIDE_BY_SIDE }, worker))
  }
}
