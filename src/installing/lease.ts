import { setTimeout as wait } from 'node:timers/promises'
import { AppError } from '../errors.ts'
import { change } from '../ports/changes.ts'
import type { Instant } from '../ports/clock.ts'
import type { InstallingDeps } from './deps.ts'
import { readPlace, writePlace } from './place.ts'

/** A process that was killed keeps the others waiting for so long. */
const HELD_MS = 15_000
const RENEWED_MS = 4_000
/** Longer than an act may take whose calls all need their 15 s. */
const PATIENCE_MS = 45_000
const LOOK_MS = 40
const MAX_LOOK_MS = 400

/**
 * Has one act at a time done at the platform for a connector, over all processes on the store. The holder renews its
 * lease as long as it works; of one that was killed others take over 15 s later. What is written under the lease is
 * guarded by it (`writePlace`), so a holder that was thought dead cannot write over its successor.
 * @throws AppError NOT_FOUND; STORE_BUSY when another act holds on for too long; whatever `act` throws
 */
export async function withLease<T>(
  deps: InstallingDeps,
  accountId: string,
  id: string,
  act: (leaseId: string) => Promise<T>,
): Promise<T> {
  const leaseId = await acquire(deps, accountId, id)
  const row = { id, accountId }
  const set = (until: number | null) =>
    deps.store
      .commit([
        change(
          'installation',
          row,
          { leaseId },
          until === null ? { leaseId: null, leaseUntil: null } : { leaseUntil: until },
        ),
      ])
      .catch((error: unknown) => deps.logger.warn({ err: error, connectorId: id }, 'a lease was not written'))
  const renewing = setInterval(() => void set(deps.clock.now() + HELD_MS), RENEWED_MS)
  try {
    return await act(leaseId)
  } finally {
    clearInterval(renewing)
    await set(null)
  }
}

async function acquire(deps: InstallingDeps, accountId: string, id: string): Promise<string> {
  const { store, clock } = deps
  const leaseId = deps.newId()
  const patientUntil = performance.now() + PATIENCE_MS
  for (let round = 0; ; round += 1) {
    const { installation: row } = await readPlace(store, accountId, id)
    const now = clock.now()
    if (row.leaseId === null || isOver(row.leaseUntil ?? 0, now)) {
      // made before there were installations
      if (row.revision === 0) await writePlace(deps, accountId, id, () => ({ installation: {} }))
      const guard = { leaseId: row.leaseId, leaseUntil: row.leaseUntil }
      const set = { leaseId, leaseUntil: now + HELD_MS }
      const { outcome } = await store.commit([change('installation', row, guard, set)])
      if (outcome === 'committed') return leaseId
    } else if (performance.now() > patientUntil) {
      const message = 'this connector is being installed, checked or uninstalled by another request'
      throw new AppError('STORE_BUSY', message, { retryAfterMs: HELD_MS })
    }
    await wait(Math.min(MAX_LOOK_MS, LOOK_MS * 2 ** Math.min(round, 5)) * (0.5 + Math.random()))
  }
}

/** Also one that reaches further than any: it was taken while the clock of its process was ahead. */
function isOver(until: Instant, now: Instant): boolean {
  return until <= now || until > now + 2 * HELD_MS
}
