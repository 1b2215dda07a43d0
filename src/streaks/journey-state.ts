import type { Quantity } from './quantity.ts'
import type {
  CountedLog,
  JourneyTotals,
  Need,
  PeriodEdges,
  Progress,
  RewardFact,
  Run,
  StandingReward,
} from './types.ts'
import { MissingFact } from './types.ts'

/** What was loaded of a member on a streak. An entry that is absent from a map is unknown; null means there is none. */
export interface JourneyFacts {
  readonly totals: JourneyTotals
  readonly progress: ReadonlyMap<number, Progress | null>
  readonly runsByFirst: ReadonlyMap<number, Run | null>
  readonly runsByLast: ReadonlyMap<number, Run | null>
  readonly rewardsAt: ReadonlyMap<number, readonly StandingReward[]>
  /** `once` milestones the member holds; null = unknown. */
  readonly heldOnce: ReadonlySet<string> | null
  /** Periods with a standing reward, by `anchorsKey`. */
  readonly anchors: ReadonlyMap<string, ReadonlySet<number>>
  /** Effective logs of a period in the order of activityAt, as far as was asked for. */
  readonly periodLogs: ReadonlyMap<number, readonly CountedLog[]>
  readonly periodEdges: ReadonlyMap<number, PeriodEdges>
  /** Rewards of any state, by `rangeKey`; `once` ones under ONCE. */
  readonly rewards: ReadonlyMap<string, readonly RewardFact[]>
  /** Length of the longest run but one, by that one's id. */
  readonly longestBesides: ReadonlyMap<string, number>
  /** By `valueKey`. */
  readonly valueElsewhere: ReadonlyMap<string, boolean>
  /** True when nothing at all is stored yet: every unknown fact is then known to be absent. */
  readonly isNew: boolean
}

const FIRST_WINDOW_PERIODS = 64

export function anchorsKey(milestoneId: string, from: number, to: number): string {
  return `${milestoneId}:${from}:${to}`
}

export const ONCE = 'once'
export function rangeKey(from: number, to: number): string {
  return `${from}:${to}`
}
export function valueKey(periodNumber: number, value: Quantity): string {
  return `${periodNumber}:${value}`
}

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
    const here = this.progress.get(periodNumber)
    const loaded = () => this.#facts.progress.get(periodNumber)
    return here ?? this.#known(loaded(), null, { fact: 'progress', periodNumber })
  }

  runEnding(periodNumber: number): Run | null {
    const here = this.#runsByLast.get(periodNumber)
    if (here !== undefined) return here
    return this.#known(this.#facts.runsByLast.get(periodNumber), null, { fact: 'run_ending', periodNumber })
  }

  runStarting(periodNumber: number): Run | null {
    const here = this.#runsByFirst.get(periodNumber)
    if (here !== undefined) return here
    return this.#known(this.#facts.runsByFirst.get(periodNumber), null, {
      fact: 'run_starting',
      periodNumber,
    })
  }

  /** The run of a completed period. */
  runContaining(periodNumber: number): Run {
    const holds = (run: Run | null): run is Run =>
      run !== null && run.firstPeriod <= periodNumber && periodNumber <= run.lastPeriod
    for (const run of this.runs.values()) if (holds(run)) return run
    for (const run of this.#facts.runsByFirst.values()) {
      if (holds(run) && !this.runs.has(run.id)) return run
    }
    throw new MissingFact({ fact: 'run_containing', periodNumber })
  }

  /** Standing rewards anchored in a period. */
  rewardsAt(periodNumber: number): readonly StandingReward[] {
    const granted = this.#granted.filter((reward) => reward.periodNumber === periodNumber)
    if (!this.#facts.totals.hasRewards) return granted
    const loaded = this.#facts.rewardsAt.get(periodNumber)
    return [...granted, ...this.#known(loaded, [], { fact: 'rewards_at', periodNumber })]
  }

  /** `once` milestones the member holds now. */
  heldOnce(): ReadonlySet<string> {
    const stored = this.#facts.totals.hasRewards ? this.#facts.heldOnce : new Set<string>()
    const known = this.#known(stored ?? undefined, new Set<string>(), { fact: 'once_rewards' })
    return new Set([...known, ...this.#granted.map((reward) => reward.milestoneId)])
  }

  /** Whether a milestone has a standing reward at a period of a run. */
  isAnchored(milestoneId: string, periodNumber: number, run: Run): boolean {
    const isOurs = (reward: StandingReward) =>
      reward.milestoneId === milestoneId && reward.periodNumber === periodNumber
    if (this.#granted.some(isOurs)) return true
    if (!this.#facts.totals.hasRewards) return false
    const here = this.#facts.rewardsAt.get(periodNumber)
    if (here !== undefined) return here.some(isOurs)
    const { from, to } = anchorWindow(run, periodNumber)
    const loaded = this.#facts.anchors.get(anchorsKey(milestoneId, from, to))
    return this.#known(loaded, new Set(), { fact: 'anchors', milestoneId, from, to }).has(periodNumber)
  }

  /** Effective logs of a period by activityAt until their values reach `upTo`, and all of this batch. */
  logsOf(periodNumber: number, upTo: Quantity): readonly CountedLog[] {
    const stored = this.#facts.periodLogs.get(periodNumber)
    const known = this.#known(stored, [], { fact: 'period_logs', periodNumber, upTo })
    return [...known, ...(this.#logs.get(periodNumber) ?? [])]
  }

  edgesOf(periodNumber: number): PeriodEdges {
    const loaded = this.#facts.periodEdges.get(periodNumber)
    return this.#known(loaded, { first: [], last: [] }, { fact: 'period_edges', periodNumber })
  }

  /** Rewards of milestones that are not `once`, of any state, anchored in a row of periods. */
  rewardsBetween(from: number, to: number): readonly RewardFact[] {
    if (!this.#facts.totals.hasRewards) return []
    const loaded = this.#facts.rewards.get(rangeKey(from, to))
    return this.#asChanged(this.#known(loaded, [], { fact: 'rewards_between', from, to }))
  }

  /** Rewards of `once` milestones, of any state. */
  rewardsOnce(): readonly RewardFact[] {
    if (!this.#facts.totals.hasRewards) return []
    return this.#asChanged(this.#known(this.#facts.rewards.get(ONCE), [], { fact: 'rewards_once' }))
  }

  /** Length of the longest stored run other than this one. */
  longestBesides(runId: string): number {
    return this.#known(this.#facts.longestBesides.get(runId), 0, { fact: 'longest_besides', runId })
  }

  /** Whether any other period has at least this value. */
  hasValueElsewhere(periodNumber: number, value: Quantity): boolean {
    const loaded = this.#facts.valueElsewhere.get(valueKey(periodNumber, value))
    return this.#known(loaded, false, { fact: 'value_elsewhere', periodNumber, value })
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

  #known<T>(value: T | undefined, absent: T, need: Need): T {
    if (value !== undefined) return value
    if (this.#facts.isNew) return absent
    throw new MissingFact(need)
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
