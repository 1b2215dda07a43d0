import { KnownFacts, MissingFact, type Need } from '../../src/streaks/facts.ts'
import { Journey, type Outcome } from '../../src/streaks/journey.ts'
import { lengthOf } from '../../src/streaks/runs.ts'
import type {
  CountedLog,
  JourneyTotals,
  MilestoneRules,
  Progress,
  RewardFact,
  Run,
  StreakRules,
} from '../../src/streaks/types.ts'

const NOTHING: JourneyTotals = {
  longestRunLength: 0,
  completedCycles: 0,
  lastActivityAt: null,
  hasRewards: false,
  revokedRewards: 0,
}

/** A log as the core sees it, and whether it is quiet. */
export type ModelLog = CountedLog & { readonly isQuiet?: boolean }

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
  readonly #logs = new Map<string, ModelLog>()
  #ids = 0

  constructor(rules: StreakRules, milestones: readonly MilestoneRules[]) {
    this.#rules = rules
    this.#milestones = milestones
  }

  record(...logs: readonly ModelLog[]): Outcome[] {
    const outcomes = this.#decide((journey) => logs.map((log) => journey.apply(log, log.isQuiet)))
    for (const log of logs) this.#logs.set(log.id, log)
    return outcomes
  }

  /** Sets what a recorded log counts for: 0 takes it back, its own value gives it back. */
  change(id: string, after: bigint): Outcome {
    const log = this.#logs.get(id)!
    const [outcome] = this.#decide((journey) => [journey.changeValue({ log, after }, log.isQuiet)])
    this.#logs.set(id, { ...log, value: after })
    return outcome!
  }

  standing(): RewardFact[] {
    return this.rewards.filter((reward) => reward.state === 'standing')
  }

  #decide(work: (journey: Journey) => Outcome[]): Outcome[] {
    const known = new KnownFacts()
    const facts = { totals: this.totals, isNew: this.progress.size === 0, known }
    for (;;) {
      const journey = new Journey(this.#rules, this.#milestones, facts, () => this.#newId())
      try {
        const outcomes = work(journey)
        for (const outcome of outcomes) this.#keepRewards(outcome)
        this.#keep(journey)
        return outcomes
      } catch (error) {
        if (!(error instanceof MissingFact)) throw error
        this.#answer(known, error.need)
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

  #answer(known: KnownFacts, need: Need): void {
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
        known.set(need, this.progress.get(need.periodNumber) ?? null)
        break
      case 'run_ending':
        known.set(need, runs.find((run) => run.lastPeriod === need.periodNumber) ?? null)
        break
      case 'run_starting':
        known.set(need, runs.find((run) => run.firstPeriod === need.periodNumber) ?? null)
        break
      case 'run_containing':
        known.set(
          need,
          runs.find((run) => run.firstPeriod <= need.periodNumber && need.periodNumber <= run.lastPeriod)!,
        )
        break
      case 'rewards_at':
        known.set(
          need,
          between(need.periodNumber, need.periodNumber).filter((r) => r.state === 'standing'),
        )
        break
      case 'once_rewards': {
        const once = this.standing().filter((reward) => reward.once)
        known.set(need, new Set(once.map((reward) => reward.milestoneId)))
        break
      }
      case 'anchors': {
        const own = between(need.from, need.to).filter(
          (r) => r.milestoneId === need.milestoneId && r.state === 'standing',
        )
        known.set(need, new Set(own.map((r) => r.periodNumber)))
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
        known.set(need, logs)
        break
      }
      case 'period_edges': {
        const logs = inTime(need.periodNumber)
        known.set(need, { first: logs.slice(0, 2), last: logs.slice(-2) })
        break
      }
      case 'rewards_between':
        known.set(need, between(need.from, need.to))
        break
      case 'rewards_once':
        known.set(
          need,
          this.rewards.filter((reward) => reward.once),
        )
        break
      case 'longest_besides':
        known.set(need, Math.max(0, ...runs.filter((run) => run.id !== need.runId).map(lengthOf)))
        break
      case 'value_elsewhere': {
        const others = [...this.progress.values()].filter((each) => each.periodNumber !== need.periodNumber)
        known.set(
          need,
          others.some((each) => each.currentProgressValue >= need.value),
        )
        break
      }
    }
  }
}
