import type { Clock, Instant } from '../../src/ports/clock.ts'
import { above, all, ascending, atMost, beyond, equal } from '../../src/ports/conditions.ts'
import type { Logger } from '../../src/ports/logger.ts'
import type { JobQueue } from '../../src/ports/queue.ts'
import type { Query, Store } from '../../src/ports/store.ts'
import { askQueue, QueueAway, requeue } from './requeue.ts'
import { type DueCollection, type DueRow, LANES, type Lane } from './sweep-lanes.ts'

const GRACE_MS = 5_000
const PAGE_ROWS = 1_000
const MAX_ROWS = 50_000
/** Of one account at once, however many there are. */
const LEAST_ROWS = 100
/** Accounts that one sweep sees to. */
const MAX_ACCOUNTS = 500

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
 * wrong: whoever takes a job reads the row first. Accounts take turns, so that one with a large backlog does not keep
 * the others' work waiting. Looks at 50,000 rows of a kind at most, or of an account up to a page with nothing to
 * queue, and goes on from there the next time. Does nothing while Redis is away.
 * @throws AppError STORE_UNAVAILABLE when the store is
 */
export function createSweep(deps: SweepDeps): () => Promise<void> {
  const { store, pageRows = PAGE_ROWS, maxRows = MAX_ROWS } = deps
  const cursors = new Map(LANES.map((lane) => [lane, new Map<string, Cursor>()]))
  const lastAccounts = new Map<Lane, string>()

  async function sweepLane(lane: Lane): Promise<void> {
    const until = deps.clock.now() - GRACE_MS
    let open = await dueAccounts(lane, until)
    const rowsEach = Math.max(Math.min(LEAST_ROWS, pageRows), Math.floor(pageRows / (open.length || 1)))
    for (let looked = 0; open.length > 0 && looked < maxRows; ) {
      const unfinished: string[] = []
      for (const accountId of open) {
        if (looked >= maxRows) return
        if (await sweepPage(lane, accountId, until, rowsEach)) unfinished.push(accountId)
        looked += rowsEach
      }
      open = unfinished
    }
  }

  /** @returns whether more of the account's rows may have lost their jobs */
  async function sweepPage(lane: Lane, accountId: string, until: Instant, limit: number): Promise<boolean> {
    const own = cursors.get(lane)!
    const rows = await lane.read(store, dueQuery(accountId, until, own.get(accountId), limit))
    const found = await requeue(lane, rows, deps)
    const last = rows.length < limit ? undefined : cursorAt(rows.at(-1))
    if (last === undefined) own.delete(accountId)
    else own.set(accountId, last)
    // where nothing is lost there is only a backlog, and reading all of it each time would not shorten it
    return last !== undefined && found > 0
  }

  /** Some of the accounts that have due rows, going on where the last sweep stopped. */
  async function dueAccounts(lane: Lane, until: Instant): Promise<string[]> {
    const accounts: string[] = []
    let last = lastAccounts.get(lane)
    while (accounts.length < MAX_ACCOUNTS) {
      const [row] = await lane.read(store, firstDueQuery(until, last))
      last = row?.accountId
      if (last === undefined) break
      accounts.push(last)
    }
    const hadBegun = lastAccounts.has(lane)
    if (last === undefined) lastAccounts.delete(lane)
    else lastAccounts.set(lane, last)
    // the end was reached at once: those before it have their turn
    return accounts.length === 0 && hadBegun ? dueAccounts(lane, until) : accounts
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

function dueQuery(accountId: string, until: Instant, after: Cursor, limit: number): Query<DueCollection> {
  const own = equal<DueCollection>({ accountId })
  return {
    where: all(own, atMost('dueAt', until), after === undefined ? null : beyond('dueAt', 'asc', after)),
    sort: ascending('dueAt', 'id'),
    limit,
  }
}

function firstDueQuery(until: Instant, after: string | undefined): Query<DueCollection> {
  return {
    where: all(after === undefined ? null : above('accountId', after), atMost('dueAt', until)),
    sort: ascending('accountId', 'dueAt', 'id'),
    limit: 1,
  }
}
