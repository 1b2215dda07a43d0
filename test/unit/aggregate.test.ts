import { describe, expect, it } from '@jest/globals'
import { withLog } from '../../src/streaks/aggregate.ts'
import { KnownFacts, MissingFact } from '../../src/streaks/facts.ts'
import { JourneyState } from '../../src/streaks/journey-state.ts'
import { wholeQuantity } from '../../src/streaks/quantity.ts'
import type { StreakRules } from '../../src/streaks/types.ts'

const RULES: StreakRules = {
  aggregationMethod: 'sum',
  aggregationPeriod: 'daily',
  aggregationTargetValue: wholeQuantity(10),
  completionTargetValue: 7,
  timezone: 'UTC',
  weekStartsOn: 'monday',
}
const TOTALS = {
  longestRunLength: 0,
  completedCycles: 0,
  lastActivityAt: 100,
  hasRewards: false,
  revokedRewards: 0,
}
/** A period with logs up to 100, none of which was loaded. */
const BEFORE = {
  id: 'p',
  periodNumber: 3,
  currentProgressValue: wholeQuantity(8),
  completed: false,
  firstEffectiveAt: 50,
  lastEffectiveAt: 100,
  targetReachedAt: null,
}

function reachedWith(activityAt: number, value: number): number | null {
  const state = new JourneyState({ totals: TOTALS, isNew: false, known: new KnownFacts() })
  const log = { id: 'l', periodNumber: 3, activityAt, value: wholeQuantity(value) }
  return withLog(state, RULES, BEFORE, log, () => 'new').targetReachedAt
}

describe('when a period reaches its target', () => {
  it.each([100, 101])('is known without reading its logs where the new one, at %i, is the last', (at) => {
    expect(reachedWith(at, 2)).toBe(at)
    expect(reachedWith(at, 1)).toBeNull()
  })

  it('is known without reading its logs where the new one adds nothing, however late it comes', () => {
    expect(reachedWith(60, 0)).toBeNull()
    const reached = {
      ...BEFORE,
      currentProgressValue: wholeQuantity(10),
      completed: true,
      targetReachedAt: 90,
    }
    const state = new JourneyState({ totals: TOTALS, isNew: false, known: new KnownFacts() })
    const log = { id: 'l', periodNumber: 3, activityAt: 60, value: 0n }
    expect(withLog(state, RULES, reached, log, () => 'new').targetReachedAt).toBe(90)
  })

  it('needs the logs where one that counts comes late', () => {
    expect(() => reachedWith(99, 2)).toThrow(MissingFact)
  })
})
