import { all, atLeast, descending, equal } from '../ports/conditions.ts'
import type { InstallingDeps } from './deps.ts'
import type { Place } from './place.ts'
import { type Found, silent } from './words.ts'

const LOOKED_AT = 100
/** Fewer say nothing about what is usual. */
const LEAST = 20
const LOOKED_BACK_MS = 30 * 86_400_000
/** Nights and weekends are no silence. */
const LEAST_SILENCE_MS = 6 * 3_600_000
const TIMES_LONGEST = 3

/**
 * Whether webhooks have stopped for a time that is unusual for this shop: at least six hours, and three times as long
 * as the longest pause between the last hundred.
 */
export async function silence(
  { store, clock }: Pick<InstallingDeps, 'store' | 'clock'>,
  { connector, installation }: Place,
): Promise<readonly Found[]> {
  const { lastWebhookAt } = installation
  const now = clock.now()
  if (lastWebhookAt === null || now - lastWebhookAt < LEAST_SILENCE_MS) return []
  const rows = await store.find('delivery', {
    where: all(
      equal<'delivery'>({ accountId: connector.accountId, connectorId: connector.id }),
      atLeast('createdAt', lastWebhookAt - LOOKED_BACK_MS),
    ),
    sort: descending('createdAt'),
    limit: LOOKED_AT,
    omit: ['body', 'headers'],
  })
  if (rows.length < LEAST) return []
  const pauses = rows.slice(1).map((row, at) => rows[at]!.createdAt - row.createdAt)
  const unusual = Math.max(LEAST_SILENCE_MS, TIMES_LONGEST * Math.max(...pauses))
  return now - lastWebhookAt > unusual ? [silent(new Date(lastWebhookAt).toISOString())] : []
}
