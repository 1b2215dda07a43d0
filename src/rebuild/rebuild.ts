import { change, insert } from '../ports/changes.ts'
import type { Clock } from '../ports/clock.ts'
import { all } from '../ports/conditions.ts'
import { eachRow } from '../ports/paging.ts'
import type { Row } from '../ports/schema.ts'
import type { Store } from '../ports/store.ts'
import { compareJourney, type Difference } from './compare.ts'
import { lostJourneys } from './lost-journeys.ts'
import { readJourney } from './read-journey.ts'

export interface RebuildDeps {
  readonly store: Store
  readonly clock: Clock
  readonly newId: () => string
}

export interface RebuildOptions {
  /** Write what differs; else only look. */
  readonly repair: boolean
  /** Called after each journey with how many are done. */
  readonly onProgress?: (journeys: number) => void
}

export interface RebuildReport {
  readonly journeys: number
  readonly logs: number
  /** How many things differ; the first 100 are listed. */
  readonly differing: number
  /** Of these, rewards: they are reported and never repaired. */
  readonly unrepairable: number
  readonly differences: readonly Difference[]
  readonly repaired: number
  /** Journeys that changed under every look. */
  readonly busy: number
  /** Logs that today's zone data would place in another period; the first 100 are listed. */
  readonly placedElsewhere: number
  readonly elsewhere: readonly {
    readonly streakLogId: string
    readonly periodKey: string
    readonly today: string
  }[]
}

const LISTED = 100
const MAX_TRIES = 10

/**
 * Derives everything from the ledger again and compares it with what is stored, one member and streak at a time.
 * Recording goes on meanwhile: what changes while it is looked at is looked at again, and a repair is guarded by the
 * version of the journey. Mints nothing and notifies nobody. Idempotent.
 */
export async function rebuild(deps: RebuildDeps, options: RebuildOptions): Promise<RebuildReport> {
  const report = {
    journeys: 0,
    logs: 0,
    differing: 0,
    unrepairable: 0,
    repaired: 0,
    busy: 0,
    placedElsewhere: 0,
  }
  const differences: Difference[] = []
  const elsewhere: RebuildReport['elsewhere'][number][] = []
  const look = async (row: Row<'member_streak'>) => {
    const looked = await lookAt(deps, row, options.repair)
    report.journeys += 1
    if (looked === null) report.busy += 1
    else {
      report.logs += looked.logs
      note(looked.differences)
      report.placedElsewhere += looked.elsewhere.length
      if (looked.repaired) report.repaired += 1
      elsewhere.push(...looked.elsewhere.slice(0, LISTED - elsewhere.length))
    }
    options.onProgress?.(report.journeys)
  }
  const note = (found: readonly Difference[]) => {
    report.differing += found.length
    report.unrepairable += found.filter(({ repairable }) => !repairable).length
    differences.push(...found.slice(0, LISTED - differences.length))
  }
  for await (const row of lostJourneys(deps.store, deps.clock, deps.newId)) {
    const { ownedById, streakId } = row
    const lost = { what: 'member_streak', ownedById, streakId, repairable: true } as const
    note([{ ...lost, detail: 'the record is missing' }])
    // it is looked at with the others, which finds and writes what belongs in it
    if (options.repair) await deps.store.commit([insert('member_streak', row)])
  }
  for await (const row of eachRow(deps.store, 'member_streak', all())) await look(row)
  return { ...report, differences, elsewhere }
}

/** null when the journey changed under every look. */
async function lookAt({ store, clock, newId }: RebuildDeps, row: Row<'member_streak'>, repair: boolean) {
  for (let tries = 0; tries < MAX_TRIES; tries += 1) {
    const read = await readJourney(store, row)
    if (read === null) continue
    const { differences, repairs } = compareJourney(read, clock.now(), newId)
    const { logs, elsewhere } = read
    const seen = { logs, elsewhere, differences, repaired: false }
    if (!repair || repairs.length === 0) return seen
    const { version } = read.journey
    const guarded = change('member_streak', read.journey, { version }, { version: version + 1 })
    if ((await store.commit([guarded, ...repairs])).outcome === 'committed')
      return { ...seen, repaired: true }
  }
  return null
}
