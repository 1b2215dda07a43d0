import type { Installation } from '../compose.ts'
import { AppError } from '../errors.ts'
import { type ReplayPage, reasonsOf } from '../inbox/replay/types.ts'
import type { ProgressLine } from './progress.ts'
import { type ReplayInput, readTargets, type Target, type Targets } from './replay-targets.ts'

/** As the shell has it of a program that was ended by Ctrl-C. */
export const INTERRUPTED = 130
const INCOMPLETE = 1
/** Deliveries between two looks at whether to stop. */
const PAGE = 100

export interface Run {
  readonly installation: Pick<Installation, 'store' | 'deliveries' | 'rewards'>
  readonly print: (line: string) => void
  readonly progress: ProgressLine
  /** Aborted: stop after what is in hand. */
  readonly signal: AbortSignal
}

/** Does what `streakline replay` is told. Answers its exit code. @throws AppError for options that are wrong */
export async function runReplay(run: Run, input: ReplayInput): Promise<number> {
  const targets = await readTargets(run.installation, input)
  const dryRun = input.dryRun === true
  return targets.kind === 'ids' ? replayIds(run, targets, dryRun) : replayMany(run, targets, dryRun)
}

async function replayIds(
  { installation, print, progress, signal }: Run,
  { targets, missing }: Extract<Targets, { kind: 'ids' }>,
  dryRun: boolean,
): Promise<number> {
  for (const name of missing) print(`${name}  is not there`)
  let exitCode = missing.length > 0 ? INCOMPLETE : 0
  for (const [done, target] of targets.entries()) {
    if (signal.aborted) {
      progress.end()
      print(stopped(done, targets.length, 'records'))
      return INTERRUPTED
    }
    const { collection, id } = target
    const said = await replayOne(installation, target, dryRun).catch((error: unknown) => {
      if (!(error instanceof AppError)) throw error
      exitCode = INCOMPLETE
      return error.message
    })
    print(`${collection} ${id}  ${said}`)
    progress.show(done + 1, targets.length, 'records')
  }
  return exitCode
}

async function replayOne(
  { deliveries, rewards, store }: Run['installation'],
  { collection, accountId, id }: Target,
  dryRun: boolean,
): Promise<string> {
  if (collection === 'delivery') {
    const options = { dryRun, includeAbandoned: true }
    const replay = await deliveries.replay(accountId, id, options)
    const { outcome, reason, items } = replay
    const reasons = outcome === 'unchanged' ? reasonsOf(replay).join(', ') : (reason ?? '')
    const queued = items.filter(({ effect }) => effect === 'queued').length
    const said = dryRun && outcome === 'replayed' ? 'would be replayed' : outcome
    return `${said}, items ${dryRun ? 'to queue' : 'queued'}: ${queued}${reasons === '' ? '' : ` (${reasons})`}`
  }
  if (!dryRun) return (await rewards.replay(accountId, id)).fulfilmentStatus
  const [reward] = await store.findByKeys('reward_log', ['id'], [[id]])
  return reward?.fulfilmentStatus === 'failed' ? 'would be tried again' : `stays ${reward?.fulfilmentStatus}`
}

type Counts = Omit<ReplayPage, 'next'>
const NONE: Counts = {
  looked: 0,
  matched: 0,
  replayed: 0,
  unchanged: 0,
  busy: 0,
  bodyGone: 0,
  itemsQueued: 0,
  reasons: {},
}

async function replayMany(
  run: Run,
  targets: Extract<Targets, { kind: 'filter' }>,
  dryRun: boolean,
): Promise<number> {
  const { print, progress } = run
  const total = await pages(run, targets, 'count', () => {})
  if (total.isWhole) print(`${total.matched} deliveries match.`)
  else {
    print(`Stopped while counting, at ${total.matched} deliveries. Nothing was changed.`)
    return INTERRUPTED
  }
  const counts = await pages(run, targets, dryRun ? 'dry_run' : 'replay', ({ matched }) =>
    progress.show(matched, total.matched, 'deliveries'),
  )
  progress.end()
  if (!counts.isWhole) print(stopped(counts.matched, total.matched, 'deliveries'))
  show(print, counts, dryRun)
  if (!counts.isWhole) return INTERRUPTED
  return counts.busy > 0 ? INCOMPLETE : 0
}

/** Page after page, until the end or Ctrl-C. */
async function pages(
  { installation, signal }: Run,
  { accountId, filter }: Extract<Targets, { kind: 'filter' }>,
  mode: 'count' | 'dry_run' | 'replay',
  onPage: (counts: Counts) => void,
): Promise<Counts & { readonly isWhole: boolean }> {
  let counts = NONE
  let cursor: string | null = null
  while (!signal.aborted) {
    const options = { mode, cursor, limit: PAGE }
    const page: ReplayPage = await installation.deliveries.replayPage(accountId, filter, options)
    counts = sum(counts, page)
    onPage(counts)
    cursor = page.next
    if (cursor === null) return { ...counts, isWhole: true }
  }
  return { ...counts, isWhole: false }
}

function sum(counts: Counts, page: Counts): Counts {
  const { reasons: _, ...numbers } = NONE
  const keys = Object.keys(numbers) as (keyof typeof numbers)[]
  const sums = Object.fromEntries(keys.map((key) => [key, counts[key] + page[key]]))
  const reasons = { ...counts.reasons }
  for (const [reason, number] of Object.entries(page.reasons))
    reasons[reason] = (reasons[reason] ?? 0) + number
  return { ...sums, reasons } as unknown as Counts
}

function stopped(done: number, total: number, what: string): string {
  return `Stopped after ${done} of ${total} ${what}. The others are as they were; run it again to go on.`
}

function show(print: Run['print'], counts: Counts, dryRun: boolean): void {
  const { replayed, unchanged, busy, bodyGone, itemsQueued } = counts
  const would = dryRun ? 'would be ' : ''
  print(
    `${replayed} ${would}replayed, ${unchanged} unchanged; items that ${dryRun ? 'would be' : 'were'} queued: ${itemsQueued}.`,
  )
  const reasons = Object.entries(counts.reasons).sort(([, a], [, b]) => b - a)
  if (reasons.length > 0) print(`Unchanged: ${reasons.map((each) => each.join(' ')).join(', ')}.`)
  if (bodyGone > 0) print(`Of ${bodyGone} the body is gone: their items keep what they were translated to.`)
  if (busy > 0) print(`${busy} were written to all the time and could not be replayed; run it again.`)
}
