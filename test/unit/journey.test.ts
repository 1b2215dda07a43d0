import { describe, expect, it } from '@jest/globals'
import { wholeQuantity } from '../../src/streaks/quantity.ts'
import type { MilestoneRules, StreakRules } from '../../src/streaks/types.ts'
import { JourneyModel } from '../helpers/journey-model.ts'

const DAY_MS = 86_400_000
const rules = (completionTargetValue: number | null = null, target = 1): StreakRules => ({
  aggregationMethod: 'count',
  aggregationPeriod: 'daily',
  aggregationTargetValue: wholeQuantity(target),
  completionTargetValue,
  timezone: 'UTC',
  weekStartsOn: 'monday',
})
const milestone = (
  metric: MilestoneRules['milestoneMetric'],
  target: number,
  repeat: MilestoneRules['milestoneRepeat'],
): MilestoneRules => ({
  id: `m-${metric}-${target}`,
  milestoneTargetValue: wholeQuantity(target),
  milestoneMetric: metric,
  milestoneRepeat: repeat,
  createdAt: 0,
  status: 'live',
})
const count = (target: number, repeat: MilestoneRules['milestoneRepeat'] = 'every_streak') =>
  milestone('consecutive_count', target, repeat)
const value = (target: number, repeat: MilestoneRules['milestoneRepeat'] = 'every_period') =>
  milestone('current_progress_value', target, repeat)
const logOn = (day: number, index: number) => ({
  id: `l${index}`,
  periodNumber: day,
  activityAt: day * DAY_MS + index,
  value: wholeQuantity(1),
})

const EXAMPLES: readonly [string, StreakRules, MilestoneRules, string, number[]][] = [
  ['each run reaches 3 once', rules(), count(3), '1 2 3 4 6 7 8', [3, 8]],
  ['once for a member', rules(), count(3, 'once'), '1 2 3 4 6 7 8', [3]],
  ['two parts had it; joining grants nothing', rules(), count(3), '1 2 3 5 6 7 4', [3, 7]],
  ['one part had it; the joined run owes one', rules(), count(3), '1 2 3 5 6 4', [3]],
  ['neither part had it; the joined run reaches 3', rules(), count(3), '1 2 4 5 3', [3]],
  ['a late log completes the seventh day in a row', rules(), count(7), '1 2 3 5 6 7 4', [7]],
  ['each cycle earns again', rules(3), count(3), '1 2 3 4 5 6 7', [3, 6]],
  ['the second day of each cycle', rules(3), count(2), '1 2 3 4 5 6 7 8', [2, 5, 8]],
  ['what two parts earned too much is set off', rules(3), count(1), '1 3 2 4 5 6 7', [1, 3, 7]],
  ['backwards: as many as forwards', rules(3), count(3), '8 7 6 5 4 3 2 1', [8, 5]],
  ['once in each period', rules(), value(2), '1 1 1 2 2', [1, 2]],
  ['value, once for a member', rules(), value(2, 'once'), '1 1 2 2', [1]],
]

describe('worked examples of rewards', () => {
  for (const [why, streak, reward, entries, anchors] of EXAMPLES) {
    const days = entries.split(' ').map(Number)
    it(`${why}: ${entries}, log by log`, () => {
      const model = new JourneyModel(streak, [reward])
      for (const [index, day] of days.entries()) model.record(logOn(day, index))
      expect(model.rewards.map((entry) => entry.periodNumber)).toEqual(anchors)
    })
    it(`${why}: ${entries}, in one batch`, () => {
      const model = new JourneyModel(streak, [reward])
      model.record(...days.map(logOn))
      expect(model.rewards.map((entry) => entry.periodNumber)).toEqual(anchors)
    })
  }
})

/** `4` a log on day 4, `-4` its withdrawal, `+4` the reinstatement. */
const WITHDRAWALS: readonly [string, MilestoneRules, string, number[], number[]][] = [
  ['the ground is gone', count(3), '1 2 3 -3', [], [3]],
  ['and comes back under its own id', count(3), '1 2 3 -3 +3', [3], []],
  ['another log of that day brings it back too', count(3), '1 2 3 -3 3', [3], []],
  ['the anchor lies in what is long enough', count(3), '1 2 3 4 5 -2', [3], []],
  ['neither part is long enough', count(3), '1 2 3 4 5 -3', [], [3]],
  ['the anchor falls out: the reward moves to the part that owes one', count(2), '1 2 3 4 5 -2', [4], []],
  ['some run is long enough: the anchor stays', count(3, 'once'), '1 2 3 5 6 7 -2', [3], []],
  ['another period has the value; the anchor stays', value(2, 'once'), '1 1 2 2 -1', [1], []],
  ['no period has the value any more', value(2, 'once'), '1 1 -1', [], [1]],
  ['the value of the period itself fell', value(2), '1 1 2 2 -2', [1], [2]],
]

describe('worked examples of withdrawals', () => {
  it.each(WITHDRAWALS)('%s: %o, %s', (_why, reward, entries, standing, revoked) => {
    const model = new JourneyModel(rules(), [reward])
    const idOf = new Map<number, string>()
    for (const [index, entry] of entries.split(' ').entries()) {
      const day = Math.abs(Number(entry))
      const id = idOf.get(day)
      if (entry.startsWith('-')) model.change(id!, 0n)
      else if (entry.startsWith('+')) model.change(id!, wholeQuantity(1))
      else {
        idOf.set(day, `l${index}`)
        model.record(logOn(day, index))
      }
    }
    expect(model.standing().map((each) => each.periodNumber)).toEqual(standing)
    expect(model.rewards.filter((each) => each.state === 'revoked').map((each) => each.periodNumber)).toEqual(
      revoked,
    )
    expect(model.totals.revokedRewards).toBe(revoked.length)
  })
})

describe('where a period reached its target', () => {
  const target2 = rules(3, 2)
  const at = (day: number, hour: number, id: string) => ({
    id,
    periodNumber: day,
    activityAt: day * DAY_MS + hour * 3_600_000,
    value: wholeQuantity(1),
  })

  it('is the second log in order of activityAt, also when logs arrive late', () => {
    const model = new JourneyModel(target2, [])
    model.record(at(1, 20, 'a'))
    model.record(at(1, 10, 'b'))
    expect(model.progress.get(1)?.targetReachedAt).toBe(at(1, 20, '').activityAt)
    model.record(at(1, 5, 'c'))
    expect(model.progress.get(1)?.targetReachedAt).toBe(at(1, 10, '').activityAt)
    model.record(at(1, 23, 'd'))
    expect(model.progress.get(1)?.targetReachedAt).toBe(at(1, 10, '').activityAt)
  })

  it('is the same whether logs come one by one or together', () => {
    const together = new JourneyModel(target2, [])
    together.record(at(1, 20, 'a'), at(1, 10, 'b'), at(1, 5, 'c'), at(1, 23, 'd'))
    expect(together.progress.get(1)?.targetReachedAt).toBe(at(1, 10, '').activityAt)
  })
})
