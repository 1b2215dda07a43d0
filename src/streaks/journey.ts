import { withLog, withValue } from './aggregate.ts'
import { formRun, runGrants, valueGrants } from './grants.ts'
import { breakPeriod, lostOnceCounts, lostValues } from './ground.ts'
import { type JourneyFacts, JourneyState } from './journey-state.ts'
import { byListingOrder } from './milestones.ts'
import { restore } from './restore.ts'
import { isBreakable, lengthOf } from './runs.ts'
import type {
  CountedLog,
  Grant,
  JourneyTotals,
  MilestoneRules,
  Progress,
  RewardEffects,
  Run,
  StreakRules,
  ValueChange,
} from './types.ts'
import { type Standing, standingAfter, standingInside } from './view.ts'

/** What an entry of the ledger does to rewards. Grants and restored ones each in listing order. */
export interface Outcome extends RewardEffects {
  readonly grants: readonly Grant[]
}

const NO_LOSSES = { groundless: [], moved: [] } as const

/**
 * A member on a streak while a batch of its logs is decided. Pure: reads facts, collects changes. Methods throw
 * MissingFact where a fact was not loaded; the journey is then of no more use and begun anew with the fact.
 */
export class Journey {
  readonly #rules: StreakRules
  readonly #milestones: readonly MilestoneRules[]
  readonly #state: JourneyState
  readonly #newId: () => string

  /** `milestones` are those of the streak, of any status. `newId` names new progress records and runs. */
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

  /** Takes one live log in. A quiet one brings back what it can and is granted nothing: what it reaches is owed. */
  apply(log: CountedLog, isQuiet = false): Outcome {
    const state = this.#state
    const before = state.progressAt(log.periodNumber)
    const after = withLog(state, this.#rules, before, log, this.#newId)
    state.progress.set(log.periodNumber, after)
    const lastActivityAt = Math.max(state.totals.lastActivityAt ?? log.activityAt, log.activityAt)
    state.totals = { ...state.totals, lastActivityAt }
    return { ...NO_LOSSES, ...this.#earn(before, after, isQuiet) }
  }

  /**
   * Changes what a live log counts, by a withdrawal or by undoing one, which may change nothing where others stand. The
   * only entry of its batch for this journey.
   */
  changeValue(change: ValueChange, isQuiet = false): Outcome {
    const state = this.#state
    const before = state.progressAt(change.log.periodNumber)!
    const isSame = change.after === change.log.value
    const after = isSame ? before : withValue(state, this.#rules, before, change)
    state.progress.set(after.periodNumber, after)
    if (change.after >= change.log.value) return { ...NO_LOSSES, ...this.#earn(before, after, isQuiet) }
    return { ...this.#lose(before, after), grants: [], restored: [] }
  }

  /** The rewards that a rise of a period earns: first those that come back, then new ones. */
  #earn(before: Progress | null, after: Progress, isQuiet: boolean): Pick<Outcome, 'grants' | 'restored'> {
    const state = this.#state
    const live = this.#milestones.filter((milestone) => milestone.status === 'live')
    const isNewlyDone = after.completed && before?.completed !== true
    const formed = isNewlyDone ? formRun(state, this.#rules, after.periodNumber, this.#newId) : null
    const restored = restore(state, this.#rules, this.#milestones, after.periodNumber)
    if (isQuiet) return { grants: [], restored }
    const grants = valueGrants(state, live, before?.currentProgressValue ?? 0n, after)
    if (formed !== null) grants.push(...runGrants(state, this.#rules, live, formed))
    return { grants, restored }
  }

  /** The rewards that a fall of a period leaves without ground, or moves. */
  #lose(before: Progress, after: Progress): Pick<Outcome, 'groundless' | 'moved'> {
    const state = this.#state
    const groundless = lostValues(state, this.#milestones, before.currentProgressValue, after)
    const moved: RewardEffects['moved'][number][] = []
    if (before.completed && !after.completed) {
      const losses = breakPeriod(state, this.#rules, this.#milestones, after.periodNumber, this.#newId)
      groundless.push(...losses.groundless, ...lostOnceCounts(state, this.#milestones))
      moved.push(...losses.moved)
    }
    for (const reward of groundless) {
      if (!reward.isMinted) state.changeReward(reward, 'revoked', reward.periodNumber)
    }
    return { groundless, moved }
  }

  /** The count of a period as things stand now. */
  standing(periodNumber: number): Standing {
    const cycle = this.#rules.completionTargetValue
    if (this.#state.progressAt(periodNumber)?.completed === true) {
      return standingInside(this.#state.runContaining(periodNumber), periodNumber, cycle)
    }
    return standingAfter(this.#state.runEnding(periodNumber - 1), cycle)
  }

  /** The latest runs that missing a period breaks; the latest first, at most three. */
  breakableRuns(): readonly Run[] {
    const cycle = this.#rules.completionTargetValue
    return this.#state.breakableRuns((run) => isBreakable(lengthOf(run), cycle))
  }

  /** The run of a completed period. */
  runContaining(periodNumber: number): Run {
    return this.#state.runContaining(periodNumber)
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
