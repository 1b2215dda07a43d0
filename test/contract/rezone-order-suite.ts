import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import fc from 'fast-check'
import { v7 as uuidv7 } from 'uuid'
import type { Row } from '../../src/ports/schema.ts'
import { rezone } from '../../src/rebuild/rezone.ts'
import { wholeQuantity } from '../../src/streaks/quantity.ts'
import { EngineKit } from '../helpers/engine-kit.ts'
import { afterDecree, BEFORE, MOVED_ZONE, under } from '../helpers/moved-zone.ts'
import { propertyRuns } from '../helpers/property-runs.ts'
import type { EngineSetup } from './engine-suite.ts'

const HOUR_MS = 3_600_000
const DAY_MS = 24 * HOUR_MS
const FROM = Date.UTC(2025, 5, 1)
const HISTORIES = propertyRuns(12)

/** The order of logs does not matter, nor which data put them where they were before they are moved. */
export function describeRezoneOrder(name: string, setup: () => Promise<EngineSetup>): void {
  describe(`rezoning any history on ${name}`, () => {
    let parts: EngineSetup
    let kit: EngineKit
    beforeAll(async () => {
      parts = await setup()
    })
    afterAll(() => parts.close())

    const deps = () => ({ store: parts.store, clock: { now: () => kit.now }, newId: uuidv7 })

    const anyLog = fc.record({
      at: fc.integer({ min: 0, max: 12 * 24 }).map((hours) => FROM + hours * HOUR_MS),
      late: fc.boolean(),
      withdrawn: fc.boolean(),
    })
    const anyDecree = fc.record({
      since: fc.integer({ min: 0, max: 12 * DAY_MS }).map((ms) => FROM + ms),
      hours: fc.integer({ min: -24, max: 24 }),
    })

    it(
      'gives what the same logs give when all of them are recorded by today’s days, in any order',
      async () => {
        const anyCase = fc.record({
          logs: fc.array(anyLog, { minLength: 1, maxLength: 14 }),
          decree: anyDecree,
          period: fc.constantFrom('daily', 'weekly', 'monthly'),
          cycle: fc.constantFrom(null, 2),
          target: fc.constantFrom(1, 2),
        })
        const property = fc.asyncProperty(anyCase, async ({ logs, decree, period, cycle, target }) => {
          const data = afterDecree(decree.since, decree.hours)
          kit = new EngineKit(parts.store)
          const rules = {
            timezone: MOVED_ZONE,
            aggregationPeriod: period,
            completionTargetValue: cycle,
            aggregationTargetValue: wholeQuantity(target),
          } as const
          const [moved, fresh] = [await kit.streak(rules), await kit.streak(rules)]
          const record = async (streak: Row<'streak'>, log: (typeof logs)[number]) => {
            const result = await kit.record(streak, log.at)
            if (log.withdrawn && result.outcome === 'recorded') await kit.withdraw(result.log.id)
          }
          // some were recorded before the newer data came, some after
          await under(BEFORE, async () => {
            for (const log of logs.filter(({ late }) => !late)) await record(moved, log)
          })
          await under(data, async () => {
            for (const log of logs.filter(({ late }) => late)) await record(moved, log)
            await rezone(deps(), { streakId: moved.id, dryRun: false })
            for (const log of logs) await record(fresh, log)
            expect(await standing(moved)).toEqual(await standing(fresh))
          })
        })
        await fc.assert(property, HISTORIES.runs)
      },
      HISTORIES.timeoutMs,
    )

    /** What a streak's rows say, without ids and times of writing. */
    async function standing(streak: Row<'streak'>) {
      const of = async <C extends 'streak_log' | 'streak_progress' | 'run' | 'member_streak'>(
        collection: C,
      ) =>
        (await kit.rows(collection))
          .filter(({ streakId }) => streakId === streak.id)
          .map((row) => ({
            ...row,
            id: '',
            streakId: '',
            createdAt: 0,
            updatedAt: 0,
            version: 0,
            uniqueIdentifier: '',
          }))
          .map((row) => JSON.stringify(row, (_, value) => (typeof value === 'bigint' ? `${value}` : value)))
          .toSorted()
      return [await of('streak_log'), await of('streak_progress'), await of('run'), await of('member_streak')]
    }
  })
}
