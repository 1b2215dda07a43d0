import type { Clock, Instant } from '../../src/ports/clock.ts'
import type { Logger } from '../../src/ports/logger.ts'
import type { JobQueue } from '../../src/ports/queue.ts'
import type { Store } from '../../src/ports/store.ts'
import type { DueRow, Lane } from './sweep-lanes.ts'

const ROWS_PER_COMMIT = 200
const PAUSE_START_MS = 10_000
const PAUSE_CAP_MS = 15 * 60_000

/** Redis went away in the middle. */
export class QueueAway extends Error {
  override readonly name = 'QueueAway'
}

export async function askQueue<T>(ask: () => Promise<T>): Promise<T> {
  try {
    return await ask()
  } catch (error) {
    throw new QueueAway(error instanceof Error ? error.message : String(error), { cause: error })
  }
}

interface RequeueDeps {
  readonly store: Store
  readonly queue: JobQueue
  readonly clock: Clock
  readonly logger: Logger
}

/** Adds a job for each of these due rows that has no live one; resolves to how many had none. */
export async function requeue(lane: Lane, rows: readonly DueRow[], deps: RequeueDeps): Promise<number> {
  if (rows.length === 0) return 0
  const states = await askQueue(() => lane.states(deps.queue, rows))
  const absent = rows.filter((_, index) => states[index] === 'absent')
  const ended = rows.filter((_, index) => states[index] === 'ended')
  const raised = await raise(lane, ended, deps)
  const dueNow = raised.filter((row) => row.dueAt !== null && row.dueAt <= deps.clock.now())
  await askQueue(() => lane.add(deps.queue, [...absent, ...dueNow]))
  if (absent.length + raised.length > 0) {
    const counts = { absent: absent.length, ended: raised.length }
    deps.logger.info({ collection: lane.collection, ...counts }, 'queued again what had no live job')
  }
  return absent.length + ended.length
}

/** The rows whose attempt this sweep raised, as they are now; another process may have been faster with some. */
async function raise(lane: Lane, rows: readonly DueRow[], { store, clock }: RequeueDeps): Promise<DueRow[]> {
  const raised: DueRow[] = []
  async function commit(part: readonly DueRow[]): Promise<void> {
    const now = clock.now()
    const besides = lane.together(part)
    const after = part.map((row) => {
      const set = { attempt: row.attempt + 1, dueAt: nextDueAt(row, now), ...besides(row) }
      return { row, ...set }
    })
    const { outcome } = await store.commit(
      after.map(({ row, ...set }) => lane.raise(row, { ...set, updatedAt: now })),
    )
    if (outcome === 'committed') raised.push(...after.map(({ row, ...set }) => ({ ...row, ...set })))
    else if (part.length > 1) for (const row of part) await commit([row])
  }
  for (let from = 0; from < rows.length; from += ROWS_PER_COMMIT) {
    await commit(rows.slice(from, from + ROWS_PER_COMMIT))
  }
  return raised
}

/**
 * The first job that ended in vain is followed by another at once, later ones after ever longer pauses: a row that
 * nobody can work off must not keep the workers busy.
 */
function nextDueAt({ attempt, dueAt }: DueRow, now: Instant): Instant | null {
  if (attempt === 0) return dueAt
  return now + Math.min(PAUSE_CAP_MS, PAUSE_START_MS * 2 ** Math.min(attempt - 1, 20))
}
