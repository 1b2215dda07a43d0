import type { Quantity } from './quantity.ts'
import { wholeQuantity } from './quantity.ts'
import type { MilestoneRules } from './types.ts'

const METRIC_ORDER = { current_progress_value: 0, consecutive_count: 1 } as const

/** The order in which milestones of one log are listed: value milestones first, then target, createdAt, id. */
export function byListingOrder(a: MilestoneRules, b: MilestoneRules): number {
  return METRIC_ORDER[a.milestoneMetric] - METRIC_ORDER[b.milestoneMetric] || byTarget(a, b)
}

function byTarget(a: MilestoneRules, b: MilestoneRules): number {
  if (a.milestoneTargetValue !== b.milestoneTargetValue) {
    return a.milestoneTargetValue < b.milestoneTargetValue ? -1 : 1
  }
  return a.createdAt - b.createdAt || (a.id < b.id ? -1 : 1)
}

/**
 * The milestone a member is working toward: of the count milestones the lowest target above the count; if there is
 * none, of the value milestones the lowest target above the value. `once` milestones already held are passed over.
 */
export function nextMilestone<M extends MilestoneRules>(
  liveMilestones: readonly M[],
  consecutiveCount: number,
  currentProgressValue: Quantity,
  heldOnce: ReadonlySet<string>,
): M | null {
  const open = liveMilestones.filter((m) => !(m.milestoneRepeat === 'once' && heldOnce.has(m.id)))
  const lowest = (metric: M['milestoneMetric'], above: Quantity): M | null =>
    open
      .filter((m) => m.milestoneMetric === metric && m.milestoneTargetValue > above)
      .toSorted(byTarget)[0] ?? null
  return (
    lowest('consecutive_count', wholeQuantity(consecutiveCount)) ??
    lowest('current_progress_value', currentProgressValue)
  )
}
