import { commitPlanned, findRow, untilCommitted } from '../commit/planned.ts'
import { AppError } from '../errors.ts'
import { insert, remove, revise } from '../ports/changes.ts'
import type { Clock, Instant } from '../ports/clock.ts'
import { all, below, equal } from '../ports/conditions.ts'
import type { Hands } from '../ports/hands.ts'
import type { Platform } from '../ports/schema/values.ts'
import type { Row } from '../ports/schema.ts'
import type { Change, Store } from '../ports/store.ts'
import { type BackfillTerms, ended, newBackfill } from './rows.ts'

export interface BackfillDeps {
  readonly store: Store
  readonly clock: Clock
  readonly newId: () => string
  /** What can be done at each platform. */
  readonly hands: ReadonlyMap<Platform, Pick<Hands, 'reach' | 'readOrders'>>
}

/** What is asked for; checked for its shape. */
export interface BackfillOrder {
  readonly since: Instant
  /** Absent: now. */
  readonly until?: Instant | undefined
  readonly dryRun: boolean
  readonly rewards: boolean
}

const DAY_MS = 86_400_000
/** Of what lies before the last reconcile, since webhooks and lists may be late. */
const OVERLAP_MS = 15 * 60_000
const RECONCILES_KEPT_MS = 7 * DAY_MS

/**
 * Begins a backfill; workers carry it out. Nothing has been read when it answers.
 * @throws AppError NOT_FOUND, INVALID_INPUT, NOT_INSTALLED, CONNECTOR_NOT_LIVE, SCOPE_MISSING, BACKFILL_RUNNING
 */
export async function beginBackfill(
  deps: BackfillDeps,
  accountId: string,
  connectorId: string,
  { since, until: given, dryRun, rewards }: BackfillOrder,
): Promise<Row<'backfill'>> {
  const now = deps.clock.now()
  const until = given ?? now
  const { connector, installation, hands } = await findPlace(deps, accountId, connectorId)
  if (since > now) throw wrongSince('lies in the future')
  if (since >= until) throw wrongSince('must lie before until')
  if (installation === null || hands?.readOrders === undefined) throw notInstalled()
  if (connector.status !== 'live' && !dryRun) {
    const message = `The connector is ${connector.status}: make it live first, or ask with dryRun`
    throw new AppError('CONNECTOR_NOT_LIVE', message)
  }
  const earliest = earliestOf(hands, installation, now)
  if (earliest !== null && since < earliest.at) throw scopeMissing(earliest)
  return insertNew(deps, connector, { kind: 'backfill', since, until, dryRun, rewards }, now)
}

/**
 * Begins a reconcile from a little before where the last one ended, never from before the first install; one that runs
 * already goes on. null: there is nobody to ask, or one runs. @throws AppError NOT_FOUND
 */
export async function beginReconcile(
  deps: BackfillDeps,
  accountId: string,
  connectorId: string,
): Promise<Row<'backfill'> | null> {
  const now = deps.clock.now()
  const { connector, installation, hands } = await findPlace(deps, accountId, connectorId)
  if (installation === null || hands?.readOrders === undefined || connector.status !== 'live') return null
  const earliest = earliestOf(hands, installation, now)?.at ?? 0
  const last = (installation.reconciledAt ?? now) - OVERLAP_MS
  // what came before no webhook could bring: it is asked for by a backfill, quietly
  const first = wholeSecond(installation.firstInstalledAt ?? 0)
  const since = Math.max(earliest, last, first)
  const terms = { kind: 'reconcile', since, until: now, dryRun: false, rewards: true } as const
  try {
    return await insertNew(deps, connector, terms, now)
  } catch (error) {
    if (error instanceof AppError && error.code === 'BACKFILL_RUNNING') return null
    throw error
  }
}

/** The second in which it lies begins here: platforms say no more of when something came. */
export function wholeSecond(at: Instant): Instant {
  return at - (at % 1_000)
}

/** Ends a backfill; what counted stays. One that has ended stays as it is. @throws AppError NOT_FOUND, STORE_BUSY */
export function cancelBackfill(
  { store, clock }: Pick<BackfillDeps, 'store' | 'clock'>,
  accountId: string,
  id: string,
): Promise<Row<'backfill'>> {
  return commitPlanned(store, async () => {
    const row = await findRow(store, 'backfill', accountId, id)
    if (row === null || row.kind !== 'backfill') {
      throw new AppError('NOT_FOUND', 'There is no backfill by this id')
    }
    if (row.state !== 'running') return { changes: [], result: row }
    const set = ended('cancelled', clock.now())
    const result = { ...row, ...set, revision: row.revision + 1 }
    return { changes: [revise('backfill', row, set)], result }
  })
}

/** Ends whatever is being read of a connector: it was uninstalled. Idempotent. @throws AppError STORE_BUSY */
export async function cancelBackfillsOf(
  { store, clock }: Pick<BackfillDeps, 'store' | 'clock'>,
  accountId: string,
  connectorId: string,
): Promise<void> {
  await untilCommitted(store, `backfills of connector ${connectorId}`, async () => {
    const where = all<'backfill'>(equal({ connectorId, isRunning: true }), equal({ accountId }))
    const running = await store.find('backfill', { where, limit: 10 })
    if (running.length === 0) return null
    return running.map((row) => revise('backfill', row, ended('cancelled', clock.now())))
  })
}

interface Found {
  readonly connector: Row<'connector'>
  /** null: there is no way in. */
  readonly installation: Row<'installation'> | null
  readonly hands: Pick<Hands, 'reach' | 'readOrders'> | undefined
}

async function findPlace(deps: BackfillDeps, accountId: string, connectorId: string): Promise<Found> {
  const [connector, row] = await Promise.all([
    findRow(deps.store, 'connector', accountId, connectorId),
    findRow(deps.store, 'installation', accountId, connectorId),
  ])
  if (connector === null) throw new AppError('NOT_FOUND', 'There is no connector by this id')
  const isOpen = row !== null && isOpenInstallation(row)
  return { connector, installation: isOpen ? row : null, hands: deps.hands.get(connector.platform) }
}

/** Whether something can be asked of the platform. */
export function isOpenInstallation({
  state,
  sealedAccess,
}: Pick<Row<'installation'>, 'state' | 'sealedAccess'>): boolean {
  return (state === 'installed' || state === 'needs_attention') && sealedAccess !== null
}

interface Earliest {
  readonly at: Instant
  readonly scope: string
  readonly days: number
}

function earliestOf(
  { reach }: Pick<Hands, 'reach'>,
  { scopes }: Row<'installation'>,
  now: Instant,
): Earliest | null {
  if (reach === undefined || scopes.includes(reach.unless)) return null
  return { at: now - reach.days * DAY_MS, scope: reach.unless, days: reach.days }
}

async function insertNew(
  { store, newId }: BackfillDeps,
  connector: Row<'connector'>,
  terms: BackfillTerms,
  now: Instant,
): Promise<Row<'backfill'>> {
  const row = newBackfill(newId(), connector, terms, now)
  const { accountId, id: connectorId } = connector
  return commitPlanned(
    store,
    async () => ({
      changes: [insert('backfill', row), ...(await oldReconciles(store, connector, now))],
      result: row,
    }),
    async () => {
      const where = equal<'backfill'>({ accountId, connectorId, kind: terms.kind, isRunning: true })
      const [existing] = await store.find('backfill', { where, limit: 1 })
      const message = 'A backfill of this connector runs already: wait for its end, or cancel it'
      const detail = { path: '', message, ...(existing === undefined ? {} : { existingId: existing.id }) }
      return new AppError('BACKFILL_RUNNING', message, { details: [detail] })
    },
  )
}

/** Nobody asks for reconciles of long ago: a night brings one, and takes one away. */
async function oldReconciles(
  store: Store,
  { accountId, id: connectorId }: Row<'connector'>,
  now: Instant,
): Promise<Change[]> {
  const own = equal<'backfill'>({ accountId, connectorId, kind: 'reconcile', isRunning: false })
  const where = all<'backfill'>(own, below('createdAt', now - RECONCILES_KEPT_MS))
  const rows = await store.find('backfill', { where, limit: 50 })
  return rows.map((row) => remove('backfill', row, {}))
}

function wrongSince(message: string): AppError {
  return new AppError('INVALID_INPUT', `since ${message}`, { details: [{ path: 'since', message }] })
}

function notInstalled(): AppError {
  const message = 'The connector is not installed at its platform, so past orders cannot be read from there'
  return new AppError('NOT_INSTALLED', message)
}

function scopeMissing({ at, scope, days }: Earliest): AppError {
  const from = new Date(at).toISOString()
  const message = `lies more than ${days} days back: the platform shows older orders only with ${scope}, which was not granted. The earliest since that works is ${from}`
  return new AppError('SCOPE_MISSING', `since ${message}`, { details: [{ path: 'since', message }] })
}
