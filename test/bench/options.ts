import { parseArgs } from 'node:util'
import type { StoreKind } from '../helpers/open-store.ts'

export const PARTS = ['acceptance', 'recording', 'naive', 'flat', 'memory'] as const
export type Part = (typeof PARTS)[number]

/** How much is measured. */
export interface Sizes {
  /** Pairs that count; one more before them warms up. */
  readonly rounds: number
  readonly webhooks: number
  readonly connections: number
  readonly jobs: number
  readonly naiveJobs: number
  /** Logs in the ledger before a window is timed; the first is what the others are compared with. */
  readonly ledgerLogs: readonly number[]
  readonly windowLogs: number
}

export interface BenchOptions {
  readonly stores: readonly StoreKind[]
  readonly parts: ReadonlySet<Part>
  readonly sizes: Sizes
  /** Where the processes under test leave their CPU profiles; null: they take none. */
  readonly profileDir: string | null
}

const FULL: Sizes = {
  rounds: 5,
  webhooks: 3_000,
  connections: 64,
  jobs: 20_000,
  naiveJobs: 2_000,
  ledgerLogs: [1_000, 10_000, 100_000],
  windowLogs: 1_000,
}

/** Shows that everything still runs; the numbers say little. */
const QUICK: Sizes = {
  rounds: 1,
  webhooks: 300,
  connections: 64,
  jobs: 1_000,
  naiveJobs: 200,
  ledgerLogs: [1_000, 3_000],
  windowLogs: 500,
}

export const HELP = `Usage: npm run bench -- [options]

Measures Streakline against bare baselines in the same run and prints each as a ratio:
the median of five pairs, the lowest and the highest, and the absolute numbers beside them.

  --only <part>       ${PARTS.join(' | ')}; may be repeated
  --store <store>     sqlite | mongo | both (default both; MongoDB is skipped where none can be had)
  --quick             a smoke test of half a minute, for CI: too short for numbers that mean something
  --cpu-prof <folder> the processes under test write CPU profiles there
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
      quick: { type: 'boolean', default: false },
      'cpu-prof': { type: 'string' },
      help: { type: 'boolean', default: false },
    },
  })
  if (values.help) return null
  const stores = STORES[values.store]
  if (stores === undefined) throw new Error(`--store is ${values.store}, not sqlite, mongo or both`)
  return {
    stores,
    parts: new Set(values.only.map(readPart)),
    sizes: values.quick ? QUICK : FULL,
    profileDir: values['cpu-prof'] ?? null,
  }
}

function readPart(name: string): Part {
  const part = PARTS.find((known) => known === name)
  if (part === undefined) throw new Error(`--only is ${name}, not one of ${PARTS.join(', ')}`)
  return part
}
