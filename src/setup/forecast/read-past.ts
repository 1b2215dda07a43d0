import { all, ascending, atLeast, equal } from '../../ports/conditions.ts'
import type { Connector } from '../../ports/connector.ts'
import type { Hands, OrderPage, OrderQuery } from '../../ports/hands.ts'
import type { Told } from '../../ports/platform-calls.ts'
import type { Closed, PlatformDoor } from '../../ports/platform-door.ts'
import type { Row } from '../../ports/schema.ts'
import type { Store } from '../../ports/store.ts'
import { Enough, type PastBody } from './gather.ts'
import type { Incomplete, Span } from './types.ts'

export interface PastDeps {
  readonly store: Store
  readonly door: PlatformDoor
  readonly hands: ReadonlyMap<string, Pick<Hands, 'reach' | 'readOrders'>>
}

/** Bodies that are held at once; one has up to 8 MiB. */
const BODIES_PER_READ = 8
const DAY_MS = 86_400_000
/** Clocks of platforms may be ahead of ours. */
const EARLY_MS = DAY_MS

/** Told of what is missing. */
export type Tell = (code: Incomplete['code'], message: string) => void

/**
 * The bodies of a connector, from its platform where it is installed, else from deliveries as far as they are kept.
 * @param within ends what takes too long @throws Enough
 */
export async function* pastBodies(
  deps: PastDeps,
  platform: Connector,
  connector: Row<'connector'>,
  span: Span,
  now: number,
  within: <T>(promise: Promise<T>) => Promise<T>,
  tell: Tell,
): AsyncGenerator<PastBody> {
  const installed = yield* fromPlatform(deps, connector, span, now, within, tell)
  if (!installed) yield* fromDeliveries(deps.store, platform, connector, span, within, tell)
}

/** Whether the platform could be asked. */
async function* fromPlatform(
  { store, door, hands }: PastDeps,
  connector: Row<'connector'>,
  { since, until }: Span,
  now: number,
  within: <T>(promise: Promise<T>) => Promise<T>,
  tell: Tell,
): AsyncGenerator<PastBody, boolean> {
  const own = hands.get(connector.platform)
  if (own?.readOrders === undefined) return false
  const reach = await reachOf(store, connector, own, now)
  if (reach !== null && since < reach.at) tell('SIXTY_DAYS', reach.message)
  const from = Math.max(since, reach?.at ?? since)
  let cursor: string | null = null
  if (from >= until) return true
  do {
    const query: OrderQuery = { by: 'activity', since: from, until, cursor }
    const told: Told<OrderPage> | Closed = await within(
      door.use(connector.accountId, connector.id, (asked, site, access) =>
        asked.readOrders!(site, access, query),
      ),
    )
    if (told.outcome !== 'ok') {
      if (cursor !== null) throw new Enough()
      if (told.outcome !== 'closed') tell('NOT_INSTALLED', `The platform could not be asked: ${told.message}`)
      return false
    }
    for (const { activityAt, bodies } of told.value.orders) {
      for (const body of bodies) yield { ...body, receivedAt: activityAt, isLate: true }
    }
    cursor = told.value.next
  } while (cursor !== null)
  return true
}

async function reachOf(
  store: Store,
  { id, accountId }: Row<'connector'>,
  { reach }: Pick<Hands, 'reach'>,
  now: number,
): Promise<{ at: number; message: string } | null> {
  if (reach === undefined) return null
  const [installation] = await store.findByKeys('installation', ['accountId', 'id'], [[accountId, id]])
  if (installation?.scopes.includes(reach.unless) === true) return null
  const message = `The platform shows orders of the last ${reach.days} days; older ones only with ${reach.unless}, which was not granted.`
  return { at: now - reach.days * DAY_MS, message }
}

async function* fromDeliveries(
  store: Store,
  platform: Connector,
  connector: Row<'connector'>,
  { since }: Span,
  within: <T>(promise: Promise<T>) => Promise<T>,
  tell: Tell,
): AsyncGenerator<PastBody> {
  const { accountId, id: connectorId } = connector
  if (since < connector.createdAt) {
    tell(
      'NOT_INSTALLED',
      'The connector is not installed at its platform, so only what it was sent since it was made is known.',
    )
  }
  let from = since - EARLY_MS
  let here = new Set<string>()
  let gone = 0
  for (;;) {
    const rows = await within(
      store.find('delivery', {
        where: all(equal({ accountId, connectorId }), atLeast('createdAt', from)),
        sort: ascending('createdAt', 'id'),
        limit: BODIES_PER_READ + here.size,
      }),
    )
    const news = rows.filter(({ id }) => !here.has(id))
    for (const row of news) {
      if (row.body === null) gone += 1
      else if (platform.isFromElsewhere?.(row.headers, connector.settings) !== true)
        yield bodyOf(row, row.body)
    }
    const last = news.at(-1)
    if (last === undefined) break
    here = new Set([
      ...(last.createdAt === from ? here : []),
      ...news.filter((row) => row.createdAt === last.createdAt).map(({ id }) => id),
    ])
    from = last.createdAt
  }
  if (gone > 0) {
    tell(
      'BODIES_GONE',
      `The bodies of ${gone} deliveries are no longer kept, so what they told of orders is not known.`,
    )
  }
}

function bodyOf(row: Row<'delivery'>, rawBody: Uint8Array): PastBody {
  const { receivedAt } = row
  return { topic: row.readAs ?? row.topic, rawBody, receivedAt, isLate: row.backfillId !== null }
}
