import type { Row } from '../ports/schema.ts'
import type { Store } from '../ports/store.ts'
import { periodAt } from '../streaks/period.ts'
import { firstDifference, type ZoneData, zoneData } from '../streaks/zone-data.ts'

export interface ZoneReport {
  /** Streaks of which something differs, by id. */
  readonly streaks: readonly StreakZone[]
  readonly logs: number
}

export interface StreakZone {
  readonly accountId: string
  readonly streakId: string
  readonly name: string
  readonly timezone: string
  readonly logs: number
  /** Logs that lie in another period than the data in force would put them in. */
  readonly elsewhere: number
  /** `activityAt` of the earliest of them; null when there is none. */
  readonly elsewhereSince: number | null
  /** Since when the zone's clocks differ from those of the data compared with; null when they never do since 1970. */
  readonly clocksDifferSince: number | null
}

const PAGE = 1000

/**
 * What the zone data in force changes for the streaks of a store, whose logs were put into periods by what was in force
 * before. Reads every log, and writes nothing. `compared`: what was in force before, where it is at hand.
 */
export async function reportZones(
  store: Store,
  compared: ZoneData | null,
  onProgress?: (logs: number) => void,
): Promise<ZoneReport> {
  const streaks = new Map<string, Row<'streak'>>()
  for await (const streak of allOf(store, 'streak')) streaks.set(streak.id, streak)
  const found = new Map(
    [...streaks.keys()].map((id) => [id, { logs: 0, elsewhere: 0, since: Number.POSITIVE_INFINITY }]),
  )
  let logs = 0
  for await (const { streakId, activityAt, periodNumber, periodKey } of allOf(store, 'streak_log')) {
    logs += 1
    if (logs % PAGE === 0) onProgress?.(logs)
    const streak = streaks.get(streakId)
    const sums = found.get(streakId)
    // a streak that was made since has logs of today only
    if (streak === undefined || sums === undefined) continue
    sums.logs += 1
    const today = periodAt(streak, activityAt)
    if (today.number === periodNumber && today.key === periodKey) continue
    sums.elsewhere += 1
    sums.since = Math.min(sums.since, activityAt)
  }
  const rows = [...streaks.values()].map(({ accountId, id, name, timezone }): StreakZone => {
    const { logs: own, elsewhere, since } = found.get(id)!
    const elsewhereSince = elsewhere === 0 ? null : since
    const clocksDifferSince = compared === null ? null : differSince(compared, timezone)
    return {
      accountId,
      streakId: id,
      name,
      timezone,
      logs: own,
      elsewhere,
      elsewhereSince,
      clocksDifferSince,
    }
  })
  return { logs, streaks: rows.filter((row) => row.elsewhere > 0 || row.clocksDifferSince !== null) }
}

function differSince(compared: ZoneData, timezone: string): number | null {
  const [before, now] = [compared.changesOf(timezone), zoneData().changesOf(timezone)]
  return before === undefined || now === undefined ? null : firstDifference(before, now, 0)
}

async function* allOf<C extends 'streak' | 'streak_log'>(
  store: Store,
  collection: C,
): AsyncGenerator<Row<C>> {
  let after = ''
  for (;;) {
    const page: Row<C>[] = await store.find(collection, {
      where: { field: 'id', op: 'gt', value: after },
      sort: [{ field: 'id', order: 'asc' }],
      limit: PAGE,
    } as never)
    yield* page
    if (page.length < PAGE) return
    after = page.at(-1)!.id
  }
}
