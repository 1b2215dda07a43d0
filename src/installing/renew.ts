import type { Access } from '../ports/hands.ts'
import type { Told } from '../ports/platform-calls.ts'
import type { InstallingDeps } from './deps.ts'
import { writtenOfProblem } from './outcome.ts'
import { type Place, readPlace, writePlace } from './place.ts'
import { openAccess, sealAccess } from './secrets.ts'
import { handsOf, siteOf } from './site.ts'
import { tokenRefused } from './words.ts'

/**
 * The access, renewed where it has to be; for holders of the lease. The new one is stored before it is handed out, so
 * that of a platform that changes both parts at once nothing is lost: where storing fails the old one is tried again. A
 * refusal makes the problem TOKEN_REFUSED; no answer is none.
 * @param place as it was when the caller read it: somebody else may have renewed meanwhile
 */
export async function renewed(
  deps: InstallingDeps,
  place: Place,
  leaseId: string,
  when: 'when_due' | 'now',
): Promise<Told<Access>> {
  const { id, accountId } = place.connector
  const { connector, installation } = await readPlace(deps.store, accountId, id)
  const access = openAccess(deps.secretBox, installation)
  if (access === null) return { outcome: 'refused', refused: 'access', message: 'there is no token or key' }
  const { renewAt } = installation
  const isDue = renewAt !== null && renewAt <= deps.clock.now()
  const wasRenewed = installation.sealedAccess !== place.installation.sealedAccess
  const hands = handsOf(deps, connector.platform)
  if (hands.renew === undefined || (when === 'when_due' ? !isDue : wasRenewed && !isDue)) {
    return { outcome: 'ok', value: access }
  }
  const told = await hands.renew(siteOf(deps, connector), access)
  if (told.outcome === 'ok') {
    const set = {
      sealedAccess: sealAccess(deps.secretBox, id, told.value.access),
      renewAt: told.value.renewAt,
    }
    await writePlace(deps, accountId, id, () => ({ installation: set }), leaseId)
    return { outcome: 'ok', value: told.value.access }
  }
  if (told.outcome === 'unavailable') return told
  const problem = tokenRefused(told.message)
  await writePlace(deps, accountId, id, (now) => writtenOfProblem(now, problem, deps.clock.now()), leaseId)
  return { outcome: 'refused', refused: 'access', message: told.message }
}
