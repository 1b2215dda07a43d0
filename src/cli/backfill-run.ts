import { setTimeout as delay } from 'node:timers/promises'
import { findRow } from '../commit/planned.ts'
import type { Installation } from '../compose.ts'
import type { Row } from '../ports/schema.ts'
import type { ProgressLine } from './progress.ts'
import { INTERRUPTED } from './replay-run.ts'

const LOOK_MS = 250
const CLOSE_MS = 10_000
const FAILED = 1

export interface FollowedRun {
  readonly installation: Pick<Installation, 'store' | 'backfills'>
  readonly print: (line: string) => void
  readonly progress: ProgressLine
  /** Aborted: cancel it. */
  readonly signal: AbortSignal
}

/** Works on a backfill, or watches who does, until it ends. Answers the exit code. */
export async function followBackfill(
  { installation, print, progress, signal }: FollowedRun,
  begun: Row<'backfill'>,
): Promise<number> {
  const { store, backfills } = installation
  const { accountId, id } = begun
  const work = backfills.work()
  let row = begun
  try {
    while (row.isRunning) {
      if (signal.aborted && row.kind === 'backfill') await backfills.cancel(accountId, id)
      else if (signal.aborted) break
      else await work.attend()
      await delay(LOOK_MS, undefined, { signal }).catch(() => {})
      row = (await findRow(store, 'backfill', accountId, id)) ?? row
      progress.show(shareOf(row), 100, `% of the time, orders: ${row.found}`)
    }
  } finally {
    await work.close(CLOSE_MS)
  }
  progress.end()
  print(summaryOf(row))
  if (row.state === 'failed' || row.failed > 0) return FAILED
  return row.state === 'done' ? 0 : INTERRUPTED
}

function shareOf({ since, until, readUpTo, isRunning }: Row<'backfill'>): number {
  if (!isRunning) return 100
  return Math.floor(((readUpTo - since) / Math.max(1, until - since)) * 100)
}

function summaryOf(row: Row<'backfill'>): string {
  const { found, counted, duplicates, ignored, failed, dryRun, state, problem, readUpTo } = row
  const what = dryRun ? 'would be counted' : 'counted'
  const numbers = `${found} orders: ${counted} ${what}, ${duplicates} had counted before, ${ignored} ignored, ${failed} failed.`
  if (state === 'done') return numbers
  const upTo = `Everything before ${new Date(readUpTo).toISOString()} is in.`
  if (state === 'failed') return `${numbers} It failed (${problem?.code}): ${problem?.message} ${upTo}`
  return `${numbers} It was ${state === 'running' ? 'left running' : state}. ${upTo}`
}
