import { byListingOrder } from './milestones.ts'
import type { Quantity } from './quantity.ts'
import { crossings, cyclesClosed, lengthOf, owed, targetPeriods } from './runs.ts'
import type {
  Grant,
  JourneyTotals,
  LogEntry,
  MilestoneRules,
  Need,
  Progress,
  Run,
  StandingReward,
  StreakRules,
} from './types.ts'
import { MissingFact } from './types.ts'
import { type Standing, standingAfter, standingInside } from './view.ts'

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
  /** Effective logs of a period in the order of activityAt, up to the one that reaches the target. */
  readonly periodLogs: ReadonlyMap<number, readonly LogEntry[]>
  /** True when nothing at all is stored yet: every unknown fact is then known to be absent. */
  readonly isNew: boolean
}

export function anchorsKey(milestoneId: string, from: number, to: number): string {
  return `${milestoneId}:${from}:${to}`
}

/** The state of a member on a streak while a batch of its logs is decided. Pure: reads facts, collects changes. */
export class Journey {
  readonly #rules: StreakRules
  readonly #milestones: readonly MilestoneRules[]
  readonly #facts: JourneyFacts
  readonly #newId: () => string
  totals: JourneyTotals
  readonly progress = new Map<number, Progress>()
  /** Runs as they now are; null = gone. By id. */
  readonly runs = new Map<string, Run | null>()
  readonly #runsByFirst = new Map<number, Run | null>()
  readonly #runsByLast = new Map<number, Run | null>()
  readonly #granted: StandingReward[] = []
  readonly #logs = new Map<number, LogEntry[]>()

  /** `milestones` are the live ones. `newId` names new progress records and runs. */
  constructor(
    rules: StreakRules,
    milestones: readonly MilestoneRules[],
    facts: JourneyFacts,
    newId: () => string,
  ) {
    this.#rules = rules
    this.#milestones = milestones.toSorted(byListingOrder)
    this.#facts = facts
    this.#newId = newId
    this.totals = facts.totals
  }

  /** Takes one live log in and returns the rewards it is granted, in listing order. @throws MissingFact */
  apply(log: LogEntry): Grant[] {
    const before = this.progressAt(log.periodNumber)
    const after = this.#aggregate(before, log)
    this.progress.set(log.periodNumber, after)
    const totals = this.totals
    this.totals = {
      ...totals,
      lastActivityAt: Math.max(totals.lastActivityAt ?? log.activityAt, log.activityAt),
    }
    const grants = this.#valueGrants(before?.currentProgressValue ?? 0n, after)
    if (after.completed && before?.completed !== true) grants.push(...this.#complete(log.periodNumber))
    if (grants.length > 0) this.totals = { ...this.totals, hasRewards: true }
    return grants
  }

  /** The count of a period as things stand now. @throws MissingFact */
  standing(periodNumber: number): Standing {
    const cycle = this.#rules.completionTargetValue
    if (this.progressAt(periodNumber)?.completed === true) {
      return standingInside(this.#runContaining(periodNumber), periodNumber, cycle)
    }
    return standingAfter(this.#runEnding(periodNumber - 1), cycle)
  }

  progressAt(periodNumber: number): Progress | null {
    return (
      this.progress.get(periodNumber) ??
      this.#known(this.#facts.progress.get(periodNumber), null, { fact: 'progress', periodNumber })
    )
  }

  /** `once` milestones the member holds now. @throws MissingFact */
  heldOnce(): ReadonlySet<string> {
    const stored = this.#facts.totals.hasRewards ? this.#facts.heldOnce : new Set<string>()
    const known = this.#known(stored ?? undefined, new Set<string>(), { fact: 'once_rewards' })
    return new Set([...known, ...this.#granted.map((reward) => reward.milestoneId)])
  }

  #known<T>(value: T | undefined, absent: T, need: Need): T {
    if (value !== undefined) return value
    if (this.#facts.isNew) return absent
    throw new MissingFact(need)
  }

  #aggregate(before: Progress | null, log: LogEntry): Progress {
    const target = this.#rules.aggregationTargetValue
    const currentProgressValue = (before?.currentProgressValue ?? 0n) + log.value
    const effective = log.value > 0n
    const base = before ?? {
      id: this.#newId(),
      periodNumber: log.periodNumber,
      firstEffectiveAt: null,
      lastEffectiveAt: null,
      targetReachedAt: null,
    }
    return {
      ...base,
      currentProgressValue,
      completed: currentProgressValue >= target,
      firstEffectiveAt: effective
        ? Math.min(base.firstEffectiveAt ?? log.activityAt, log.activityAt)
        : base.firstEffectiveAt,
      lastEffectiveAt: effective
        ? Math.max(base.lastEffectiveAt ?? log.activityAt, log.activityAt)
        : base.lastEffectiveAt,
      targetReachedAt: this.#targetReachedAt(before, log, currentProgressValue),
    }
  }

  /**
   * Where the period's effective logs, taken by activityAt, reach the target. A log at or after the last one decides
   * alone; only a late one needs the logs before it. Ties share their instant, so their order does not matter.
   */
  #targetReachedAt(before: Progress | null, log: LogEntry, total: Quantity): number | null {
    const { aggregationTargetValue: target, completionTargetValue } = this.#rules
    if (completionTargetValue === null) return null
    const earlier = this.#logs.get(log.periodNumber) ?? []
    if (log.value > 0n) this.#logs.set(log.periodNumber, [...earlier, log])
    const reachedBefore = before?.targetReachedAt ?? null
    const inOrder =
      before === null || before.lastEffectiveAt === null || log.activityAt >= before.lastEffectiveAt
    if (inOrder || log.value === 0n || (reachedBefore !== null && log.activityAt >= reachedBefore)) {
      return reachedBefore ?? (total >= target ? log.activityAt : null)
    }
    if (total < target) return null
    const stored = this.#known(this.#facts.periodLogs.get(log.periodNumber), [], {
      fact: 'period_logs',
      periodNumber: log.periodNumber,
    })
    return reachedAt([...stored, ...earlier, log], target)
  }

  #valueGrants(valueBefore: Quantity, after: Progress): Grant[] {
    const grants: Grant[] = []
    for (const milestone of this.#milestones) {
      const target = milestone.milestoneTargetValue
      if (milestone.milestoneMetric !== 'current_progress_value') continue
      if (valueBefore >= target || after.currentProgressValue < target) continue
      if (this.#holds(milestone, after.periodNumber)) continue
      grants.push(this.#grant(milestone, after.periodNumber))
    }
    return grants
  }

  #holds(milestone: MilestoneRules, periodNumber: number): boolean {
    if (milestone.milestoneRepeat === 'once') return this.heldOnce().has(milestone.id)
    return this.#rewardsAt(periodNumber).some((reward) => reward.milestoneId === milestone.id)
  }

  /** A period was completed: it founds, lengthens or joins runs. */
  #complete(periodNumber: number): Grant[] {
    const left = this.#runEnding(periodNumber - 1)
    const right = this.#runStarting(periodNumber + 1)
    const run = this.#join(left, right, periodNumber)
    const cycle = this.#rules.completionTargetValue
    const lengths = [left, right].map((part) => (part === null ? 0 : lengthOf(part)))
    const closedBefore = lengths.reduce((sum, length) => sum + cyclesClosed(length, cycle), 0)
    this.totals = {
      ...this.totals,
      longestRunLength: Math.max(this.totals.longestRunLength, lengthOf(run)),
      completedCycles: this.totals.completedCycles + cyclesClosed(lengthOf(run), cycle) - closedBefore,
    }
    const grants: Grant[] = []
    for (const milestone of this.#milestones) {
      if (milestone.milestoneMetric !== 'consecutive_count') continue
      const target = targetPeriods(milestone)
      const owedBefore = lengths.reduce((sum, length) => sum + owed(length, target, cycle), 0)
      grants.push(...this.#countGrants(milestone, run.id, owedBefore, periodNumber))
    }
    return grants
  }

  /**
   * What the run owes now, less the greater of what its parts owed before and what stands inside it.
   * `once`: at most one, and only if the member holds none.
   */
  #countGrants(
    milestone: MilestoneRules,
    runId: string,
    owedBefore: number,
    completedPeriod: number,
  ): Grant[] {
    const run = this.runs.get(runId)!
    const cycle = this.#rules.completionTargetValue
    const target = targetPeriods(milestone)
    const once = milestone.milestoneRepeat === 'once'
    const standing = once ? 0 : (run.standing[milestone.id] ?? 0)
    const due = owed(lengthOf(run), target, cycle) - Math.max(owedBefore, standing)
    if (due <= 0 || (once && this.heldOnce().has(milestone.id))) return []
    const grants: Grant[] = []
    for (const anchor of crossings(run, target, cycle)) {
      if (!once && standing > 0 && this.#isAnchored(milestone.id, anchor, run, completedPeriod)) continue
      grants.push(this.#grant(milestone, anchor))
      if (grants.length === (once ? 1 : due)) break
    }
    if (!once) {
      this.#putRun({ ...run, standing: { ...run.standing, [milestone.id]: standing + grants.length } })
    }
    return grants
  }

  #isAnchored(milestoneId: string, anchor: number, run: Run, completedPeriod: number): boolean {
    if (this.#granted.some((reward) => reward.milestoneId === milestoneId && reward.periodNumber === anchor))
      return true
    if (anchor === completedPeriod)
      return this.#rewardsAt(anchor).some((reward) => reward.milestoneId === milestoneId)
    const key = anchorsKey(milestoneId, run.firstPeriod, run.lastPeriod)
    const need: Need = { fact: 'anchors', milestoneId, from: run.firstPeriod, to: run.lastPeriod }
    return this.#known(this.#facts.anchors.get(key), new Set<number>(), need).has(anchor)
  }

  #grant(milestone: MilestoneRules, periodNumber: number): Grant {
    const everyStreak = milestone.milestoneRepeat === 'every_streak'
    this.#granted.push({ milestoneId: milestone.id, everyStreak, periodNumber })
    return { milestone, periodNumber }
  }

  /** Joins the completed period with its neighbours; rewards already anchored in it stand inside the run again. */
  #join(left: Run | null, right: Run | null, periodNumber: number): Run {
    const standing: Record<string, number> = { ...left?.standing }
    for (const [milestoneId, count] of Object.entries(right?.standing ?? {})) {
      standing[milestoneId] = (standing[milestoneId] ?? 0) + count
    }
    for (const { milestoneId, everyStreak } of this.#rewardsAt(periodNumber)) {
      if (everyStreak) standing[milestoneId] = (standing[milestoneId] ?? 0) + 1
    }
    const run: Run = {
      id: left?.id ?? right?.id ?? this.#newId(),
      firstPeriod: left?.firstPeriod ?? periodNumber,
      lastPeriod: right?.lastPeriod ?? periodNumber,
      standing,
    }
    if (left !== null) this.#forget(left)
    if (right !== null) this.#forget(right)
    this.#putRun(run)
    return run
  }

  #rewardsAt(periodNumber: number): readonly StandingReward[] {
    const granted = this.#granted.filter((reward) => reward.periodNumber === periodNumber)
    if (!this.#facts.totals.hasRewards) return granted
    return [
      ...granted,
      ...this.#known(this.#facts.rewardsAt.get(periodNumber), [], { fact: 'rewards_at', periodNumber }),
    ]
  }

  #putRun(run: Run): void {
    this.runs.set(run.id, run)
    this.#runsByFirst.set(run.firstPeriod, run)
    this.#runsByLast.set(run.lastPeriod, run)
  }

  #forget(run: Run): void {
    this.runs.set(run.id, null)
    this.#runsByFirst.set(run.firstPeriod, null)
    this.#runsByLast.set(run.lastPeriod, null)
  }

  #runEnding(periodNumber: number): Run | null {
    const here = this.#runsByLast.get(periodNumber)
    if (here !== undefined) return here
    return this.#known(this.#facts.runsByLast.get(periodNumber), null, { fact: 'run_ending', periodNumber })
  }

  #runStarting(periodNumber: number): Run | null {
    const here = this.#runsByFirst.get(periodNumber)
    if (here !== undefined) return here
    return this.#known(this.#facts.runsByFirst.get(periodNumber), null, {
      fact: 'run_starting',
      periodNumber,
    })
  }

  #runContaining(periodNumber: number): Run {
    const holds = (run: Run | null): run is Run =>
      run !== null && run.firstPeriod <= periodNumber && periodNumber <= run.lastPeriod
    for (const run of this.runs.values()) if (holds(run)) return run
    for (const run of this.#facts.runsByFirst.values()) {
      if (holds(run) && !this.runs.has(run.id)) return run
    }
    throw new MissingFact({ fact: 'run_containing', periodNumber })
  }
}

/** The `activityAt` at which logs, taken in that order, add up to the target; null if they do not. */
function reachedAt(logs: readonly LogEntry[], target: Quantity): number | null {
  let sum = 0n
  for (const log of logs.toSorted((a, b) => a.activityAt - b.activityAt)) {
    sum += log.value
    if (sum >= target) return log.activityAt
  }
  return null
}
