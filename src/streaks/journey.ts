import { withLog } from './aggregate.ts'
import { completePeriod, valueGrants } from './grants.ts'
import { type JourneyFacts, JourneyState } from './journey-state.ts'
import { byListingOrder } from './milestones.ts'
import type { Grant, JourneyTotals, LogEntry, MilestoneRules, Progress, Run, StreakRules } from './types.ts'
import { type Standing, standingAfter, standingInside } from './view.ts'

/**
 * A member on a streak while a batch of its logs is decided. Pure: reads facts, collects changes. Methods throw
 * MissingFact where a fact was not loaded; the journey is then of no more use and begun anew with the fact.
 */
export class Journey {
  readonly #rules: StreakRules
  readonly #milestones: readonly MilestoneRules[]
  readonly #state: JourneyState
  readonly #newId: () => string

  /** `milestones` are the live ones. `newId` names new progress records and runs. */
  constructor(
    rules: StreakRules,
    milestones: readonly MilestoneRules[],
    facts: JourneyFacts,
    newId: () => string,
  ) {
    this.#rules = rules
    this.#milestones = milestones.toSorted(byListingOrder)
    this.#state = new JourneyState(facts)
    this.#newId = newId
  }

  /** Takes one live log in and returns the rewards it is granted, in listing order. */
  apply(log: LogEntry): Grant[] {
    const state = this.#state
    const before = state.progressAt(log.periodNumber)
    const after = withLog(state, this.#rules, before, log, this.#newId)
    state.progress.set(log.periodNumber, after)
    const lastActivityAt = Math.max(state.totals.lastActivityAt ?? log.activityAt, log.activityAt)
    state.totals = { ...state.totals, lastActivityAt }
    const grants = valueGrants(state, this.#milestones, before?.currentProgressValue ?? 0n, after)
    if (!after.completed || before?.completed === true) return grants
    return [...grants, ...completePeriod(state, this.#rules, this.#milestones, log.periodNumber, this.#newId)]
  }

  /** The count of a period as things stand now. */
  standing(periodNumber: number): Standing {
    const cycle = this.#rules.completionTargetValue
    if (this.#state.progressAt(periodNumber)?.completed === true) {
      return standingInside(this.#state.runContaining(periodNumber), periodNumber, cycle)
    }
    return standingAfter(this.#state.runEnding(periodNumber - 1), cycle)
  }

  progressAt(periodNumber: number): Progress | null {
    return this.#state.progressAt(periodNumber)
  }

  /** `once` milestones the member holds now. */
  heldOnce(): ReadonlySet<string> {
    return this.#state.heldOnce()
  }

  get totals(): JourneyTotals {
    return this.#state.totals
  }

  /** Progress records that changed, by period. */
  get progress(): ReadonlyMap<number, Progress> {
    return this.#state.progress
  }

  /** Runs that changed, by id; null = gone. */
  get runs(): ReadonlyMap<string, Run | null> {
    return this.#state.runs
  }
}
