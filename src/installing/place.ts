import { commitPlanned, findRow, standsStill } from '../commit/planned.ts'
import { AppError } from '../errors.ts'
import { change, insert, revise } from '../ports/changes.ts'
import type { Row } from '../ports/schema.ts'
import type { Change, Store } from '../ports/store.ts'
import { recordNotFound } from '../setup/change-row.ts'
import { isUnstored, readInstallations } from '../setup/installation.ts'
import type { InstallingDeps } from './deps.ts'

/** A connector and how it stands with its platform. */
export interface Place {
  readonly connector: Row<'connector'>
  readonly installation: Row<'installation'>
}

export interface Written {
  readonly connector?: Partial<Row<'connector'>>
  readonly installation?: Partial<Row<'installation'>>
}

/** @throws AppError NOT_FOUND */
export async function readPlace(store: Store, accountId: string, id: string): Promise<Place> {
  const connector = await findRow(store, 'connector', accountId, id)
  if (connector === null) throw recordNotFound('connector')
  const installations = await readInstallations(store, [connector])
  return { connector, installation: installations.get(id)! }
}

/**
 * Writes what `plan` makes of a connector and its installation, both or neither, planned anew when others were faster.
 * @param leaseId writes only while this lease holds
 * @throws AppError NOT_FOUND, STORE_BUSY, and whatever `plan` throws
 */
export function writePlace(
  { store, clock }: Pick<InstallingDeps, 'store' | 'clock'>,
  accountId: string,
  id: string,
  plan: (place: Place) => Written,
  leaseId?: string,
): Promise<Place> {
  return commitPlanned(store, async () => {
    const place = await readPlace(store, accountId, id)
    if (leaseId !== undefined && place.installation.leaseId !== leaseId) throw leaseLost()
    const written = plan(place)
    const updatedAt = clock.now()
    const changes: Change[] = []
    let { connector, installation } = place
    if (written.installation !== undefined) {
      const { revision } = installation
      const set = { ...written.installation, updatedAt }
      const next = { ...installation, ...set, revision: revision + 1 }
      const guard = leaseId === undefined ? { revision } : { revision, leaseId }
      if (isUnstored(installation)) changes.push(insert('installation', next))
      else changes.push(change('installation', installation, guard, { ...set, revision: revision + 1 }))
      installation = next
    }
    if (written.connector !== undefined) {
      const set = { ...written.connector, updatedAt }
      changes.push(revise('connector', connector, set))
      connector = { ...connector, ...set, revision: connector.revision + 1 }
    } else if (isUnstored(place.installation) && changes.length > 0) {
      // no row is left behind by a connector that is deleted at the same moment
      changes.push(standsStill('connector', connector))
      connector = { ...connector, revision: connector.revision + 1 }
    }
    return { changes, result: { connector, installation } }
  })
}

export function leaseLost(): AppError {
  return new AppError('STORE_BUSY', 'another process has taken over this connector in the meantime')
}
