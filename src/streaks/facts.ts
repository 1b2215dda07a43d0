import type { Quantity } from './quantity.ts'
import type { CountedLog, PeriodEdges, Progress, RewardFact, Run, StandingReward } from './types.ts'

type Key = number | string
type OfPeriod = { readonly periodNumber: number }
type OfPeriods = { readonly from: number; readonly to: number }

/**
 * A kind of fact: what tells one from another of its kind, and what it is where nothing is stored. The first is also
 * the type of what a need of it says, the second the type of what it yields.
 */
function fact<Of extends object, Is>(keyOf: (need: Of) => Key, absent: Is) {
  return { keyOf, absent }
}

const byPeriod = ({ periodNumber }: OfPeriod) => periodNumber

/** All that a decision may ask for: a new fact is named here, and loaded by the engine. */
const FACTS = {
  progress: fact(byPeriod, null as Progress | null),
  run_ending: fact(byPeriod, null as Run | null),
  run_starting: fact(byPeriod, null as Run | null),
  /** The run of a completed period, which always has one. */
  run_containing: fact(byPeriod, null as Run | null),
  rewards_at: fact(byPeriod, [] as readonly StandingReward[]),
  /** `once` milestones the member holds. */
  once_rewards: fact((_: object) => '', new Set() as ReadonlySet<string>),
  /** Periods in a row of periods with a standing reward of a milestone. */
  anchors: fact(
    ({ milestoneId, from, to }: OfPeriods & { readonly milestoneId: string }) =>
      `${milestoneId}:${from}:${to}`,
    new Set() as ReadonlySet<number>,
  ),
  /** Effective logs in the order of activityAt, up to the one with which their values reach `upTo`. */
  period_logs: fact(
    ({ periodNumber, upTo }: OfPeriod & { readonly upTo: Quantity }) => `${periodNumber}:${upTo}`,
    [] as readonly CountedLog[],
  ),
  period_edges: fact(byPeriod, { first: [], last: [] } as PeriodEdges),
  /** Rewards of any state, anchored in a row of periods, but for `once` ones. */
  rewards_between: fact(({ from, to }: OfPeriods) => `${from}:${to}`, [] as readonly RewardFact[]),
  /** `once` rewards of any state, wherever they are. */
  rewards_once: fact((_: object) => '', [] as readonly RewardFact[]),
  /** Length of the longest run but this one. */
  longest_besides: fact(({ runId }: { readonly runId: string }) => runId, 0),
  /** The latest runs, so many at most, that missing a period breaks; the latest first. */
  breakable_runs: fact(({ limit }: { readonly limit: number }) => limit, [] as readonly Run[]),
  /** Whether any other period has at least this value. */
  value_elsewhere: fact(
    ({ periodNumber, value }: OfPeriod & { readonly value: Quantity }) => `${periodNumber}:${value}`,
    false as boolean,
  ),
}

export type FactName = keyof typeof FACTS
/** Which fact of a kind is meant. */
export type NeedOf<F extends FactName> = { readonly fact: F } & Parameters<(typeof FACTS)[F]['keyOf']>[0]
/** A fact the decision needs and was not given. The caller loads it and decides again. */
export type Need = { [F in FactName]: NeedOf<F> }[FactName]
export type FactOf<F extends FactName> = (typeof FACTS)[F]['absent']

/** Thrown inside the core where a fact is missing; never leaves the engine. */
export class MissingFact extends Error {
  readonly need: Need
  constructor(need: Need) {
    super(`missing fact: ${need.fact}`)
    this.need = need
  }
}

/** What a fact is where nothing is stored. */
export function absent<F extends FactName>(need: NeedOf<F>): FactOf<F> {
  return FACTS[need.fact].absent
}

/** Facts of one journey, each kept by its need. What was never looked for is unknown. */
export class KnownFacts {
  /** By kind; only `set` writes, and what it writes is of that kind. */
  readonly #kinds = new Map<FactName, Map<Key, FactOf<FactName>>>()

  /** undefined where it is unknown. */
  get<F extends FactName>(need: NeedOf<F>): FactOf<F> | undefined {
    return this.#kinds.get(need.fact)?.get(keyOf(need)) as FactOf<F> | undefined
  }

  set<F extends FactName>(need: NeedOf<F>, value: FactOf<F>): void {
    const kind = this.#kinds.get(need.fact)
    if (kind === undefined) this.#kinds.set(need.fact, new Map([[keyOf(need), value]]))
    else kind.set(keyOf(need), value)
  }

  /** What was looked for and not found is known to be absent. What is known stays as it is. */
  setAbsentIfUnknown(need: Need): void {
    if (this.get(need) === undefined) this.set(need, absent(need))
  }

  /** All that is known of a kind. */
  all<F extends FactName>(kind: F): Iterable<FactOf<F>> {
    return (this.#kinds.get(kind)?.values() ?? []) as Iterable<FactOf<F>>
  }
}

function keyOf<F extends FactName>(need: NeedOf<F>): Key {
  // the compiler does not see that a need goes to the function of its own kind
  const spec: { readonly keyOf: unknown } = FACTS[need.fact]
  return (spec.keyOf as (need: NeedOf<F>) => Key)(need)
}
