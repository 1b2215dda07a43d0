import type { EntryRecorder, EntryResult, Recorder, RecordResult } from '../../src/engine/types.ts'
import { AppError } from '../../src/errors.ts'
import type { Row } from '../../src/ports/schema.ts'
import type { Change } from '../../src/ports/store.ts'
import type { EngineKit } from './engine-kit.ts'
import type { History, HistoryMilestone, HistoryStreak, LogContent, Step, TakeStep } from './history.ts'
import { shuffledOrder } from './history.ts'
import type { LedgerLog } from './journey-oracle.ts'

type Writer = Recorder & EntryRecorder

/** What came of a step: whether it was accepted, and the id of the row it made or met. */
export interface Outcome {
  readonly accepted: boolean
  readonly id: string
}

const COUNTS_ONE = 1_000_000
const MAX_REPEATS = 30

/** A history on an account of its own, and what became of each step. */
export class PlayedHistory {
  readonly history: History
  readonly streaks: Row<'streak'>[] = []
  /** By streak, in the order of the history. */
  readonly milestones: Row<'milestone'>[][] = []
  readonly outcomes = new Map<number, Outcome>()
  hasMinted = false
  readonly #kit: EngineKit

  private constructor(kit: EngineKit, history: History) {
    this.#kit = kit
    this.history = history
  }

  static async prepare(kit: EngineKit, history: History): Promise<PlayedHistory> {
    const played = new PlayedHistory(kit, history)
    const changes: Change[] = []
    for (const streak of history.streaks) {
      const row = kit.streakRow(streakFields(streak))
      const milestones = streak.milestones.map((each) => kit.milestoneRow(row, milestoneFields(each)))
      played.streaks.push(row)
      played.milestones.push(milestones)
      changes.push({ op: 'insert', collection: 'streak', row })
      for (const each of milestones) changes.push({ op: 'insert', collection: 'milestone', row: each })
    }
    await kit.store.commit(changes)
    return played
  }

  /** The steps as they stand, each when the one before is done. */
  async oneByOne(writer: Writer, afterStep: (place: number) => Promise<void>): Promise<void> {
    for (const place of this.history.steps.keys()) {
      const step = this.history.steps[place]!
      if (step.kind === 'take' && step.mintsBefore) await this.#mintAll()
      await this.#take(place, writer)
      await afterStep(place)
    }
  }

  /** The steps in shuffled order, all at once: those that wait for nothing arrive as one batch. */
  async atOnce(writer: Writer): Promise<void> {
    const started = new Map<number, Promise<void>>()
    for (const place of shuffledOrder(this.history))
      started.set(place, this.#whenReady(place, writer, started))
    await Promise.all(started.values())
  }

  /** The steps in shuffled order, parted among writers; each goes on when its own last step is done. */
  async amongWriters(writers: readonly Writer[]): Promise<void> {
    const last = writers.map(() => Promise.resolve())
    const started = new Map<number, Promise<void>>()
    for (const place of shuffledOrder(this.history)) {
      const at = this.history.steps[place]!.writer % writers.length
      const step = last[at]!.then(() => this.#whenReady(place, writers[at]!, started))
      started.set(place, step)
      last[at] = step
    }
    await Promise.all(started.values())
  }

  /** The accepted live logs of a journey, in the order of the history's steps, with what withdrawals left of them. */
  ledger(member: number, streak: number): LedgerLog[] {
    return [...this.outcomes]
      .filter(([, { accepted }]) => accepted)
      .flatMap(([place, { id }]) => {
        const step = this.history.steps[place]!
        if (step.kind !== 'log' && step.kind !== 'repeat') return []
        if (step.member !== member || step.streak !== streak || step.status !== 'live') return []
        const { method } = this.history.streaks[streak]!
        const full = method === 'count' ? COUNTS_ONE : step.value!
        const value = Math.max(0, full - this.#taken(id, full))
        return [{ at: step.at, value, quiet: step.quiet }]
      })
  }

  /** Whom and which streak a step is about. */
  subjectOf(place: number): { readonly member: number; readonly streak: number } {
    const step = this.history.steps[place]!
    return 'streak' in step ? step : this.subjectOf(step.of)
  }

  /** When the logs of a streak lie, accepted or not. */
  logsAt(streak: number): number[] {
    return this.history.steps.flatMap((step) => ('streak' in step && step.streak === streak ? [step.at] : []))
  }

  /** Steps with the same identifier: exactly one is accepted, and the others are told which. */
  identifiers(): { readonly accepted: number; readonly ids: number }[] {
    const groups = Map.groupBy(this.outcomes.keys(), (place) => {
      const step = this.history.steps[place]!
      return step.kind === 'repeat' || step.kind === 'again'
        ? step.of
        : step.kind === 'give'
          ? `undo ${step.of}`
          : place
    })
    return [...groups.values()].map((places) => {
      const met = places.map((place) => this.outcomes.get(place)!)
      return {
        accepted: met.filter(({ accepted }) => accepted).length,
        ids: new Set(met.map(({ id }) => id)).size,
      }
    })
  }

  #taken(logId: string, full: number): number {
    const { steps } = this.history
    const isUndone = (place: number) =>
      [...this.outcomes.keys()].some((other) => {
        const step = steps[other]!
        return step.kind === 'give' && step.of === place
      })
    return [...this.outcomes.keys()].reduce((sum, place) => {
      const step = steps[place]!
      if (step.kind !== 'take' || this.outcomes.get(step.of)!.id !== logId || isUndone(place)) return sum
      return sum + Math.min(full, step.part ?? full)
    }, 0)
  }

  async #whenReady(
    place: number,
    writer: Writer,
    started: ReadonlyMap<number, Promise<void>>,
  ): Promise<void> {
    const step = this.history.steps[place]!
    const waitsFor = this.#waitsFor(step)
    if (waitsFor !== null) await started.get(waitsFor)
    await this.#take(place, writer)
  }

  /** What is entered again races with the first: both wait for the log only. */
  #waitsFor(step: Step): number | null {
    if (step.kind === 'take' || step.kind === 'give') return step.of
    return step.kind === 'again' ? (this.history.steps[step.of] as TakeStep).of : null
  }

  async #take(place: number, writer: Writer): Promise<void> {
    const result = await insist(() => this.#send(place, this.history.steps[place]!, writer))
    if (result.outcome === 'duplicate') this.outcomes.set(place, { accepted: false, id: result.existingId })
    else if (result.outcome === 'recorded') {
      const { id } = 'log' in result ? result.log : result.entry
      this.outcomes.set(place, { accepted: true, id })
    } else throw new Error(`step ${place}: ${JSON.stringify(result)}`)
  }

  #send(place: number, step: Step, writer: Writer): Promise<RecordResult | EntryResult> {
    const { accountId } = this.#kit
    if (step.kind === 'log') return writer.record(this.#request(step, `log-${place}`))
    if (step.kind === 'repeat') return writer.record(this.#request(step, `log-${step.of}`))
    const enter = (streakLogId: string, entry: Parameters<Writer['enter']>[0]['entry']) =>
      writer.enter({ accountId, streakLogId, reason: 'a test', entry })
    const withdraw = (at: number, { of, part }: TakeStep) =>
      enter(this.outcomes.get(of)!.id, {
        kind: 'withdrawal',
        value: part === null ? null : BigInt(part),
        uniqueIdentifier: `take-${at}`,
      })
    if (step.kind === 'take') return withdraw(place, step)
    const taken = this.history.steps[step.of] as TakeStep
    if (step.kind === 'again') return withdraw(step.of, taken)
    const withdrawalId = this.outcomes.get(step.of)!.id
    return enter(this.outcomes.get(taken.of)!.id, { kind: 'reinstatement', withdrawalId })
  }

  #request({ member, streak, at, value, status, quiet }: LogContent, uniqueIdentifier: string) {
    return this.#kit.request(this.streaks[streak]!, at, {
      member: { externalId: `m${member + 1}`, profile: {}, profileAt: null },
      uniqueIdentifier,
      activityValue: value === null ? null : BigInt(value),
      status,
      quiet,
      enrich: false,
    })
  }

  /** As the worker does: what was pending is issued, and its coupon is out. */
  async #mintAll(): Promise<void> {
    for (const row of await this.#kit.rows('reward_log')) {
      if (row.fulfilmentStatus !== 'pending') continue
      const { id, accountId } = row
      const set = { fulfilmentStatus: 'issued', couponCode: `minted ${id}`, dueAt: null } as const
      await this.#kit.store.commit([{ op: 'update', collection: 'reward_log', id, accountId, set }])
      this.hasMinted = true
    }
  }
}

function streakFields(streak: HistoryStreak): Partial<Row<'streak'>> {
  return {
    aggregationMethod: streak.method,
    aggregationPeriod: streak.period,
    aggregationTargetValue: BigInt(streak.target),
    completionTargetValue: streak.cycle,
    timezone: streak.zone,
    weekStartsOn: streak.weekStartsOn,
  }
}

function milestoneFields({ metric, repeat, target, status }: HistoryMilestone): Partial<Row<'milestone'>> {
  return {
    milestoneMetric: metric,
    milestoneRepeat: repeat,
    milestoneTargetValue: BigInt(target),
    status,
  }
}

/** As a client does that is told to come again: where many write about one member, a call may lose every race. */
async function insist<T>(call: () => Promise<T>): Promise<T> {
  for (let times = 1; ; times += 1) {
    try {
      return await call()
    } catch (error) {
      if (!(error instanceof AppError && error.code === 'STORE_BUSY') || times === MAX_REPEATS) throw error
    }
  }
}
