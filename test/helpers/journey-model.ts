import { Journey } from '../../src/streaks/journey.ts'
import { anchorsKey, type JourneyFacts } from '../../src/streaks/journey-state.ts'
import { lengthOf } from '../../src/streaks/runs.ts'
import type {
  Grant,
  JourneyTotals,
  LogEntry,
  MilestoneRules,
  Progress,
  Run,
  StandingReward,
  StreakRules,
} from '../../src/streaks/types.ts'

/** Feeds logs to the core one by one, or in batches, keeping what it answers, as a store would. */
export class JourneyModel {
  readonly progress = new Map<number, Progress>()
  readonly runs = new Map<string, Run>()
  readonly rewards: StandingReward[] = []
  totals: JourneyTotals = { longestRunLength: 0, completedCycles: 0, lastActivityAt: null, hasRewards: false }
  readonly #rules: StreakRules
  readonly #milestones: readonly MilestoneRules[]
  readonly #logs: LogEntry[] = []
  #ids = 0

  constructor(rules: StreakRules, milestones: readonly MilestoneRules[]) {
    this.#rules = rules
    this.#milestones = milestones
  }

  record(...logs: readonly LogEntry[]): Grant[][] {
    const journey = new Journey(this.#rules, this.#milestones, this.#facts(logs), () => {
      this.#ids += 1
      return `n${this.#ids}`
    })
    const grants = logs.map((log) => {
      const granted = journey.apply(log)
      if (log.value > 0n) this.#logs.push(log)
      return granted
    })
    for (const { milestone, periodNumber } of grants.flat()) {
      const everyStreak = milestone.milestoneRepeat === 'every_streak'
      this.rewards.push({ milestoneId: milestone.id, everyStreak, periodNumber })
    }
    for (const [period, progress] of journey.progress) this.progress.set(period, progress)
    for (const [id, run] of journey.runs) {
      if (run === null) this.runs.delete(id)
      else this.runs.set(id, run)
    }
    this.totals = journey.totals
    return grants
  }

  #facts(logs: readonly LogEntry[]): JourneyFacts {
    const around = logs.flatMap(({ periodNumber: at }) => [at - 1, at, at + 1])
    const runs = [...this.runs.values()]
    const inTime = this.#logs.toSorted((a, b) => a.activityAt - b.activityAt)
    return {
      totals: this.totals,
      progress: new Map(around.map((at) => [at, this.progress.get(at) ?? null])),
      runsByFirst: new Map([
        ...around.map((at) => [at, null] as const),
        ...runs.map((run) => [run.firstPeriod, run] as const),
      ]),
      runsByLast: new Map([
        ...around.map((at) => [at, null] as const),
        ...runs.map((run) => [run.lastPeriod, run] as const),
      ]),
      rewardsAt: new Map(
        around.map((at) => [at, this.rewards.filter((reward) => reward.periodNumber === at)]),
      ),
      heldOnce: new Set(
        this.#milestones
          .filter((m) => m.milestoneRepeat === 'once')
          .map((m) => m.id)
          .filter((id) => this.rewards.some((reward) => reward.milestoneId === id)),
      ),
      anchors: this.#anchors(logs),
      periodLogs: new Map(around.map((at) => [at, inTime.filter((log) => log.periodNumber === at)])),
      isNew: this.progress.size === 0,
    }
  }

  /** Standing anchors of every range a run could have after these logs. */
  #anchors(logs: readonly LogEntry[]): Map<string, Set<number>> {
    const edges = [...this.runs.values()].flatMap((run) => [run.firstPeriod, run.lastPeriod])
    const ends = [...new Set([...edges, ...logs.map((log) => log.periodNumber)])]
    const anchors = new Map<string, Set<number>>()
    for (const milestone of this.#milestones) {
      const at = this.rewards
        .filter((reward) => reward.milestoneId === milestone.id)
        .map((reward) => reward.periodNumber)
      for (const from of ends)
        for (const to of ends)
          anchors.set(anchorsKey(milestone.id, from, to), new Set(at.filter((p) => p >= from && p <= to)))
    }
    return anchors
  }

  longestRun(): number {
    return Math.max(0, ...[...this.runs.values()].map(lengthOf))
  }
}
