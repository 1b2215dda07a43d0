import { describe, expect, it } from '@jest/globals'
import fc from 'fast-check'
import { formatQuantity, wholeQuantity } from '../../src/streaks/quantity.ts'
import type { MilestoneRules, StreakRules } from '../../src/streaks/types.ts'
import { JourneyModel, type ModelLog } from '../helpers/journey-model.ts'
import { countsOf, everyStreakAnchors, type OracleLog, runsOf, valuesOf } from '../helpers/oracle.ts'

const DAY_MS = 86_400_000
const history = fc.array(
  fc.record({
    day: fc.integer({ min: 1, max: 14 }),
    value: fc.integer({ min: 0, max: 3 }),
    isQuiet: fc.constantFrom(false, false, false, true),
  }),
  { maxLength: 40 },
)
const shape = fc.record({
  target: fc.integer({ min: 1, max: 3 }),
  cycle: fc.option(fc.integer({ min: 1, max: 5 })),
  milestoneTarget: fc.integer({ min: 1, max: 5 }),
  batchSize: fc.integer({ min: 1, max: 8 }),
})

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

function entry({ day, value, isQuiet = false }: OracleLog, index: number): ModelLog {
  const at = { periodNumber: day, activityAt: day * DAY_MS + index }
  return { id: `l${index}`, ...at, value: wholeQuantity(value), isQuiet }
}

function play(
  logs: readonly OracleLog[],
  target: number,
  cycle: number | null,
  milestones: MilestoneRules[],
  batchSize: number,
) {
  const model = new JourneyModel(rulesOf(target, cycle), milestones)
  for (let at = 0; at < logs.length; at += batchSize) {
    model.record(...logs.slice(at, at + batchSize).map((log, index) => entry(log, at + index)))
  }
  return model
}

function everyStreak(target: number): MilestoneRules {
  return {
    id: 'm',
    milestoneTargetValue: wholeQuantity(target),
    milestoneMetric: 'consecutive_count',
    milestoneRepeat: 'every_streak',
    createdAt: 0,
    status: 'live',
  }
}

describe('the core against the definitions', () => {
  it('derives the same values, runs, longest run and cycles from any history in any batches', () => {
    fc.assert(
      fc.property(history, shape, (logs, { target, cycle, batchSize }) => {
        const model = play(logs, target, cycle, [], batchSize)
        const runs = runsOf(logs, target)
        const values = new Map(
          [...model.progress].map(([day, progress]) => [
            day,
            Number(formatQuantity(progress.currentProgressValue)),
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
        const cycles =
          cycle === null ? 0 : [...countsOf(runs, cycle).values()].filter((count) => count === cycle).length
        expect(model.totals.completedCycles).toBe(cycles)
      }),
      { numRuns: 400 },
    )
  })

  it('grants what the rule for every_streak grants, nothing for quiet logs, log by log or in batches', () => {
    fc.assert(
      fc.property(history, shape, (logs, { target, cycle, milestoneTarget, batchSize }) => {
        fc.pre(cycle === null || milestoneTarget <= cycle)
        const model = play(logs, target, cycle, [everyStreak(milestoneTarget)], batchSize)
        const anchors = model.rewards.map((reward) => reward.periodNumber)
        expect(anchors).toEqual(everyStreakAnchors(logs, target, milestoneTarget, cycle))
        expect(new Set(anchors).size).toBe(anchors.length)
      }),
      { numRuns: 600 },
    )
  })

  it('keeps the instant at which a period reached its target, in whatever order its logs arrive', () => {
    const timed = fc.array(
      fc.record({ minute: fc.integer({ min: 0, max: 30 }), value: fc.integer({ min: 0, max: 3 }) }),
      { maxLength: 25 },
    )
    fc.assert(
      fc.property(
        timed,
        fc.integer({ min: 1, max: 12 }),
        fc.integer({ min: 1, max: 5 }),
        (logs, target, batchSize) => {
          const model = new JourneyModel(rulesOf(target, 7), [])
          const entries = logs.map(({ minute, value }, index) => ({
            id: `l${index}`,
            periodNumber: 1,
            activityAt: minute,
            value: wholeQuantity(value),
          }))
          for (let at = 0; at < entries.length; at += batchSize)
            model.record(...entries.slice(at, at + batchSize))
          const inTime = logs.toSorted((a, b) => a.minute - b.minute)
          const sums = inTime.map((_, at) => inTime.slice(0, at + 1).reduce((sum, log) => sum + log.value, 0))
          const expected = inTime[sums.findIndex((sum) => sum >= target)]?.minute ?? null
          expect(model.progress.get(1)?.targetReachedAt ?? null).toBe(expected)
        },
      ),
      { numRuns: 400 },
    )
  })
})
