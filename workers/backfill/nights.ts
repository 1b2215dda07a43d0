import { hash } from 'node:crypto'
import type { Clock, Instant } from '../../src/ports/clock.ts'
import { all, ascending, atMost, beyond } from '../../src/ports/conditions.ts'
import type { Row } from '../../src/ports/schema.ts'
import type { Store } from '../../src/ports/store.ts'
import { periodAt } from '../../src/streaks/period.ts'

export interface NightsDeps {
  readonly store: Store
  readonly clock: Clock
  /** Begins a reconcile; one that runs already goes on. */
  readonly begin: (accountId: string, connectorId: string) => Promise<unknown>
}

const HOUR_MS = 3_600_000
const DAY_MS = 24 * HOUR_MS
/** The night begins at one o'clock by the account's own time, and has so many hours. */
const NIGHT_BEGINS_MS = HOUR_MS
const NIGHT_MS = 4 * HOUR_MS
const PAGE_ROWS = 500

/** Begins the reconciles whose moment of the night has come, or was missed. Safe in several processes at once. */
export async function beginNightly({ store, clock, begin }: NightsDeps): Promise<void> {
  const now = clock.now()
  const timezones = new Map<string, string>()
  let last: { reconciledAt: Instant; id: string } | null = null
  for (;;) {
    const rows: Pick<Row<'installation'>, 'id' | 'accountId' | 'reconciledAt' | 'state'>[] = await store.find(
      'installation',
      {
        where: all<'installation'>(
          atMost('reconciledAt', now - HOUR_MS),
          last === null ? null : beyond('reconciledAt', 'asc', last),
        ),
        sort: ascending('reconciledAt', 'id'),
        limit: PAGE_ROWS,
        omit: ['sealedAccess', 'sealedConsent', 'subscriptions'],
      },
    )
    for (const { id, accountId, reconciledAt, state } of rows) {
      if (state !== 'installed' && state !== 'needs_attention') continue
      const timezone = timezones.get(accountId) ?? (await timezoneOf(store, accountId))
      timezones.set(accountId, timezone)
      if (isDue(id, timezone, reconciledAt ?? 0, now)) await begin(accountId, id)
    }
    const end = rows.at(-1)
    if (rows.length < PAGE_ROWS || end === undefined) return
    last = { id: end.id, reconciledAt: end.reconciledAt ?? 0 }
  }
}

async function timezoneOf(store: Store, accountId: string): Promise<string> {
  const [account] = await store.findByKeys('account', ['id'], [[accountId]])
  return account?.timezone ?? 'UTC'
}

/** Whether the last moment of a connector's nights lies after its last reconcile. Pure. */
export function isDue(connectorId: string, timezone: string, reconciledAt: Instant, now: Instant): boolean {
  const { startAt } = periodAt({ aggregationPeriod: 'daily', timezone, weekStartsOn: 'monday' }, now)
  const tonight = startAt + NIGHT_BEGINS_MS + momentOf(connectorId)
  return reconciledAt < (tonight <= now ? tonight : tonight - DAY_MS)
}

/** Each connector has its own, so that they do not all ask at once. */
function momentOf(connectorId: string): number {
  return (Number.parseInt(hash('sha256', connectorId, 'hex').slice(0, 8), 16) / 2 ** 32) * NIGHT_MS
}
