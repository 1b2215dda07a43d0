import type { Access, Hands } from '../ports/hands.ts'
import type { Told } from '../ports/platform-calls.ts'
import type { InstallingDeps } from './deps.ts'
import { isDead, nextTry, TOLD_AFTER_MS } from './due.ts'
import { withFailing } from './failing.ts'
import { foundOfRefusal, writtenOf, writtenOfProblem } from './outcome.ts'
import { type Place, readPlace, writePlace } from './place.ts'
import { foremost } from './problem.ts'
import { renewed } from './renew.ts'
import { openAccess } from './secrets.ts'
import { silence } from './silence.ts'
import { handsOf, siteOf } from './site.ts'
import { unavailable } from './words.ts'

export interface Looked {
  readonly place: Place
  /** What kept the platform from being looked at. */
  readonly trouble: Exclude<Told<never>, { outcome: 'ok' }> | null
}

/**
 * Looks at what the platform grants and sends, mends it, and writes down what it found; for holders of the lease.
 * Refused credentials make a problem; a platform that cannot be reached changes nothing but the count of tries.
 */
export async function mend(
  deps: InstallingDeps,
  accountId: string,
  id: string,
  leaseId: string,
): Promise<Looked> {
  const { secretBox, clock } = deps
  const { connector, installation } = await readPlace(deps.store, accountId, id)
  const hands = handsOf(deps, connector.platform)
  const site = siteOf(deps, connector)
  const told = await usedWithRenewal(deps, { connector, installation }, leaseId, hands, (access) =>
    hands.mend(site, access),
  )
  const now = clock.now()
  if (told.outcome === 'ok') {
    const also = await silence(deps, { connector, installation })
    const subscriptions = await withFailing(deps, { connector, installation }, told.value.subscriptions)
    const plan = (place: Place) => writtenOf(secretBox, place, { ...told.value, subscriptions }, also, now)
    return { place: await writePlace(deps, accountId, id, plan, leaseId), trouble: null }
  }
  const plan = (place: Place) =>
    told.outcome === 'refused' ? writtenOfProblem(place, foundOfRefusal(told), now) : notReached(place, now)
  return { place: await writePlace(deps, accountId, id, plan, leaseId), trouble: told }
}

/** Uses the access, renewed first where that is due, and once more renewed where it is refused. */
async function usedWithRenewal<T>(
  deps: InstallingDeps,
  place: Place,
  leaseId: string,
  hands: Hands,
  use: (access: Access) => Promise<Told<T>>,
): Promise<Told<T>> {
  const first = await renewed(deps, place, leaseId, 'when_due')
  if (first.outcome === 'refused') return first
  const access = first.outcome === 'ok' ? first.value : openAccess(deps.secretBox, place.installation)!
  const told = await use(access)
  const isRefused = told.outcome === 'refused' && told.refused === 'access'
  if (!isRefused || hands.renew === undefined) return told
  if (first.outcome === 'unavailable') return first
  const again = await renewed(deps, place, leaseId, 'now')
  return again.outcome === 'ok' ? use(again.value) : again
}

/** Tries are counted and told apart in time; the merchant is told after an hour. */
function notReached({ installation }: Place, now: number) {
  const unreachableSince = installation.unreachableSince ?? now
  const tries = installation.tries + 1
  const tried = { tries, unreachableSince, dueAt: isDead(installation) ? null : nextTry(now, tries) }
  if (now - unreachableSince <= TOLD_AFTER_MS) return { installation: tried }
  const { problem: before } = installation
  const since = new Date(unreachableSince).toISOString()
  const problem = foremost([unavailable(since), ...(before === null ? [] : [before])], before, now)
  return { installation: { ...tried, problem, state: 'needs_attention' as const } }
}
