import {
  absent,
  type FactName,
  type FactOf,
  type KnownFacts,
  MissingFact,
  type Need,
  type NeedOf,
} from './facts.ts'
import type { Quantity } from './quantity.ts'
import type {
  CountedLog,
  JourneyTotals,
  PeriodEdges,
  Progress,
  RewardFact,
  Run,
  StandingReward,
} from './types.ts'

/** What was loaded of a member on a streak. */
export interface JourneyFacts {
  readonly totals: JourneyTotals
  /** True when nothing at all is stored yet: every unknown fact is then known to be absent. */
  readonly isNew: boolean
  readonly known: KnownFacts
}

const FIRST_WINDOW_PERIODS = 64
/** They reach back past a run that ends now and one that ends within the clock's tolerance. */
const LATEST_RUNS = 3

/**
 * The working state of a journey while a batch is decided: what was loaded, overlaid with what the batch changed.
 * Every look-up throws MissingFact where the answer was not loaded.
 */
export class JourneyState {
  readonly #facts: JourneyFacts
  totals: JourneyTotals
  readonly progress = new Map<number, Progress>()
  /** Runs as they now are; null = gone. By id. */
  readonly runs = new Map<string, Run | null>()
  readonly #runsByFirst = new Map<number, Run | null>()
  readonly #runsByLast = new Map<number, Run | null>()
  readonly #granted: StandingReward[] = []
  readonly #logs = new Map<number, CountedLog[]>()
  /** Rewards whose state or anchor this batch changed, by id. */
  readonly #changedRewards = new Map<string, RewardFact>()

  constructor(facts: JourneyFacts) {
    this.#facts = facts
    this.totals = facts.totals
  }

  progressAt(periodNumber: number): Progress | null {
    return this.progress.get(periodNumber) ?? this.#known({ fact: 'progress', periodNumber })
  }

  runEnding(periodNumber: number): Run | null {
    const here = this.#runsByLast.get(periodNumber)
    if (here !== undefined) return here
    return this.#known({ fact: 'run_ending', periodNumber })
  }

  runStarting(periodNumber: number): Run | null {
    const here = this.#runsByFirst.get(periodNumber)
    if (here !== undefined) return here
    return this.#known({ fact: 'run_starting', periodNumber })
  }

  /** The run of a completed period. */
  runContaining(periodNumber: number): Run {
    const need = { fact: 'run_containing', periodNumber } as const
    const { known } = this.#facts
    const holds = (run: Run | null): run is Run =>
      run !== null && run.firstPeriod <= periodNumber && periodNumber <= run.lastPeriod
    for (const run of this.runs.values()) if (holds(run)) return run
    for (const run of [known.get(need) ?? null, ...known.all('run_starting')]) {
      if (holds(run) && !this.runs.has(run.id)) return run
    }
    throw new MissingFact(need)
  }

  /** Standing rewards anchored in a period. */
  rewardsAt(periodNumber: number): readonly StandingReward[] {
    const granted = this.#granted.filter((reward) => reward.periodNumber === periodNumber)
    if (!this.#facts.totals.hasRewards) return granted
    return [...granted, ...this.#known({ fact: 'rewards_at', periodNumber })]
  }

  /** `once` milestones the member holds now. */
  heldOnce(): ReadonlySet<string> {
    const stored = this.#facts.totals.hasRewards ? this.#known({ fact: 'once_rewards' }) : []
    return new Set([...stored, ...this.#granted.map((reward) => reward.milestoneId)])
  }

  /** Whether a milestone has a standing reward at a period of a run. */
  isAnchored(milestoneId: string, periodNumber: number, run: Run): boolean {
    const isOurs = (reward: StandingReward) =>
      reward.milestoneId === milestoneId && reward.periodNumber === periodNumber
    if (this.#granted.some(isOurs)) return true
    if (!this.#facts.totals.hasRewards) return false
    const here = this.#facts.known.get({ fact: 'rewards_at', periodNumber })
    if (here !== undefined) return here.some(isOurs)
    const { from, to } = anchorWindow(run, periodNumber)
    return this.#known({ fact: 'anchors', milestoneId, from, to }).has(periodNumber)
  }

  /** Effective logs of a period by activityAt until their values reach `upTo`, and all of this batch. */
  logsOf(periodNumber: number, upTo: Quantity): readonly CountedLog[] {
    const stored = this.#known({ fact: 'period_logs', periodNumber, upTo })
    return [...stored, ...(this.#logs.get(periodNumber) ?? [])]
  }

  edgesOf(periodNumber: number): PeriodEdges {
    return this.#known({ fact: 'period_edges', periodNumber })
  }

  /** Rewards of milestones that are not `once`, of any state, anchored in a row of periods. */
  rewardsBetween(from: number, to: number): readonly RewardFact[] {
    if (!this.#facts.totals.hasRewards) return []
    return this.#asChanged(this.#known({ fact: 'rewards_between', from, to }))
  }

  /** Rewards of `once` milestones, of any state. */
  rewardsOnce(): readonly RewardFact[] {
    if (!this.#facts.totals.hasRewards) return []
    return this.#asChanged(this.#known({ fact: 'rewards_once' }))
  }

  /** Length of the longest stored run other than this one. */
  longestBesides(runId: string): number {
    return this.#known({ fact: 'longest_besides', runId })
  }

  /** Whether any other period has at least this value. */
  hasValueElsewhere(periodNumber: number, value: Quantity): boolean {
    return this.#known({ fact: 'value_elsewhere', periodNumber, value })
  }

  /** The latest runs that are breakable, three of them or all there are; the latest first. */
  breakableRuns(isBreakable: (run: Run) => boolean): readonly Run[] {
    const changed = [...this.runs.values()].filter((run) => run !== null)
    // as many more as this batch may have changed
    const stored = this.#known({ fact: 'breakable_runs', limit: LATEST_RUNS + this.runs.size })
    return [...changed.filter(isBreakable), ...stored.filter(({ id }) => !this.runs.has(id))]
      .toSorted((one, other) => other.lastPeriod - one.lastPeriod)
      .slice(0, LATEST_RUNS)
  }

  noteLog(log: CountedLog): void {
    this.#logs.set(log.periodNumber, [...(this.#logs.get(log.periodNumber) ?? []), log])
  }

  /** A reward loses or regains its standing, or is anchored anew. */
  changeReward(reward: RewardFact, state: RewardFact['state'], periodNumber: number): void {
    this.#changedRewards.set(reward.id, { ...reward, state, periodNumber })
    const step = state === 'revoked' ? 1 : reward.state === 'revoked' ? -1 : 0
    this.totals = { ...this.totals, revokedRewards: this.totals.revokedRewards + step }
    if (state === 'standing') this.noteGranted({ ...reward, periodNumber })
  }

  #asChanged(rewards: readonly RewardFact[]): readonly RewardFact[] {
    return rewards.map((reward) => this.#changedRewards.get(reward.id) ?? reward)
  }

  noteGranted(reward: StandingReward): void {
    this.#granted.push(reward)
    this.totals = { ...this.totals, hasRewards: true }
  }

  putRun(run: Run): void {
    this.runs.set(run.id, run)
    this.#runsByFirst.set(run.firstPeriod, run)
    this.#runsByLast.set(run.lastPeriod, run)
  }

  forgetRun(run: Run): void {
    this.runs.set(run.id, null)
    this.#runsByFirst.set(run.firstPeriod, null)
    this.#runsByLast.set(run.lastPeriod, null)
  }

  #known<F extends FactName>(need: NeedOf<F>): FactOf<F> {
    const value = this.#facts.known.get(need)
    if (value !== undefined) return value
    if (this.#facts.isNew) return absent(need)
    throw new MissingFact(need as Need)
  }
}

/**
 * The part of a run in which anchors are looked for together. Crossings are tried from the end of the run and few need
 * more than the first window, so that a run of thousands of periods costs what a short one does; windows grow, so that
 * the rare search through all of it takes few rounds.
 */
function anchorWindow(run: Run, periodNumber: number): { from: number; to: number } {
  let [nearest, farthest] = [0, FIRST_WINDOW_PERIODS]
  while (run.lastPeriod - periodNumber >= farthest) [nearest, farthest] = [farthest, farthest * 4]
  return { from: Math.max(run.firstPeriod, run.lastPeriod - farthest + 1), to: run.lastPeriod - nearest }
}
