import fc from 'fast-check'
import { periodsAround } from './calendar-oracle.ts'
import {
  describeHistory,
  type History,
  type HistoryMilestone,
  type HistoryStreak,
  type LogContent,
  type Status,
  type Step,
  type TakeStep,
} from './history.ts'

/** Zones with a date near something their clocks did: dates skipped, midnights missing or shown twice, odd offsets. */
const PLACES = [
  ['UTC', '2025-06-10'],
  ['Pacific/Apia', '2011-12-30'],
  ['America/St_Johns', '2010-11-07'],
  ['Africa/Casablanca', '2025-02-23'],
  ['Asia/Kathmandu', '1986-01-01'],
  ['Australia/Lord_Howe', '2025-10-05'],
  ['Pacific/Kwajalein', '1993-08-21'],
  ['America/Sao_Paulo', '2018-11-04'],
  ['America/New_York', '2025-03-09'],
  ['Antarctica/Vostok', '1994-01-31'],
] as const
const PERIODS_WITH_LOGS = 7
const PERIODS = PERIODS_WITH_LOGS + 3

const liveMostly = fc.constantFrom<Status>('live', 'live', 'live', 'live', 'live', 'live', 'draft', 'paused')
const places = fc.integer({ min: 1, max: 4 })
const amounts = fc.constantFrom(1_000_000, 2_000_000, 300_000, 3_000_000)

/** A milestone of each kind. */
const milestones = fc
  .record({
    counts: fc.tuple(places, places),
    values: fc.tuple(amounts, amounts),
    statuses: fc.tuple(liveMostly, liveMostly, liveMostly, liveMostly),
  })
  .map(({ counts, values, statuses }) => (cycle: number | null): HistoryMilestone[] => {
    const [everyStreak, onceCounted] = counts.map((count) => 1_000_000 * Math.min(count, cycle ?? count))
    return [
      { metric: 'consecutive_count', repeat: 'every_streak', target: everyStreak!, status: statuses[0] },
      { metric: 'consecutive_count', repeat: 'once', target: onceCounted!, status: statuses[1] },
      { metric: 'current_progress_value', repeat: 'every_period', target: values[0], status: statuses[2] },
      { metric: 'current_progress_value', repeat: 'once', target: values[1], status: statuses[3] },
    ]
  })

const rule = fc.oneof(
  fc.record({
    method: fc.constant('count' as const),
    target: fc.constantFrom(1_000_000, 1_000_000, 2_000_000),
  }),
  fc.record({
    method: fc.constant('sum' as const),
    target: fc.constantFrom(1_000_000, 300_000, 1_500_000, 2_000_001),
  }),
)

const streak: fc.Arbitrary<HistoryStreak> = fc
  .record({
    place: fc.constantFrom(...PLACES),
    period: fc.constantFrom('daily' as const, 'daily' as const, 'weekly' as const, 'monthly' as const),
    weekStartsOn: fc.constantFrom('monday' as const, 'sunday' as const),
    rule,
    cycle: fc.option(places),
    milestones,
    readAfter: fc.nat({ max: PERIODS - PERIODS_WITH_LOGS - 1 }),
    readAt: fc.constantFrom('last' as const, 'first' as const),
  })
  .map(({ place: [zone, date], rule: rules, milestones: made, ...rest }) => {
    const { period, weekStartsOn, cycle } = rest
    const periods = periodsAround({ zone, period, weekStartsOn }, date, PERIODS)
    return { ...rest, ...rules, zone, periods, milestones: made(cycle) }
  })

const WRITERS = 8
const TURNS = 100
/** Logs of one row stand far apart when steps are shuffled. */
const TURNS_APART = 37
const order = { turn: fc.nat({ max: TURNS - 1 }), writer: fc.nat({ max: WRITERS - 1 }) }
const earlier = { which: fc.nat({ max: 99 }), ...order }

/** Most of it is about one member on one streak: else no run gets long. */
const skewed = fc.constantFrom(0, 0, 0, 0, 0, 0, 0, 1, 2, 3)
const content = fc.record({
  member: skewed,
  streak: skewed,
  period: fc.nat({ max: PERIODS_WITH_LOGS - 1 }),
  /** So many periods in a row, a log in each: what grows to runs and joins them. */
  inRow: fc.constantFrom(1, 1, 1, 3, 4),
  /** 0 is the first millisecond of the period, 1 the last. */
  within: fc.oneof(fc.constantFrom(0, 1), fc.double({ min: 0, max: 1, noNaN: true })),
  value: fc.oneof(
    fc.constantFrom(1_000_000, 1_000_000, 2_000_001, 100_000, 200_000, 500_000, 1_500_000, 0, 1),
    fc.nat({ max: 2_000_000 }),
  ),
  saysValue: fc.boolean(),
  status: liveMostly,
  /** In histories that have quiet logs at all. */
  quiet: fc.constantFrom(false, false, true),
})
type Content = typeof content extends fc.Arbitrary<infer C> ? C : never

const log = fc.record({ kind: fc.constant('log' as const), content, ...order })
const repeat = fc.record({ kind: fc.constant('repeat' as const), other: fc.option(content), ...earlier })
const take = fc.record({
  kind: fc.constant('take' as const),
  part: fc.option(fc.constantFrom(100_000, 500_000, 1_000_000, 5_000_000)),
  mintsBefore: fc.constantFrom(false, false, false, false, false, true),
  ...earlier,
})
const again = fc.record({ kind: fc.constant('again' as const), ...earlier })
const give = fc.record({ kind: fc.constant('give' as const), ...earlier })

type Valued<A> = A extends fc.Arbitrary<infer V> ? V : never
type Call = Valued<typeof log | typeof repeat | typeof take | typeof again | typeof give>

const logCalls: fc.Arbitrary<Call> = fc.oneof({ weight: 8, arbitrary: log }, { weight: 1, arbitrary: repeat })
const allCalls: fc.Arbitrary<Call> = fc.oneof(
  { weight: 12, arbitrary: log },
  { weight: 6, arbitrary: take },
  { weight: 4, arbitrary: give },
  { weight: 1, arbitrary: repeat },
  { weight: 1, arbitrary: again },
)

export interface HistoryOptions {
  /** Also withdrawals and what undoes them. */
  readonly withdrawals: boolean
  /** Calls for a row of logs are one. */
  readonly maxCalls: number
}

/** Histories of several members on streaks of every kind, late and doubled logs among them. */
export function histories({ withdrawals, maxCalls }: HistoryOptions): fc.Arbitrary<History> {
  const calls = fc.array(withdrawals ? allCalls : logCalls, {
    minLength: 1,
    maxLength: maxCalls,
    size: 'max',
  })
  return fc
    .record({
      members: fc.integer({ min: 2, max: 4 }),
      streaks: fc.array(streak, { minLength: 2, maxLength: 4 }),
      hasQuietLogs: fc.constantFrom(false, false, false, true),
      // without the bias for short ones: few runs are tried, and runs of some length take many logs
      calls: fc.noBias(calls),
    })
    .map(({ members, streaks, hasQuietLogs, calls }) => {
      const all = stepsOf(members, streaks, calls)
      const steps = hasQuietLogs ? all : all.map(loud)
      const history = { members, streaks, steps }
      return Object.assign(history, { [fc.toStringMethod]: () => `\n${describeHistory(history)}\n` })
    })
}

function loud(step: Step): Step {
  return 'quiet' in step ? { ...step, quiet: false } : step
}

/** What is about an earlier step is left out while there is none. */
function stepsOf(members: number, streaks: readonly HistoryStreak[], calls: readonly Call[]): Step[] {
  const steps: Step[] = []
  for (const call of calls) {
    const { turn, writer } = call
    if (call.kind === 'log') {
      const member = call.content.member % members
      const at = call.content.streak % streaks.length
      for (const [index, each] of inRow(call.content).entries()) {
        const order = { turn: (turn + index * TURNS_APART) % TURNS, writer: (writer + index) % WRITERS }
        steps.push({ kind: 'log', ...contentOf(each, member, at, streaks), ...order })
      }
      continue
    }
    const wanted = call.kind === 'again' || call.kind === 'give' ? 'take' : 'log'
    const fitting = [...steps.keys()].filter((index) => steps[index]!.kind === wanted)
    const of = fitting[call.which % fitting.length]
    if (of !== undefined) steps.push({ ...about(call, of, steps, streaks), turn, writer })
  }
  return steps
}

function inRow(first: Content): Content[] {
  const last = Math.min(first.period + first.inRow, PERIODS_WITH_LOGS)
  return Array.from({ length: last - first.period }, (_, index) => ({
    ...first,
    period: first.period + index,
  }))
}

type About<S> = S extends unknown ? Omit<S, 'turn' | 'writer'> : never

function about(
  call: Exclude<Call, { kind: 'log' }>,
  of: number,
  steps: readonly Step[],
  streaks: readonly HistoryStreak[],
): About<Exclude<Step, { kind: 'log' }>> {
  if (call.kind === 'again' || call.kind === 'give') return { kind: call.kind, of }
  const { member, streak: at, ...rest } = steps[of] as LogContent
  if (call.kind === 'repeat') {
    const same = { member, streak: at, ...rest }
    const it = call.other === null ? same : contentOf(call.other, member, at, streaks)
    return { ...logContent(it), kind: 'repeat', of }
  }
  const part = streaks[at]!.method === 'count' ? null : call.part
  return { kind: 'take', of, part, mintsBefore: call.mintsBefore } satisfies TakeStep
}

function logContent({ member, streak: at, at: when, value, status, quiet }: LogContent): LogContent {
  return { member, streak: at, at: when, value, status, quiet }
}

function contentOf(
  { period, within, value, saysValue, status, quiet }: Content,
  member: number,
  at: number,
  streaks: readonly HistoryStreak[],
): LogContent {
  const { periods, method } = streaks[at]!
  const { startAt, endAt } = periods[period]!
  return {
    member,
    streak: at,
    at: startAt + Math.floor(within * (endAt - 1 - startAt)),
    value: method === 'count' && !saysValue ? null : value,
    status,
    quiet,
  }
}
