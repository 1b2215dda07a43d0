import { ended } from '../../src/backfill/rows.ts'
import { commitPlanned, findRow } from '../../src/commit/planned.ts'
import { AppError } from '../../src/errors.ts'
import { change, revise } from '../../src/ports/changes.ts'
import type { Instant } from '../../src/ports/clock.ts'
import { ascending, atMost } from '../../src/ports/conditions.ts'
import type { OrderPage } from '../../src/ports/hands.ts'
import type { Logger } from '../../src/ports/logger.ts'
import type { PlatformDoor } from '../../src/ports/platform-door.ts'
import type { Row } from '../../src/ports/schema.ts'
import type { Change } from '../../src/ports/store.ts'
import { type TakeInDeps, type TakenIn, takeIn } from './take-in.ts'

export interface RunDeps extends TakeInDeps {
  readonly door: PlatformDoor
  readonly logger: Logger
}

/** How long a worker that was killed keeps others from going on; a page takes less. */
const LEASE_MS = 30_000
/** A connector that was paused by hand is looked at again after so long. */
const PAUSED_MS = 5_000
const SHORTEST_WAIT_MS = 1_000
const LONGEST_WAIT_MS = 5 * 60_000
const MAX_UNEXPECTED = 12
const DAY_MS = 86_400_000

type Backfill = Row<'backfill'>

/** Backfills that nobody works on, and that are to be worked on. */
export async function dueBackfills(
  { store, clock }: Pick<RunDeps, 'store' | 'clock'>,
  limit: number,
): Promise<Backfill[]> {
  const where = atMost<'backfill', 'dueAt'>('dueAt', clock.now())
  return store.find('backfill', { where, sort: ascending('dueAt', 'id'), limit })
}

/**
 * Works on a backfill, page by page, until it ends, waits, or the signal asks to stop. Each page is stored before where
 * it ends is noted, so that one that was interrupted is read again, and what it took in is found again. Safe in several
 * processes: one holds the lease.
 */
export async function runBackfill(deps: RunDeps, due: Backfill, signal: AbortSignal): Promise<void> {
  const leaseId = deps.newId()
  let row = await claim(deps, due, leaseId)
  while (row !== null && !signal.aborted) row = await stepOrWait(deps, row, signal)
  if (row !== null) await write(deps, row, { leaseId: null, dueAt: deps.clock.now() })
}

async function claim(deps: RunDeps, due: Backfill, leaseId: string): Promise<Backfill | null> {
  return write(deps, due, { leaseId, dueAt: deps.clock.now() + LEASE_MS })
}

/** null: another process, or whoever cancelled it, was faster. */
async function write(
  { store, clock }: RunDeps,
  row: Backfill,
  set: Partial<Backfill>,
  also: readonly Change[] = [],
): Promise<Backfill | null> {
  const next = { ...set, updatedAt: clock.now() }
  const { outcome } = await store.commit([revise('backfill', row, next), ...also])
  return outcome === 'committed' ? { ...row, ...next, revision: row.revision + 1 } : null
}

/** What nobody expected is tried again for about half an hour, and then ends it: it would keep others from beginning. */
async function stepOrWait(deps: RunDeps, row: Backfill, signal: AbortSignal): Promise<Backfill | null> {
  try {
    return await stepOf(deps, row, signal)
  } catch (error) {
    if (error instanceof AppError && error.retryable) throw error
    deps.logger.error({ err: error, backfillId: row.id }, 'a page of past orders could not be taken in')
    if (row.tries < MAX_UNEXPECTED) return wait(deps, row, null, row.tries + 1)
    return fail(deps, row, 'INTERNAL', 'An unexpected error came again and again; the log names it.')
  }
}

/** One page. null: nothing more is to be done now. */
async function stepOf(deps: RunDeps, row: Backfill, signal: AbortSignal): Promise<Backfill | null> {
  const connector = await findRow(deps.store, 'connector', row.accountId, row.connectorId)
  if (connector === null || (await isUninstalled(deps, row))) return end(deps, row, 'cancelled')
  if (connector.status !== 'live' && !row.dryRun) return wait(deps, row, PAUSED_MS, 0)
  const { kind, since, until, cursor, accountId, connectorId } = row
  const query = { by: kind === 'backfill' ? 'activity' : 'change', since, until, cursor } as const
  const told = await deps.door.use(accountId, connectorId, async (hands, site, access) => {
    if (hands.readOrders !== undefined) return hands.readOrders({ ...site, signal }, access, query)
    return { outcome: 'refused', refused: 'request', message: 'past orders cannot be read from there' }
  })
  if (told.outcome === 'closed') {
    if (told.code === 'NOT_INSTALLED') return end(deps, row, 'cancelled')
    return fail(
      deps,
      row,
      'TOKEN_REFUSED',
      'The platform no longer takes the token or key of this connector.',
    )
  }
  if (told.outcome === 'refused') {
    const code = told.refused === 'permission' ? 'SCOPES_MISSING' : 'PLATFORM_REFUSED'
    return fail(deps, row, code, `The platform refused to show its orders: ${told.message}`)
  }
  if (told.outcome === 'unavailable') {
    return signal.aborted ? row : wait(deps, row, told.retryAfterMs, row.tries + 1)
  }
  return takePage(deps, row, connector, told.value)
}

async function takePage(
  deps: RunDeps,
  row: Backfill,
  connector: Row<'connector'>,
  page: OrderPage,
): Promise<Backfill | null> {
  const { kind, rewards, dryRun, id: backfillId } = row
  const isAsked = (at: Instant) => kind === 'reconcile' || (at >= row.since && at < row.until)
  const orders = page.orders.filter(({ activityAt }) => isAsked(activityAt))
  const reconcile =
    kind === 'reconcile' ? await findRow(deps.store, 'installation', connector.accountId, connector.id) : null
  const by = { topic: kind, backfillId, isQuiet: kind === 'backfill' && !rewards, dryRun, reconcile }
  let taken: TakenIn[]
  try {
    taken = await takeIn(deps, connector, by, orders)
  } catch (error) {
    if (!(error instanceof AppError && error.retryable)) throw error
    return wait(deps, row, null, row.tries + 1)
  }
  const counts = countsOf(row, taken)
  const isOver = page.next === null
  const now = deps.clock.now()
  const set = isOver
    ? { ...counts, ...ended('done', now), readUpTo: row.until }
    : {
        ...counts,
        cursor: page.next,
        readUpTo: page.readUpTo,
        dueAt: now + LEASE_MS,
        tries: 0,
        problem: null,
      }
  const fresh = taken.reduce((sum, each) => sum + each.fresh, 0)
  const next =
    kind === 'reconcile' && (isOver || fresh > 0)
      ? await writeReconciled(deps, row, set, fresh, isOver)
      : await write(deps, row, set)
  if (isOver && next !== null) deps.logger.info({ backfillId, kind, ...counts }, 'past orders were read')
  return isOver ? null : next
}

function countsOf(row: Backfill, taken: readonly TakenIn[]) {
  const of = (verdict: TakenIn['verdict']) => taken.filter((each) => each.verdict === verdict).length
  return {
    found: row.found + taken.length,
    counted: row.counted + of('counted'),
    duplicates: row.duplicates + of('duplicates'),
    ignored: row.ignored + of('ignored'),
    failed: row.failed + of('failed'),
  }
}

/** With how many were mended, and up to when, on the installation: both or neither. */
function writeReconciled(
  deps: RunDeps,
  row: Backfill,
  set: Partial<Backfill>,
  fresh: number,
  isOver: boolean,
): Promise<Backfill | null> {
  return commitPlanned<Backfill | null>(deps.store, async () => {
    const [current, installation] = await Promise.all([
      findRow(deps.store, 'backfill', row.accountId, row.id),
      findRow(deps.store, 'installation', row.accountId, row.connectorId),
    ])
    if (current?.revision !== row.revision) return { changes: [], result: null }
    const now = deps.clock.now()
    const next = { ...set, updatedAt: now }
    const changes = [revise('backfill', row, next)]
    if (installation !== null) {
      const missedByDay = withMissed(installation.missedByDay, fresh, now)
      const reconciledAt = isOver ? row.until : installation.reconciledAt
      const { revision } = installation
      changes.push(
        change(
          'installation',
          installation,
          { revision },
          { missedByDay, reconciledAt, revision: revision + 1 },
        ),
      )
    }
    return { changes, result: { ...row, ...next, revision: row.revision + 1 } }
  })
}

function withMissed(
  byDay: Readonly<Record<string, number>>,
  fresh: number,
  now: Instant,
): Readonly<Record<string, number>> {
  const day = (at: Instant) => new Date(at).toISOString().slice(0, 10)
  const first = day(now - 30 * DAY_MS)
  const kept = Object.fromEntries(Object.entries(byDay).filter(([each]) => each >= first))
  return fresh === 0 ? kept : { ...kept, [day(now)]: (kept[day(now)] ?? 0) + fresh }
}

async function isUninstalled({ store }: RunDeps, { accountId, connectorId }: Backfill): Promise<boolean> {
  const installation = await findRow(store, 'installation', accountId, connectorId)
  return installation === null || installation.state === 'uninstalled'
}

async function end(deps: RunDeps, row: Backfill, state: 'cancelled'): Promise<null> {
  await write(deps, row, ended(state, deps.clock.now()))
  return null
}

async function fail(deps: RunDeps, row: Backfill, code: string, message: string): Promise<null> {
  const now = deps.clock.now()
  await write(deps, row, ended('failed', now, { code, message, since: now }))
  deps.logger.warn({ backfillId: row.id, code }, 'a backfill failed')
  return null
}

/** It stays `running`; somebody goes on later. */
async function wait(deps: RunDeps, row: Backfill, afterMs: number | null, tries: number): Promise<null> {
  const backoff = Math.min(LONGEST_WAIT_MS, SHORTEST_WAIT_MS * 2 ** Math.min(tries, 9))
  await write(deps, row, { leaseId: null, dueAt: deps.clock.now() + (afterMs ?? backoff), tries })
  return null
}
