import { parseArgs } from 'node:util'
import type { StoreKind } from '../../helpers/open-store.ts'
import { AT_PLATFORMS } from './at-platforms.ts'
import { FAULTS, type Fault, SHORT } from './faults.ts'

const ALL: readonly Fault[] = [...FAULTS, ...AT_PLATFORMS]

export interface HarnessOptions {
  readonly stores: readonly StoreKind[]
  readonly faults: readonly Fault[]
  /** Whether coupons are compared with the books of Shopify, Stripe and Voucherify. */
  readonly books: boolean
  readonly seed: number
  readonly perSecond: number
  readonly durationMs: number
  readonly keepFolder: boolean
  readonly markdown: boolean
  readonly verbose: boolean
}

export const HELP = `Usage: npm run test:fault -- [options]

Runs Streakline in processes of its own on a real Redis and a real store, sends it signed webhooks at a steady pace,
with repetitions and in no order, and kills, wipes, pauses and fills what it can meanwhile. Then it compares what was
answered with what is there. Prints a table; exit code 1 when anything was lost, doubled or stuck.

  --only <fault>       may be repeated: ${FAULTS.slice(0, 6).map(nameOf).join(', ')},
                       ${FAULTS.slice(6).map(nameOf).join(', ')},
                       ${AT_PLATFORMS.map(nameOf).join(', ')} (all of it under traffic, with coupons made there),
                       books (coupons at Shopify, Stripe and Voucherify)
  --store <store>      sqlite | mongo | both (default both; MongoDB is skipped where none can be had)
  --short              half a minute: one after the other, as in npm test
  --long               adds the 30 s pause, the three-node step-down and MongoDB's full disk
  --seed <n>           the run of that seed; timing stays the machine's own (default: drawn, and printed)
  --duration <s>       how long faults at random go on (default 15)
  --rate <n>           orders a second (default 40)
  --markdown           the table as Markdown
  --verbose            says what it does while it does it
  --keep               keeps data and logs; they are kept in any case when something is wrong
  --help
`

function nameOf({ name }: Fault): string {
  return name
}

const STORES: Readonly<Record<string, readonly StoreKind[]>> = {
  sqlite: ['sqlite'],
  mongo: ['mongodb'],
  both: ['sqlite', 'mongodb'],
}
const MAX_SEED = 2 ** 31
const BOOKS = 'books'

/** null: help was asked for. @throws Error naming what is wrong with the arguments */
export function readOptions(args: readonly string[]): HarnessOptions | null {
  const { values } = parseArgs({
    args: [...args],
    options: {
      only: { type: 'string', multiple: true },
      store: { type: 'string', default: 'both' },
      short: { type: 'boolean', default: false },
      long: { type: 'boolean', default: false },
      seed: { type: 'string' },
      duration: { type: 'string' },
      rate: { type: 'string' },
      markdown: { type: 'boolean', default: false },
      verbose: { type: 'boolean', default: false },
      keep: { type: 'boolean', default: false },
      help: { type: 'boolean', default: false },
    },
  })
  if (values.help) return null
  const stores = STORES[values.store]
  if (stores === undefined) throw new Error(`--store is ${values.store}, not sqlite, mongo or both`)
  const usual = values.short ? [SHORT] : ALL.filter(({ onlyLong }) => values.long || onlyLong !== true)
  const only = values.only?.filter((name) => name !== BOOKS)
  return {
    stores,
    faults: only === undefined ? usual : only.map(readFault),
    books: values.only === undefined ? !values.short : values.only.includes(BOOKS),
    seed: readCount('seed', values.seed, MAX_SEED) ?? Math.floor(Math.random() * MAX_SEED),
    perSecond: readCount('rate', values.rate, 1_000) ?? 40,
    durationMs: (readCount('duration', values.duration, 3_600) ?? 15) * 1_000,
    keepFolder: values.keep,
    markdown: values.markdown,
    verbose: values.verbose,
  }
}

function readCount(name: string, digits: string | undefined, max: number): number | undefined {
  if (digits === undefined) return undefined
  const count = /^\d{1,10}$/.test(digits) ? Number(digits) : Number.NaN
  if (count >= 1 && count <= max) return count
  throw new Error(`--${name} is ${digits}, not a whole number from 1 to ${max}`)
}

function readFault(name: string): Fault {
  const fault = ALL.find((known) => known.name === name)
  if (fault === undefined)
    throw new Error(`--only is ${name}, not one of ${ALL.map(nameOf).join(', ')}, ${BOOKS}`)
  return fault
}
