import { describe } from '@jest/globals'
import type { GrowthHarness } from './growth/context.ts'
import { describeDefaults } from './growth/defaults.ts'
import { describeFrozen } from './growth/frozen.ts'
import { describeShapes } from './growth/shapes.ts'
import { describeSteps } from './growth/steps.ts'

/** A store that grows: what is in it stays, and nobody need stop. Every store passes this. */
export function describeGrowth(name: string, harness: GrowthHarness): void {
  describe(`${name} that grows`, () => {
    describeFrozen(harness)
    describeDefaults(harness)
    describeSteps(harness)
    describeShapes(harness)
  })
}
