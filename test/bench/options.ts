import { parseArgs } from 'node:util'
import type { StoreKind } from '../helpers/open-store.ts'

export const PARTS = ['acceptance', 'recording', 'naive', 'flat', 'memory', 'coupons'] as const
export type Part = (typeof PARTS)[number]

/** How much is measured. */
export interface Sizes {
  /** Pairs that count; one more before them warms up. */
  readonly rounds: number
  readonly webhooks: number
  readonly connections: number
  readonly jobs: number
  readonly naiveJobs: number
  /** Logs in a ledger that is thrown away. */
  readonly warmUpLogs: number
  /** Logs in the ledger before a window is timed; the first is what the others are compared with. */
  readonly ledgerLogs: readonly number[]
  readonly windowLogs: number
  /** Webhooks a second that each make a coupon, and how long they come. */
  readonly couponRates: readonly number[]
  readonly couponSeconds: number
}

export interface BenchOptions {
  readonly stores: readonly StoreKind[]
  readonly parts: ReadonlySet<Part>
  readonly sizes: Sizes
  readonly children: ChildOptions
}

/** What is kept of the processes under test. */
export interface ChildOptions {
  /** Where they leave their CPU profiles; null: they take none. */
  readonly profileDir: string | null
  /** The file that their logs are added to; null: they go nowhere. */
  readonly logFile: string | null
}

const FULL: Sizes = {
  rounds: 5,
  webhooks: 3_000,
  connections: 64,
  jobs: 10_000,
  naiveJobs: 1_000,
  warmUpLogs: 3_000,
  ledgerLogs: [1_000, 10_000, 100_000],
  windowLogs: 1_000,
  couponRates: [100, 200, 500, 1_000],
  couponSeconds: 5,
}

/** Shows that everything still runs; the numbers say little. */
const QUICK: Sizes = {
  rounds: 1,
  webhooks: 200,
  connections: 64,
  jobs: 500,
  naiveJobs: 50,
  warmUpLogs: 300,
  ledgerLogs: [300, 1_000],
  windowLogs: 300,
  couponRates: [100],
  couponSeconds: 1,
}

export const HELP = `Usage: npm run bench -- [options]

Measures Streakline against bare baselines in the same run and prints each as a ratio:
the median of five pairs, the lowest and the highest, and the absolute numbers beside them.

  --only <part>       ${PARTS.join(' | ')}; may be repeated
  --store <store>     sqlite | mongo | both (default both; MongoDB is skipped where none can be had)
  --rounds <n>        how many pairs count (default 5)
  --quick             a smoke test of half a minute, for CI: too short for numbers that mean something
  --cpu-prof <folder> the processes under test write CPU profiles there
  --log <file>        their logs are added to it; otherwise they go nowhere
  --help
`

const STORES: Readonly<Record<string, readonly StoreKind[]>> = {
  sqlite: ['sqlite'],
  mongo: ['mongodb'],
  both: ['sqlite', 'mongodb'],
}

/** null: help was asked for. @throws Error naming what is wrong with the arguments */
export function readOptions(args: readonly string[]): BenchOptions | null {
  const { values } = parseArgs({
    args: [...args],
    options: {
      only: { type: 'string', multiple: true, default: [...PARTS] },
      store: { type: 'string', default: 'both' },
      rounds: { type: 'string' },
      quick: { type: 'boolean', default: false },
      'cpu-prof': { type: 'string' },
      log: { type: 'string' },
      help: { type: 'boolean', default: false },
    },
  })
  if (values.help) return null
  const stores = STORES[values.store]
  if (stores === undefined) throw new Error(`--store is ${values.store}, not sqlite, mongo or both`)
  const sizes = values.quick ? QUICK : FULL
  return {
    stores,
    parts: new Set(values.only.map(readPart)),
    sizes: { ...sizes, rounds: readRounds(values.rounds ?? String(sizes.rounds)) },
    children: { profileDir: values['cpu-prof'] ?? null, logFile: values.log ?? null },
  }
}

function readRounds(digits: string): number {
  if (!/^[1-9]\d?$/.test(digits)) throw new Error(`--rounds is ${digits}, not a number from 1 to 99`)
  return Number(digits)
}

function readPart(name: string): Part {
  const part = PARTS.find((known) => known === name)
  if (part === undefined) throw new Error(`--only is ${name}, not one of ${PARTS.join(', ')}`)
  return part
}
