import { describe, expect, it } from '@jest/globals'
import fc from 'fast-check'
import { formatQuantity, wholeQuantity } from '../../src/streaks/quantity.ts'
import type { MilestoneRules, StreakRules } from '../../src/streaks/types.ts'
import { JourneyModel } from '../helpers/journey-model.ts'
import { countsOf, type OracleLog, type OracleRun, runsOf, valuesOf } from '../helpers/oracle.ts'

const DAY_MS = 86_400_000

/** A log, or a change of an earlier one: taken back, taken back in part, or given back. */
const entry = fc.oneof(
  {
    weight: 3,
    arbitrary: fc.record({
      kind: fc.constant('log' as const),
      day: fc.integer({ min: 1, max: 10 }),
      value: fc.integer({ min: 0, max: 3 }),
    }),
  },
  {
    weight: 2,
    arbitrary: fc.record({
      kind: fc.constant('change' as const),
      which: fc.nat({ max: 40 }),
      left: fc.integer({ min: 0, max: 3 }),
    }),
  },
)
const history = fc.array(entry, { maxLength: 40 })
const shape = fc.record({
  target: fc.integer({ min: 1, max: 3 }),
  cycle: fc.option(fc.integer({ min: 1, max: 4 })),
  milestoneTarget: fc.integer({ min: 1, max: 4 }),
})
type Entry = typeof entry extends fc.Arbitrary<infer E> ? E : never

function rulesOf(target: number, cycle: number | null): StreakRules {
  const aggregationTargetValue = wholeQuantity(target)
  return {
    aggregationMethod: 'sum',
    aggregationPeriod: 'daily',
    aggregationTargetValue,
    completionTargetValue: cycle,
    timezone: 'UTC',
    weekStartsOn: 'monday',
  }
}

const REPEATS = [
  ['consecutive_count', 'every_streak'],
  ['consecutive_count', 'once'],
  ['current_progress_value', 'every_period'],
  ['current_progress_value', 'once'],
] as const

function milestonesOf(target: number): MilestoneRules[] {
  return REPEATS.map(([milestoneMetric, milestoneRepeat]) => ({
    id: `${milestoneMetric}/${milestoneRepeat}`,
    milestoneTargetValue: wholeQuantity(target),
    milestoneMetric,
    milestoneRepeat,
    createdAt: 0,
    status: 'live',
  }))
}

/** Plays a history; answers what is left in the ledger of each log. `check` looks at the model after every entry. */
function play(
  entries: readonly Entry[],
  model: JourneyModel,
  check: (logs: OracleLog[]) => void,
): OracleLog[] {
  const logs: { day: number; value: number; full: number }[] = []
  for (const each of entries) {
    if (each.kind === 'log') {
      const id = `l${logs.length}`
      model.record({
        id,
        periodNumber: each.day,
        activityAt: each.day * DAY_MS + logs.length,
        value: wholeQuantity(each.value),
      })
      logs.push({ day: each.day, value: each.value, full: each.value })
    } else if (logs.length > 0) {
      const index = each.which % logs.length
      const log = logs[index]!
      const left = Math.min(each.left, log.full)
      if (left === log.value) continue
      model.change(`l${index}`, wholeQuantity(left))
      log.value = left
    }
    check(logs)
  }
  return logs
}

const reaches = (runs: readonly OracleRun[], target: number, cycle: number | null) =>
  [...countsOf(runs, cycle).values()].some((count) => count >= target)

describe('withdrawals and what gives back, against the definitions', () => {
  it('leave the same values, runs, longest run, cycles and target instants as the ledger says', () => {
    fc.assert(
      fc.property(history, shape, (entries, { target, cycle }) => {
        const model = new JourneyModel(rulesOf(target, cycle), milestonesOf(2))
        play(entries, model, (logs) => {
          const runs = runsOf(logs, target)
          const values = new Map(
            [...model.progress].map(([day, each]) => [
              day,
              Number(formatQuantity(each.currentProgressValue)),
            ]),
          )
          expect(values).toEqual(valuesOf(logs))
          const ours = [...model.runs.values()].map(({ firstPeriod, lastPeriod }) => ({
            first: firstPeriod,
            last: lastPeriod,
          }))
          expect(ours.toSorted((a, b) => a.first - b.first)).toEqual(runs)
          expect(model.totals.longestRunLength).toBe(
            Math.max(0, ...runs.map((run) => run.last - run.first + 1)),
          )
          const closed = [...countsOf(runs, cycle).values()].filter((count) => count === cycle).length
          expect(model.totals.completedCycles).toBe(closed)
          for (const [day, progress] of model.progress) {
            const at = logs.flatMap((log, index) =>
              log.day === day && log.value > 0 ? [{ at: day * DAY_MS + index, value: log.value }] : [],
            )
            const sums = at.map((_, n) => at.slice(0, n + 1).reduce((sum, each) => sum + each.value, 0))
            const reached = at[sums.findIndex((sum) => sum >= target)]?.at ?? null
            const ends = [at[0]?.at ?? null, at.at(-1)?.at ?? null, cycle === null ? null : reached]
            expect([progress.firstEffectiveAt, progress.lastEffectiveAt, progress.targetReachedAt]).toEqual(
              ends,
            )
          }
        })
      }),
      { numRuns: 300 },
    )
  })

  it('keep every reward unique and grounded, and the counters of runs true', () => {
    fc.assert(
      fc.property(history, shape, (entries, { target, cycle, milestoneTarget }) => {
        fc.pre(cycle === null || milestoneTarget <= cycle)
        const milestones = milestonesOf(milestoneTarget)
        const model = new JourneyModel(rulesOf(target, cycle), milestones)
        play(entries, model, (logs) => {
          const runs = runsOf(logs, target)
          const values = valuesOf(logs)
          const standing = model.standing()
          for (const { id, milestoneMetric, milestoneRepeat } of milestones) {
            const anchors = standing
              .filter((reward) => reward.milestoneId === id)
              .map((reward) => reward.periodNumber)
            expect(new Set(anchors).size).toBe(anchors.length)
            if (milestoneRepeat === 'once') expect(anchors.length).toBeLessThanOrEqual(1)
            const hasGround = (anchor: number) => {
              if (milestoneMetric === 'current_progress_value') {
                const days = milestoneRepeat === 'once' ? [...values.keys()] : [anchor]
                return days.some((day) => (values.get(day) ?? 0) >= milestoneTarget)
              }
              const own =
                milestoneRepeat === 'once'
                  ? runs
                  : runs.filter((run) => run.first <= anchor && anchor <= run.last)
              return reaches(own, milestoneTarget, cycle)
            }
            expect(anchors.filter((anchor) => !hasGround(anchor))).toEqual([])
          }
          for (const run of model.runs.values()) {
            const inside = standing.filter(
              (reward) =>
                reward.everyStreak &&
                run.firstPeriod <= reward.periodNumber &&
                reward.periodNumber <= run.lastPeriod,
            )
            expect(Object.values(run.standing).reduce((sum, count) => sum + count, 0)).toBe(inside.length)
          }
          expect(model.totals.revokedRewards).toBe(
            model.rewards.filter((reward) => reward.state === 'revoked').length,
          )
        })
      }),
      { numRuns: 400 },
    )
  })

  it('give back what they took: the same ledger has the same once and value rewards as without them', () => {
    fc.assert(
      fc.property(history, shape, (entries, { target, cycle, milestoneTarget }) => {
        fc.pre(cycle === null || milestoneTarget <= cycle)
        const model = new JourneyModel(rulesOf(target, cycle), milestonesOf(milestoneTarget))
        const logs = play(entries, model, () => {})
        const values = valuesOf(logs)
        const own = (id: string) => model.standing().filter((reward) => reward.milestoneId === id)
        const days = [...values].filter(([, value]) => value >= milestoneTarget).map(([day]) => day)
        expect(
          own('current_progress_value/every_period')
            .map((reward) => reward.periodNumber)
            .toSorted((a, b) => a - b),
        ).toEqual(days.toSorted((a, b) => a - b))
        expect(own('current_progress_value/once')).toHaveLength(days.length > 0 ? 1 : 0)
        expect(own('consecutive_count/once')).toHaveLength(
          reaches(runsOf(logs, target), milestoneTarget, cycle) ? 1 : 0,
        )
      }),
      { numRuns: 300 },
    )
  })
})
