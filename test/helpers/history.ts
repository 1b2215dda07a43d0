import type { OraclePeriod, OracleRules } from './calendar-oracle.ts'

/** Values in whole millionths, which a double holds exactly far beyond what a history adds up to. */
export type Micros = number
export type Status = 'draft' | 'live' | 'paused'

export interface HistoryMilestone {
  readonly metric: 'consecutive_count' | 'current_progress_value'
  readonly repeat: 'every_streak' | 'every_period' | 'once'
  readonly target: Micros
  readonly status: Status
}

export interface HistoryStreak extends OracleRules {
  readonly method: 'count' | 'sum'
  readonly target: Micros
  readonly cycle: number | null
  readonly milestones: readonly HistoryMilestone[]
  /** Logs lie in the first ones; the views are read in one of them or later. */
  readonly periods: readonly OraclePeriod[]
  /** The views are read so many periods after the last one with a log, at its first or its last millisecond. */
  readonly readAfter: number
  readonly readAt: 'first' | 'last'
}

export interface LogContent {
  readonly member: number
  readonly streak: number
  readonly at: number
  /** null: a log of a count streak that says nothing. */
  readonly value: Micros | null
  readonly status: Status
  readonly quiet: boolean
}

export type LogStep = { readonly kind: 'log' } & LogContent
/** The identifier of an earlier log once more, with the same content or with another. */
export type RepeatStep = { readonly kind: 'repeat'; readonly of: number } & LogContent
/**
 * Takes an earlier log back, whole or in part; `mintsBefore`: all rewards are issued first, when steps go one by one.
 */
export type TakeStep = {
  readonly kind: 'take'
  readonly of: number
  readonly part: Micros | null
  readonly mintsBefore: boolean
}
/** An earlier withdrawal entered once more. */
export type AgainStep = { readonly kind: 'again'; readonly of: number }
/** Undoes an earlier withdrawal. */
export type GiveStep = { readonly kind: 'give'; readonly of: number }

/** One call. `of` is the place of an earlier step. */
export type Step = (LogStep | RepeatStep | TakeStep | AgainStep | GiveStep) & {
  /** Where it stands when the steps are shuffled, but never before the step it is about. */
  readonly turn: number
  /** Which of eight sends it when several write at once. */
  readonly writer: number
}

export interface History {
  readonly members: number
  readonly streaks: readonly HistoryStreak[]
  readonly steps: readonly Step[]
}

/** The places of the steps in shuffled order: what a step is about comes before it. */
export function shuffledOrder({ steps }: History): number[] {
  const turns: number[] = []
  for (const step of steps) turns.push('of' in step ? Math.max(step.turn, turns[step.of]!) : step.turn)
  return [...steps.keys()].toSorted((a, b) => turns[a]! - turns[b]! || a - b)
}

/** `1.5`: as the API would write it. */
export function decimals(micros: Micros): string {
  const whole = Math.floor(micros / 1_000_000)
  const rest = String(micros - whole * 1_000_000).padStart(6, '0')
  return `${whole}.${rest}`.replace(/\.?0+$/, '')
}

export function instant(at: number | null): string {
  return at === null ? '-' : new Date(at).toISOString().replace(/(:00)?\.000Z$/, 'Z')
}

/** A history for the eye: what a shrunk case is printed as. */
export function describeHistory({ members, streaks, steps }: History): string {
  return [
    `${members} members`,
    ...streaks.flatMap(describeStreak),
    ...steps.map((step, place) => `${String(place).padStart(3)}  ${describeStep(step)}`),
  ].join('\n')
}

function describeStreak(streak: HistoryStreak, index: number): string[] {
  const { method, target, period, weekStartsOn, zone, cycle, milestones, readAfter, readAt } = streak
  const week = period === 'weekly' ? ` from ${weekStartsOn}` : ''
  const cycles = cycle === null ? 'endless' : `cycles of ${cycle}`
  return [
    `s${index + 1}  ${method} of ${decimals(target)} ${period}${week} in ${zone}, ${cycles}, read ${readAfter} periods later at the ${readAt} instant`,
    ...milestones.map(
      (each, at) =>
        `      milestone ${at}: ${each.metric} ${decimals(each.target)} ${each.repeat} ${each.status}`,
    ),
  ]
}

function describeStep(step: Step): string {
  const order = `  (turn ${step.turn}, writer ${step.writer})`
  switch (step.kind) {
    case 'log':
      return `${describeLog(step)}${order}`
    case 'repeat':
      return `${describeLog(step)}, identifier of ${step.of}${order}`
    case 'take':
      return `takes ${step.part === null ? 'all' : decimals(step.part)} of ${step.of}${step.mintsBefore ? ', all rewards issued before' : ''}${order}`
    case 'again':
      return `enters ${step.of} again${order}`
    case 'give':
      return `undoes ${step.of}${order}`
  }
}

function describeLog({ member, streak, at, value, status, quiet }: LogContent): string {
  const amount = value === null ? '' : ` ${decimals(value)}`
  return `m${member + 1} s${streak + 1} ${instant(at)}${amount}${status === 'live' ? '' : ` ${status}`}${quiet ? ' quiet' : ''}`
}
