import { decimals, type HistoryMilestone, type HistoryStreak, instant, type Micros } from './history.ts'
import { countsOf, everyStreakAnchors, type OracleRun, owedBy, runsOf, valuesOf } from './oracle.ts'

/** A live log as the ledger has it. */
export interface LedgerLog {
  readonly at: number
  /** 1 on count streaks; less what was withdrawn. */
  readonly value: Micros
  /** It counts, and is granted nothing. */
  readonly quiet: boolean
}

/** What one member on one streak comes to, in words that a failed comparison shows well. */
export interface ExpectedJourney {
  readonly progress: readonly string[]
  readonly runs: readonly string[]
  readonly memberStreak: string
}

/**
 * One member on one streak, read off its whole ledger by the definitions of the contract (§5, §5a, §6), sharing no code
 * with the core. Periods are named by their place in the streak's list.
 */
export class JourneyOracle {
  readonly #streak: HistoryStreak
  readonly #logs: readonly LedgerLog[]
  readonly #days: readonly { readonly day: number; readonly value: Micros; readonly isQuiet: boolean }[]
  readonly #values: Map<number, Micros>
  readonly runs: readonly OracleRun[]
  readonly #counts: Map<number, number>

  constructor(streak: HistoryStreak, logs: readonly LedgerLog[]) {
    this.#streak = streak
    this.#logs = logs
    this.#days = logs.map(({ at, value, quiet }) => ({ day: periodOf(streak, at), value, isQuiet: quiet }))
    this.#values = valuesOf(this.#days)
    this.runs = runsOf(this.#days, streak.target)
    this.#counts = countsOf(this.runs, streak.cycle)
  }

  /** Whether what is due depends on which log reached it. */
  get hasQuietLogs(): boolean {
    return this.#logs.some(({ quiet }) => quiet)
  }

  /** What the views show at a moment to a member who holds a reward of these `once` milestones. */
  expected(now: number, heldOnce: ReadonlySet<number>): ExpectedJourney {
    const { periods } = this.#streak
    const withRecord = [...this.#values.keys()].toSorted((a, b) => a - b)
    return {
      progress: withRecord.map((place) => this.#progress(place, now)),
      runs: this.runs.map(({ first, last }) => `${periods[first]!.key} to ${periods[last]!.key}`),
      memberStreak: this.#memberStreak(now, heldOnce),
    }
  }

  /** Keys of the anchors that an `every_streak` milestone has granted, with the logs in the order of acceptance. */
  everyStreak({ target, status }: HistoryMilestone): string[] {
    if (status !== 'live') return []
    const { target: reached, cycle, periods } = this.#streak
    const anchors = everyStreakAnchors(this.#days, reached, target / 1_000_000, cycle)
    return anchors.map((place) => periods[place]!.key)
  }

  /** Keys of the periods that have a value. */
  reaching(value: Micros): string[] {
    const places = [...this.#values].filter(([, sum]) => sum >= value).map(([place]) => place)
    return places.toSorted((a, b) => a - b).map((place) => this.#streak.periods[place]!.key)
  }

  /** Whether a count was reached in any run, or in the one with a period in it. */
  counted(target: Micros, key?: string): boolean {
    const place = this.#streak.periods.findIndex((period) => period.key === key)
    const runs =
      key === undefined ? this.runs : this.runs.filter((run) => run.first <= place && place <= run.last)
    return runs.some((run) => run.last - run.first + 1 >= target / 1_000_000)
  }

  /** Keys of each run's periods with how many rewards it owes. */
  owed({ target }: HistoryMilestone): { readonly keys: readonly string[]; readonly rewards: number }[] {
    const { periods, cycle } = this.#streak
    return this.runs.map((run) => ({
      keys: periods.slice(run.first, run.last + 1).map((period) => period.key),
      rewards: owedBy(run, target / 1_000_000, cycle),
    }))
  }

  #progress(place: number, now: number): string {
    const { key, startAt, endAt } = this.#streak.periods[place]!
    const completed = this.#counts.has(place)
    const status = completed ? 'completed' : now < endAt ? 'in_progress' : 'broken'
    const count = this.#countAt(place)
    const start = (completed ? place : place - 1) - count + 1
    const startedAt = count === 0 ? null : this.#effectiveIn(start)[0]!.at
    const brokenAt = status === 'broken' && count > 0 ? endAt : null
    const closes = completed && count === this.#streak.cycle
    return [
      `${key} ${instant(startAt)} ${instant(endAt)} ${decimals(this.#values.get(place)!)} ${status}`,
      `count ${count} longest ${this.#longest()} started ${instant(startedAt)}`,
      `broken ${instant(brokenAt)} completed ${instant(closes ? this.#reachedAt(place) : null)}`,
    ].join(' ')
  }

  #memberStreak(now: number, heldOnce: ReadonlySet<number>): string {
    const { periods, cycle } = this.#streak
    const place = periods.findIndex(({ startAt, endAt }) => startAt <= now && now < endAt)
    const { key, endAt } = periods[place]!
    const value = this.#values.get(place) ?? 0
    const count = this.#countAt(place)
    const status = this.#counts.has(place) ? 'active' : count > 0 ? 'at_risk' : 'inactive'
    const closed = [...this.#counts.values()].filter((each) => each === cycle).length
    const missed = periods.findLast((period, at) => {
      return period.endAt <= now && !this.#counts.has(at) && this.#countAt(at) > 0
    })
    const lastActivityAt = Math.max(...this.#logs.map(({ at }) => at))
    return [
      `${key} ${instant(endAt)} ${decimals(value)} ${status} count ${count} longest ${this.#longest()}`,
      `cycles ${closed} broken ${instant(missed?.endAt ?? null)} active ${instant(lastActivityAt)}`,
      `next ${this.#nextMilestone(count, value, heldOnce)}`,
    ].join(' ')
  }

  /**
   * Of a completed period its own place, else that of the period before, unless that one is not completed or closed a
   * cycle.
   */
  #countAt(place: number): number {
    const own = this.#counts.get(place)
    if (own !== undefined) return own
    const before = this.#counts.get(place - 1) ?? 0
    return before === this.#streak.cycle ? 0 : before
  }

  #longest(): number {
    return Math.max(0, ...this.#counts.values())
  }

  #effectiveIn(place: number): LedgerLog[] {
    const here = this.#logs.filter(({ at, value }) => value > 0 && periodOf(this.#streak, at) === place)
    return here.toSorted((a, b) => a.at - b.at)
  }

  #reachedAt(place: number): number {
    let sum = 0
    for (const { at, value } of this.#effectiveIn(place)) {
      sum += value
      if (sum >= this.#streak.target) return at
    }
    throw new Error(`period ${place} is completed without having reached its target`)
  }

  #nextMilestone(count: number, value: Micros, heldOnce: ReadonlySet<number>): string {
    const open = [...this.#streak.milestones.entries()].filter(([at, { status }]) => {
      return status === 'live' && !heldOnce.has(at)
    })
    const lowest = (metric: HistoryMilestone['metric'], above: Micros) =>
      open
        .filter(([, each]) => each.metric === metric && each.target > above)
        .toSorted(([, a], [, b]) => a.target - b.target)[0]
    const next = lowest('consecutive_count', count * 1_000_000) ?? lowest('current_progress_value', value)
    return next === undefined ? '-' : `milestone ${next[0]}`
  }
}

/** The place of the period that an instant falls in. */
export function periodOf({ periods }: HistoryStreak, at: number): number {
  return periods.findIndex(({ startAt, endAt }) => startAt <= at && at < endAt)
}
