import { findRow } from '../commit/planned.ts'
import { effectiveValue, fullValue } from '../engine/decide/effective-value.ts'
import { findJourney, ofJourney } from '../engine/load/journey-rows.ts'
import { all, ascending } from '../ports/conditions.ts'
import type { CollectionName, FieldName, Row } from '../ports/schema.ts'
import type { Store } from '../ports/store.ts'
import { Derivation, type DerivedJourney } from '../streaks/derive.ts'
import { type Period, periodAt } from '../streaks/period.ts'
import type { CountedLog } from '../streaks/types.ts'

const PAGE = 1000

/** A journey as it is stored, and as its ledger says it is. */
export interface ReadJourney {
  readonly streak: Row<'streak'>
  readonly milestones: readonly Row<'milestone'>[]
  readonly journey: Row<'member_streak'>
  readonly progress: readonly Row<'streak_progress'>[]
  readonly runs: readonly Row<'run'>[]
  readonly rewards: readonly Row<'reward_log'>[]
  readonly derived: DerivedJourney
  readonly logs: number
  /** Logs whose kept value is not what their entries say, with what it is. */
  readonly wrongLogs: readonly { readonly log: Row<'streak_log'>; readonly effectiveValue: bigint }[]
  /** Logs that today's zone data would place in another period. They stay where they are. */
  readonly elsewhere: readonly {
    readonly streakLogId: string
    readonly periodKey: string
    readonly today: string
  }[]
  /** The same logs with where they would lie, for those who move them. */
  readonly moves: readonly Move[]
  /** By stored period: where its effective logs lie by today's zone data, ascending. */
  readonly wentTo: ReadonlyMap<number, readonly number[]>
}

export interface Move {
  readonly log: Row<'streak_log'>
  readonly to: Period
}

/** Whether a journey is derived from its logs where they were put, or where today's zone data would put them. */
export type Placing = 'as stored' | 'by today'

type Journeyed = Extract<CollectionName, 'streak_log' | 'streak_progress' | 'run'>

/** All rows of a journey in the order of an integer field, page by page, each from where the last one ended. */
async function* rowsOf<C extends Journeyed>(
  store: Store,
  journey: Row<'member_streak'>,
  collection: C,
  field: FieldName<C>,
  thenBy: readonly FieldName<C>[] = [],
): AsyncGenerator<Row<C>> {
  let from = Number.MIN_SAFE_INTEGER
  let offset = 0
  for (;;) {
    const where = all<C>(ofJourney(journey), { field, op: 'gte', value: from })
    const sort = ascending<C>(field, ...thenBy)
    const page = await store.find(collection, { where, sort, offset, limit: PAGE })
    yield* page
    if (page.length < PAGE) return
    const last = page.at(-1)![field as keyof Row<C>] as unknown as number
    // the next page begins with the field's last value; those of it that were seen are passed over
    const seen = page.filter((row) => (row[field as keyof Row<C>] as unknown as number) === last).length
    offset = last === from ? offset + page.length : seen
    from = last
  }
}

/**
 * Reads one journey and derives it from its ledger. null when it changed meanwhile, or is gone: read it again.
 * Nothing is locked; the version tells whether what was read belongs together.
 */
export async function readJourney(
  store: Store,
  at: Row<'member_streak'>,
  placing: Placing = 'as stored',
): Promise<ReadJourney | null> {
  const { accountId, ownedById, streakId } = at
  const key = [[accountId, ownedById, streakId]]
  const journey = await findJourney(store, at)
  const streak = await findRow(store, 'streak', accountId, streakId)
  if (journey === null || streak === null) return null
  const [milestones, rewards, entries, progress, runs] = await Promise.all([
    store.findByKeys('milestone', ['accountId', 'linkedSchemaRecordId'], [[accountId, streakId]]),
    store.findByKeys('reward_log', ['accountId', 'ownedById', 'linkedSchemaRecordId'], key),
    store.findByKeys('withdrawal', ['accountId', 'ownedById'], [[accountId, ownedById]]),
    Array.fromAsync(rowsOf(store, journey, 'streak_progress', 'periodNumber')),
    Array.fromAsync(rowsOf(store, journey, 'run', 'firstPeriod')),
  ])
  const ledger = await readLedger(store, streak, journey, entries, placing)
  const after = await findJourney(store, at)
  if (after?.version !== journey.version) return null
  return { streak, milestones, journey, progress, runs, rewards, ...ledger }
}

async function readLedger(
  store: Store,
  streak: Row<'streak'>,
  journey: Row<'member_streak'>,
  entries: readonly Row<'withdrawal'>[],
  placing: Placing,
): Promise<Pick<ReadJourney, 'derived' | 'logs' | 'wrongLogs' | 'elsewhere' | 'moves' | 'wentTo'>> {
  const entriesOf = Map.groupBy(entries, (entry) => entry.streakLogId)
  const derivation = new Derivation(streak)
  const wrongLogs: { log: Row<'streak_log'>; effectiveValue: bigint }[] = []
  const elsewhere: { streakLogId: string; periodKey: string; today: string }[] = []
  const moves: Move[] = []
  const wentTo = new Map<number, Set<number>>()
  const placed: CountedLog[] = []
  let logs = 0
  for await (const log of rowsOf(store, journey, 'streak_log', 'periodNumber', ['activityAt', 'id'])) {
    logs += 1
    const value = effectiveValue(fullValue(streak, log), entriesOf.get(log.id) ?? [])
    if (value !== log.effectiveValue) wrongLogs.push({ log, effectiveValue: value })
    const today = periodAt(streak, log.activityAt)
    if (today.number !== log.periodNumber || today.key !== log.periodKey) {
      elsewhere.push({ streakLogId: log.id, periodKey: log.periodKey, today: today.key })
      moves.push({ log, to: today })
    }
    if (log.status !== 'live') continue
    if (value > 0n)
      wentTo.set(log.periodNumber, (wentTo.get(log.periodNumber) ?? new Set()).add(today.number))
    const { id, activityAt } = log
    if (placing === 'as stored') derivation.add({ ...log, value })
    else placed.push({ id, activityAt, value, periodNumber: today.number })
  }
  // logs of one instant may have been put by different data: their order is that of today's
  placed.sort((a, b) => a.periodNumber - b.periodNumber || a.activityAt - b.activityAt)
  for (const entry of placed) derivation.add(entry)
  const ascending = new Map([...wentTo].map(([from, to]) => [from, [...to].toSorted((a, b) => a - b)]))
  return { derived: derivation.result(), logs, wrongLogs, elsewhere, moves, wentTo: ascending }
}
