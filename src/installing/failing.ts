import { all, atLeast, descending, equal } from '../ports/conditions.ts'
import type { ShownSubscription } from '../ports/schema/installation-values.ts'
import type { InstallingDeps } from './deps.ts'
import type { Place } from './place.ts'

const DAY_MS = 86_400_000
/** Of the last day, the newest; of a shop with more a topic that fails alone may go unseen. */
const LOOKED_AT = 1_000

/**
 * Subscriptions that the platform says are well, of which nothing good has come all the same: in the last 24 hours
 * webhooks of the topic were refused here, and none was accepted. They are `failing`.
 */
export async function withFailing(
  { store, clock }: Pick<InstallingDeps, 'store' | 'clock'>,
  { connector, installation }: Place,
  subscriptions: readonly ShownSubscription[],
): Promise<readonly ShownSubscription[]> {
  const since = clock.now() - DAY_MS
  const times = Object.entries(installation.refusedByTopic)
  const refused = new Set(times.flatMap(([topic, at]) => (at >= since ? [topic] : [])))
  if (refused.size === 0) return subscriptions
  const rows = await store.find('delivery', {
    where: all(
      equal<'delivery'>({ accountId: connector.accountId, connectorId: connector.id }),
      atLeast('createdAt', since),
    ),
    sort: descending('createdAt'),
    limit: LOOKED_AT,
    omit: ['body', 'headers'],
  })
  const accepted = new Set(rows.map(({ topic }) => topic))
  return subscriptions.map((each) => {
    const isFailing = each.state === 'ok' && refused.has(each.topic) && !accepted.has(each.topic)
    return isFailing ? { ...each, state: 'failing' } : each
  })
}
