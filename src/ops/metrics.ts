import { Counter, collectDefaultMetrics, Gauge, Histogram, Registry } from 'prom-client'
import type { Metrics } from '../ports/metrics.ts'

/** How much is left of a stage of the work: `activity` (items of deliveries), `reward`, `message`. */
export interface StageBacklog {
  readonly stage: string
  /** Rows with work left. */
  readonly due: number
  /** How long the oldest of them has been due; 0 where none is. */
  readonly oldestMs: number
}

/** What is read from the store when somebody asks for the metrics. */
export interface Observed {
  readonly stages: readonly StageBacklog[]
  readonly providers: Readonly<Record<'ok' | 'paused', number>>
  /** Rewards that wait, by what for. */
  readonly waiting: Readonly<Record<'hold_period' | 'cap' | 'provider_paused' | 'provider', number>>
}

export interface PrometheusMetrics extends Metrics {
  readonly contentType: string
  /** The metrics as text; what was read from the store is at most 5 s old, and left out when it cannot be read. */
  text(): Promise<string>
  /** Names of all that there are, for the dashboard and the alerts. */
  names(): readonly string[]
}

const KEEP_MS = 5_000
const DELAY_SECONDS = [0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 300, 1_800, 7_200, 86_400]
const CALL_SECONDS = [0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 15]

/** Metrics for Prometheus, of this process; `observe` reads what all processes share. */
export function createPrometheusMetrics(observe: () => Promise<Observed>): PrometheusMetrics {
  const registers = [new Registry()]
  const registry = registers[0]!
  collectDefaultMetrics({ register: registry })
  const webhooks = new Counter({
    name: 'streakline_webhooks_total',
    help: 'Webhooks answered, by platform and outcome',
    labelNames: ['platform', 'outcome'],
    registers,
  })
  const counted = new Histogram({
    name: 'streakline_counted_delay_seconds',
    help: 'From the receipt of a webhook until its purchase was counted',
    buckets: DELAY_SECONDS,
    registers,
  })
  const issued = new Histogram({
    name: 'streakline_issued_delay_seconds',
    help: 'From the grant of a reward until its coupon was issued',
    buckets: DELAY_SECONDS,
    registers,
  })
  const commits = new Counter({
    name: 'streakline_store_commits_total',
    help: 'Change sets the store answered: committed, or why it was a conflict',
    labelNames: ['outcome'],
    registers,
  })
  const calls = new Histogram({
    name: 'streakline_provider_call_seconds',
    help: 'Calls of coupon providers, by kind, call and outcome',
    labelNames: ['kind', 'call', 'outcome'],
    buckets: CALL_SECONDS,
    registers,
  })
  observed(registry, observe)
  return {
    contentType: registry.contentType,
    text: () => registry.metrics(),
    names: () => registry.getMetricsAsArray().map(({ name }) => name),
    webhook: (platform, outcome) => webhooks.inc({ platform, outcome }),
    counted: (delayMs) => counted.observe(Math.max(0, delayMs) / 1000),
    issued: (delayMs) => issued.observe(Math.max(0, delayMs) / 1000),
    commit: (outcome) => commits.inc({ outcome }),
    providerCall: (kind, call, outcome, durationMs) =>
      calls.observe({ kind, call, outcome }, durationMs / 1000),
  }
}

function observed(registry: Registry, observe: () => Promise<Observed>): void {
  const registers = [registry]
  let last: { atMs: number; found: Promise<Observed | null> } | undefined
  const latest = (): Promise<Observed | null> => {
    const atMs = performance.now()
    if (last === undefined || atMs - last.atMs > KEEP_MS) last = { atMs, found: observe().catch(() => null) }
    return last.found
  }
  const stages = (name: string, help: string, read: (stage: StageBacklog) => number): void => {
    const collect = async function (this: Gauge): Promise<void> {
      this.reset()
      for (const stage of (await latest())?.stages ?? []) this.set({ stage: stage.stage }, read(stage))
    }
    new Gauge({ name, help, labelNames: ['stage'], registers, collect })
  }
  stages('streakline_due', 'Rows with work left, by stage, counted up to 10,000 an account', ({ due }) => due)
  const oldestHelp = 'How long the oldest row with work left has been due, by stage'
  stages('streakline_oldest_due_seconds', oldestHelp, ({ oldestMs }) => oldestMs / 1000)
  const counts = (name: string, help: string, label: string, of: 'providers' | 'waiting'): void => {
    const collect = async function (this: Gauge): Promise<void> {
      this.reset()
      for (const [value, count] of Object.entries((await latest())?.[of] ?? {}))
        this.set({ [label]: value }, count)
    }
    new Gauge({ name, help, labelNames: [label], registers, collect })
  }
  const providersHelp = 'Coupon providers that were asked before, by the state of their breaker'
  counts('streakline_providers', providersHelp, 'state', 'providers')
  counts('streakline_rewards_waiting', 'Rewards that wait, by what they wait for', 'for', 'waiting')
}
