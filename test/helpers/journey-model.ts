import { Journey, type Outcome } from '../../src/streaks/journey.ts'
import { anchorsKey, type JourneyFacts, ONCE, rangeKey, valueKey } from '../../src/streaks/journey-state.ts'
import { lengthOf } from '../../src/streaks/runs.ts'
import type {
  CountedLog,
  JourneyTotals,
  MilestoneRules,
  Need,
  Progress,
  RewardFact,
  Run,
  StreakRules,
} from '../../src/streaks/types.ts'
import { MissingFact } from '../../src/streaks/types.ts'

const NOTHING: JourneyTotals = {
  longestRunLength: 0,
  completedCycles: 0,
  lastActivityAt: null,
  hasRewards: false,
  revokedRewards: 0,
}

type Growing<T> = T extends ReadonlyMap<infer K, infer V> ? Map<K, V> : T
type GrowingFacts = { -readonly [F in keyof JourneyFacts]: Growing<JourneyFacts[F]> }

/**
 * Feeds entries to the core, one by one or in batches, answering what it asks for and keeping what it says, as a store
 * would.
 */
export class JourneyModel {
  readonly progress = new Map<number, Progress>()
  readonly runs = new Map<string, Run>()
  readonly rewards: RewardFact[] = []
  totals = NOTHING
  readonly #rules: StreakRules
  readonly #milestones: readonly MilestoneRules[]
  /** Live logs with what they count for now. */
  readonly #logs = new Map<string, CountedLog>()
  #ids = 0

  constructor(rules: StreakRules, milestones: readonly MilestoneRules[]) {
    this.#rules = rules
    this.#milestones = milestones
  }

  record(...logs: readonly CountedLog[]): Outcome[] {
    const outcomes = this.#decide((journey) => logs.map((log) => journey.apply(log)))
    for (const log of logs) this.#logs.set(log.id, log)
    return outcomes
  }

  /** Sets what a recorded log counts for: 0 takes it back, its own value gives it back. */
  change(id: string, after: bigint): Outcome {
    const log = this.#logs.get(id)!
    const [outcome] = this.#decide((journey) => [journey.changeValue({ log, after })])
    this.#logs.set(id, { ...log, value: after })
    return outcome!
  }

  standing(): RewardFact[] {
    return this.rewards.filter((reward) => reward.state === 'standing')
  }

  #decide(work: (journey: Journey) => Outcome[]): Outcome[] {
    const facts = this.#noFacts()
    for (;;) {
      const journey = new Journey(this.#rules, this.#milestones, facts, () => this.#newId())
      try {
        const outcomes = work(journey)
        for (const outcome of outcomes) this.#keepRewards(outcome)
        this.#keep(journey)
        return outcomes
      } catch (error) {
        if (!(error instanceof MissingFact)) throw error
        this.#answer(facts, error.need)
      }
    }
  }

  #newId(): string {
    this.#ids += 1
    return `n${this.#ids}`
  }

  #keep(journey: Journey): void {
    for (const [period, progress] of journey.progress) this.progress.set(period, progress)
    for (const [id, run] of journey.runs) {
      if (run === null) this.runs.delete(id)
      else this.runs.set(id, run)
    }
    this.totals = journey.totals
  }

  #keepRewards({ grants, restored, moved, groundless }: Outcome): void {
    const put = (id: string, changes: Partial<RewardFact>) => {
      const index = this.rewards.findIndex((reward) => reward.id === id)
      this.rewards[index] = { ...this.rewards[index]!, ...changes }
    }
    for (const reward of groundless) if (!reward.isMinted) put(reward.id, { state: 'revoked' })
    for (const { reward, periodNumber } of moved) put(reward.id, { periodNumber })
    for (const { reward, periodNumber } of restored) put(reward.id, { periodNumber, state: 'standing' })
    for (const { milestone, periodNumber } of grants) {
      const once = milestone.milestoneRepeat === 'once'
      const everyStreak = milestone.milestoneRepeat === 'every_streak'
      const common = { id: this.#newId(), milestoneId: milestone.id, periodNumber }
      this.rewards.push({ ...common, once, everyStreak, isMinted: false, state: 'standing' })
    }
  }

  #noFacts(): GrowingFacts {
    return {
      totals: this.totals,
      isNew: this.progress.size === 0,
      progress: new Map<number, Progress | null>(),
      runsByFirst: new Map<number, Run | null>(),
      runsByLast: new Map<number, Run | null>(),
      rewardsAt: new Map<number, RewardFact[]>(),
      heldOnce: null as ReadonlySet<string> | null,
      anchors: new Map<string, ReadonlySet<number>>(),
      periodLogs: new Map<number, readonly CountedLog[]>(),
      periodEdges: new Map(),
      rewards: new Map<string, readonly RewardFact[]>(),
      longestBesides: new Map<string, number>(),
      valueElsewhere: new Map<string, boolean>(),
    }
  }

  #answer(facts: GrowingFacts, need: Need): void {
    const runs = [...this.runs.values()]
    const between = (from: number, to: number) =>
      this.rewards.filter(
        (reward) => !reward.once && reward.periodNumber >= from && reward.periodNumber <= to,
      )
    const inTime = (period: number) =>
      [...this.#logs.values()]
        .filter((log) => log.periodNumber === period && log.value > 0n)
        .toSorted((a, b) => a.activityAt - b.activityAt)
    switch (need.fact) {
      case 'progress':
        facts.progress.set(need.periodNumber, this.progress.get(need.periodNumber) ?? null)
        break
      case 'run_ending':
        facts.runsByLast.set(
          need.periodNumber,
          runs.find((run) => run.lastPeriod === need.periodNumber) ?? null,
        )
        break
      case 'run_starting':
        facts.runsByFirst.set(
          need.periodNumber,
          runs.find((run) => run.firstPeriod === need.periodNumber) ?? null,
        )
        break
      case 'run_containing': {
        const run = runs.find((r) => r.firstPeriod <= need.periodNumber && need.periodNumber <= r.lastPeriod)!
        facts.runsByFirst.set(run.firstPeriod, run)
        break
      }
      case 'rewards_at':
        facts.rewardsAt.set(
          need.periodNumber,
          between(need.periodNumber, need.periodNumber).filter((r) => r.state === 'standing'),
        )
        break
      case 'once_rewards':
        facts.heldOnce = new Set(
          this.standing()
            .filter((r) => r.once)
            .map((r) => r.milestoneId),
        )
        break
      case 'anchors': {
        const own = between(need.from, need.to).filter(
          (r) => r.milestoneId === need.milestoneId && r.state === 'standing',
        )
        facts.anchors.set(
          anchorsKey(need.milestoneId, need.from, need.to),
          new Set(own.map((r) => r.periodNumber)),
        )
        break
      }
      case 'period_logs': {
        const logs: CountedLog[] = []
        let sum = 0n
        for (const log of inTime(need.periodNumber)) {
          if (sum >= need.upTo) break
          sum += log.value
          logs.push(log)
        }
        facts.periodLogs.set(need.periodNumber, logs)
        break
      }
      case 'period_edges': {
        const logs = inTime(need.periodNumber)
        facts.periodEdges.set(need.periodNumber, { first: logs.slice(0, 2), last: logs.slice(-2) })
        break
      }
      case 'rewards_between':
        facts.rewards.set(rangeKey(need.from, need.to), between(need.from, need.to))
        break
      case 'rewards_once':
        facts.rewards.set(
          ONCE,
          this.rewards.filter((reward) => reward.once),
        )
        break
      case 'longest_besides':
        facts.longestBesides.set(
          need.runId,
          Math.max(0, ...runs.filter((run) => run.id !== need.runId).map(lengthOf)),
        )
        break
      case 'value_elsewhere': {
        const others = [...this.progress.values()].filter((each) => each.periodNumber !== need.periodNumber)
        facts.valueElsewhere.set(
          valueKey(need.periodNumber, need.value),
          others.some((each) => each.currentProgressValue >= need.value),
        )
        break
      }
    }
  }
}
