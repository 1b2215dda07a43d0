import type { Clock, Instant } from '../../src/ports/clock.ts'
import { all, ascending, atMost, beyond } from '../../src/ports/conditions.ts'
import type { Logger } from '../../src/ports/logger.ts'
import type { JobQueue } from '../../src/ports/queue.ts'
import type { Query, Store } from '../../src/ports/store.ts'
import { askQueue, QueueAway, requeue } from './requeue.ts'
import { type DueCollection, type DueRow, LANES, type Lane } from './sweep-lanes.ts'

const GRACE_MS = 5_000
const PAGE_ROWS = 1_000
const MAX_ROWS = 50_000

export interface SweepDeps {
  readonly store: Store
  readonly queue: JobQueue
  readonly clock: Clock
  readonly logger: Logger
  /** Rows per read; at most 1,000, for so many jobs' states are asked at once. */
  readonly pageRows?: number
  /** Rows of a kind that one sweep looks at. */
  readonly maxRows?: number
}

/** The last row looked at, where a sweep had to leave rows to the next one. */
type Cursor = { readonly dueAt: Instant; readonly id: string } | undefined

/**
 * Queues again what has been due for 5 s and has no live job: its job was never taken (Redis was away), was lost
 * (Redis was wiped), or ended without the row being told. Safe in several processes at once, and harmless where it is
 * wrong: whoever takes a job reads the row first. Looks at 50,000 rows of a kind at most, or up to a page (1,000) with
 * nothing to queue, and goes on from there the next time. Does nothing while Redis is away.
 * @throws AppError STORE_UNAVAILABLE when the store is
 */
export function createSweep(deps: SweepDeps): () => Promise<void> {
  const { pageRows = PAGE_ROWS, maxRows = MAX_ROWS } = deps
  const cursors = new Map<Lane, Cursor>()

  async function sweepLane(lane: Lane): Promise<void> {
    const until = deps.clock.now() - GRACE_MS
    for (let looked = 0; looked < maxRows; looked += pageRows) {
      const rows = await lane.read(deps.store, dueQuery(until, cursors.get(lane), pageRows))
      const found = await requeue(lane, rows, deps)
      const last = rows.length < pageRows ? undefined : rows.at(-1)
      cursors.set(lane, cursorAt(last))
      // where nothing is lost there is only a backlog, and reading all of it each time would not shorten it
      if (last === undefined || found === 0) return
    }
  }

  return async () => {
    try {
      if (!(await askQueue(() => deps.queue.reachable()))) return
      for (const lane of LANES) await sweepLane(lane)
    } catch (error) {
      if (!(error instanceof QueueAway)) throw error
      deps.logger.debug({ cause: error.message }, 'the sweep stopped: Redis went away')
    }
  }
}

function cursorAt(row: DueRow | undefined): Cursor {
  return row === undefined || row.dueAt === null ? undefined : { dueAt: row.dueAt, id: row.id }
}

function dueQuery(until: Instant, after: Cursor, limit: number): Query<DueCollection> {
  return {
    where: all(atMost('dueAt', until), after === undefined ? null : beyond('dueAt', 'asc', after)),
    sort: ascending('dueAt', 'id'),
    limit,
  }
}
