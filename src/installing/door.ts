import type { Access, Hands, Site } from '../ports/hands.ts'
import type { Told } from '../ports/platform-calls.ts'
import type { Closed, DoorOptions, PlatformDoor } from '../ports/platform-door.ts'
import type { InstallingDeps } from './deps.ts'
import { isDead, isOpen } from './due.ts'
import { withLease } from './lease.ts'
import { writtenOfProblem } from './outcome.ts'
import { type Place, readPlace, writePlace } from './place.ts'
import { renewed } from './renew.ts'
import { openAccess } from './secrets.ts'
import { siteOf } from './site.ts'
import { tokenRefused } from './words.ts'

/** The door to platforms for all who have something to ask there. */
export function createDoor(deps: InstallingDeps): PlatformDoor {
  /** Those who need a new access of one connector at the same moment share one. */
  const renewing = new Map<string, Promise<Told<Access>>>()

  const renew = (place: Place, when: 'when_due' | 'now'): Promise<Told<Access>> => {
    const { accountId, id } = place.connector
    const shared = renewing.get(id)
    if (shared !== undefined) return shared
    const own = withLease(deps, accountId, id, (leaseId) => renewed(deps, place, leaseId, when)).finally(() =>
      renewing.delete(id),
    )
    renewing.set(id, own)
    return own
  }

  async function accessOf(place: Place): Promise<Told<Access>> {
    const { renewAt } = place.installation
    const access = openAccess(deps.secretBox, place.installation)!
    if (renewAt === null || renewAt > deps.clock.now()) return { outcome: 'ok', value: access }
    const told = await renew(place, 'when_due')
    // it is renewed before it ends: what cannot be renewed at the moment may still be good
    return told.outcome === 'unavailable' ? { outcome: 'ok', value: access } : told
  }

  return {
    async use<T>(
      accountId: string,
      connectorId: string,
      ask: (hands: Hands, site: Site, access: Access) => Promise<Told<T>>,
      { renewsForPermission = false }: DoorOptions = {},
    ) {
      const place = await readPlace(deps.store, accountId, connectorId)
      const { connector, installation } = place
      const hands = deps.hands.get(connector.platform)
      if (hands === undefined || !isOpen(installation)) return { outcome: 'closed', code: 'NOT_INSTALLED' }
      if (isDead(installation)) return { outcome: 'closed', code: 'TOKEN_REFUSED' }
      const access = await accessOf(place)
      if (access.outcome !== 'ok') return shut(access)
      const site = siteOf(deps, connector)
      const told = await ask(hands, site, access.value)
      const isMore = renewsForPermission && hands.renew !== undefined && lacksPermission(told)
      if (!isRefused(told) && !isMore) return told
      if (hands.renew !== undefined) {
        const again = await renew(place, 'now')
        if (again.outcome !== 'ok') return shut(again)
        const second = await ask(hands, site, again.value)
        if (!isRefused(second)) return second
        return close(deps, place, second.message)
      }
      return isRefused(told) ? close(deps, place, told.message) : told
    },
  }
}

async function close(deps: InstallingDeps, { connector }: Place, message: string): Promise<Closed> {
  const problem = tokenRefused(message)
  await writePlace(deps, connector.accountId, connector.id, (place) =>
    isOpen(place.installation) ? writtenOfProblem(place, problem, deps.clock.now()) : {},
  )
  return { outcome: 'closed', code: 'TOKEN_REFUSED' }
}

type Refused = Extract<Told<never>, { outcome: 'refused' }>

function isRefused(told: Told<unknown>): told is Refused {
  return told.outcome === 'refused' && told.refused === 'access'
}

function lacksPermission(told: Told<unknown>): boolean {
  return told.outcome === 'refused' && told.refused === 'permission'
}

function shut(told: Exclude<Told<never>, { outcome: 'ok' }>) {
  return isRefused(told) ? ({ outcome: 'closed', code: 'TOKEN_REFUSED' } as const) : told
}
