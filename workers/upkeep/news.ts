import { deliveriesMeant, membersMeant } from '../../src/members/privacy-scope.ts'
import { redactCustomer } from '../../src/members/redact-customer.ts'
import { type RedactShopDeps, redactShop } from '../../src/members/redact-shop.ts'
import { change } from '../../src/ports/changes.ts'
import { ascending, atMost } from '../../src/ports/conditions.ts'
import type { Logger } from '../../src/ports/logger.ts'
import type { Row } from '../../src/ports/schema.ts'
import type { Store } from '../../src/ports/store.ts'

/** What is asked of the platform itself when it tells something of a shop. */
export interface ShopNewsDeps {
  /** Whether the app is gone there; then the installation is over. @throws AppError PLATFORM_UNAVAILABLE */
  uninstalled(accountId: string, connectorId: string): Promise<'gone' | 'still_installed'>
  /** Looks at scopes and subscriptions. @throws AppError */
  check(accountId: string, connectorId: string): Promise<void>
}

export interface NewsDeps extends RedactShopDeps {
  readonly store: Store
  readonly logger: Logger
  readonly shops: ShopNewsDeps
}

const ROWS = 20
/** Whoever takes a row has so long before others take it too; afterwards it is tried again after it. */
const TAKEN_MS = 60_000
const MAX_PAUSE_MS = 3_600_000

/**
 * Sees to what platforms told of shops and passed on of privacy law, once it is stored. At least once: what was being
 * done when a process was killed is taken by another one a minute later, and everything may be done again. Nothing is
 * given up: what goes wrong is tried again, after a minute at first, and at least hourly.
 * @throws AppError STORE_UNAVAILABLE
 */
export function createNews(deps: NewsDeps): () => Promise<void> {
  const { store, clock } = deps

  async function seeToShops(): Promise<void> {
    const where = atMost<'delivery', 'newsDueAt'>('newsDueAt', clock.now())
    const omit = ['body', 'headers'] as const
    const rows = await store.find('delivery', {
      where,
      sort: ascending('newsDueAt', 'id'),
      limit: ROWS,
      omit,
    })
    for (const row of rows) {
      const taken = change(
        'delivery',
        row,
        { newsDueAt: row.newsDueAt },
        { newsDueAt: clock.now() + TAKEN_MS },
      )
      if ((await store.commit([taken])).outcome === 'conflict') continue
      await orLater(deps, row, () => actOnShop(deps, row))
    }
  }

  async function seeToRequests(): Promise<void> {
    const where = atMost<'privacy_request', 'workAt'>('workAt', clock.now())
    const rows = await store.find('privacy_request', { where, sort: ascending('workAt', 'id'), limit: ROWS })
    for (const row of rows) {
      const tries = row.tries + 1
      const workAt = clock.now() + Math.min(MAX_PAUSE_MS, TAKEN_MS * tries)
      const taken = change('privacy_request', row, { workAt: row.workAt }, { workAt, tries })
      if ((await store.commit([taken])).outcome === 'conflict') continue
      await orLater(deps, row, () => carryOut(deps, row))
    }
  }

  return async () => {
    await seeToShops()
    await seeToRequests()
  }
}

async function orLater(
  { logger }: NewsDeps,
  { id, connectorId }: { readonly id: string; readonly connectorId: string },
  act: () => Promise<void>,
): Promise<void> {
  try {
    await act()
  } catch (error) {
    logger.warn({ err: error, id, connectorId }, 'what a platform told could not be seen to; trying again')
  }
}

/** The topic is not signed and may be late or repeated: the platform has the last word. */
async function actOnShop({ store, clock, shops }: NewsDeps, row: Row<'delivery'>): Promise<void> {
  const { accountId, connectorId, news } = row
  const settled: Partial<Row<'delivery'>> = { newsDueAt: null, updatedAt: clock.now() }
  if (news === 'scopes_changed') await shops.check(accountId, connectorId)
  else if (
    news === 'uninstalled' &&
    (await shops.uninstalled(accountId, connectorId)) === 'still_installed'
  ) {
    settled.outcome = 'ignored'
    settled.reason = 'STILL_INSTALLED'
  }
  await store.commit([change('delivery', row, {}, settled)])
}

async function carryOut(deps: NewsDeps, request: Row<'privacy_request'>): Promise<void> {
  const { store, clock, logger } = deps
  const updatedAt = clock.now()
  const over = { workAt: null, updatedAt }
  if (request.kind === 'data_request') {
    const members = await membersMeant(store, request)
    const isOurs = members.length > 0 || (await namesAnybody(store, request))
    const customerExternalIds = members.map(({ externalId }) => externalId)
    const set = { ...over, customerExternalIds, ...(isOurs ? {} : { state: 'not_ours' as const }) }
    await store.commit([change('privacy_request', request, { state: 'open' }, set)])
    return
  }
  const counts =
    request.kind === 'shop_redact' ? await redactShop(deps, request) : await redactCustomer(deps, request)
  // nothing of the person stays in the request itself
  const forgotten = { ...over, subject: null, customerExternalIds: [], counts, doneAt: clock.now() }
  const state = counts === null && request.tries === 0 ? 'not_ours' : 'done'
  const nothing = { members: 0, deliveries: 0, codes: 0 }
  const set =
    state === 'not_ours' ? { ...forgotten, doneAt: null } : { ...forgotten, counts: counts ?? nothing }
  await store.commit([change('privacy_request', request, {}, { ...set, state })])
  logger.info({ id: request.id, kind: request.kind, state, ...counts }, 'a privacy request was seen to')
}

async function namesAnybody(store: Store, request: Row<'privacy_request'>): Promise<boolean> {
  for await (const ids of deliveriesMeant(store, request)) if (ids.length > 0) return true
  return false
}
