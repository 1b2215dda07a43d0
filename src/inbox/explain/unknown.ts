import type { Instant } from '../../ports/clock.ts'
import { all, equal } from '../../ports/conditions.ts'
import type { Row } from '../../ports/schema.ts'
import type { Store } from '../../ports/store.ts'
import type { OrderQuestion } from './types.ts'
import { REFUSED, REFUSED_OTHERWISE, UNKNOWN } from './words.ts'

/** Of so many connectors something is said. */
const MAX_NAMED = 5
const LATELY_MS = 7 * 24 * 3_600_000

type Connector = Row<'connector'>

/** What to look at when nobody has heard of an order: webhooks refused, connectors paused, subscriptions, the shop. */
export async function whatToLookAt(
  store: Store,
  question: OrderQuestion,
  connectors: readonly Connector[],
  now: Instant,
): Promise<string> {
  const intro = UNKNOWN.intro(question.orderId ?? question.orderName ?? '')
  const asked = connectors.filter(({ id }) => (question.connectorId ?? id) === id)
  if (connectors.length === 0) return `${intro} ${UNKNOWN.noConnector}`
  if (asked.length === 0) return `${intro} ${UNKNOWN.notThisConnector}`
  const named = asked.slice(0, MAX_NAMED)
  const [lasts, installations] = await Promise.all([
    Promise.all(named.map((each) => lastArrival(store, each))),
    store.findByKeys(
      'installation',
      ['accountId', 'id'],
      named.map(({ accountId, id }) => [accountId, id]),
    ),
  ])
  const sentences = named.flatMap((connector, place) => [
    ...about(connector, lasts[place] ?? null, now),
    ...notSubscribed(
      connector,
      installations.find(({ id }) => id === connector.id),
    ),
  ])
  const rest = asked.length - MAX_NAMED
  return [intro, ...sentences, ...(rest > 0 ? [UNKNOWN.more(rest)] : [])].join(' ')
}

async function lastArrival(store: Store, { accountId, id: connectorId }: Connector): Promise<Instant | null> {
  const [last] = await store.find('delivery', {
    where: all(equal({ accountId, connectorId })),
    sort: [
      { field: 'createdAt', order: 'desc' },
      { field: 'id', order: 'asc' },
    ],
    omit: ['body', 'headers'],
    limit: 1,
  })
  return last?.receivedAt ?? null
}

function about(connector: Connector, last: Instant | null, now: Instant): string[] {
  const { name, status, settings, recentRefusals } = connector
  const lately = recentRefusals.filter(({ at }) => now - at <= LATELY_MS)
  const refusal = lately.at(-1)
  const shop = settings.shopDomain ?? settings.siteUrl
  return [
    ...(status === 'live' ? [] : [UNKNOWN.isPaused(name)]),
    ...(refusal === undefined
      ? []
      : [
          UNKNOWN.refused(
            name,
            lately.length,
            minute(refusal.at),
            REFUSED[refusal.reason] ?? REFUSED_OTHERWISE,
          ),
        ]),
    last === null ? UNKNOWN.nothingYet(name) : UNKNOWN.lastArrived(name, minute(last)),
    ...(typeof shop === 'string' ? [UNKNOWN.shop(name, shop)] : []),
  ]
}

/** What the platform would not tell of, when it was last looked at. */
function notSubscribed({ name }: Connector, installation: Row<'installation'> | undefined): string[] {
  const missing = (installation?.subscriptions ?? []).filter(({ state }) => state === 'missing')
  return missing.length === 0 ? [] : [UNKNOWN.missing(name, missing.map(({ topic }) => topic).join(', '))]
}

/** `2026-11-22 12:00 UTC`. */
function minute(instant: Instant): string {
  return `${new Date(instant).toISOString().slice(0, 16).replace('T', ' ')} UTC`
}
