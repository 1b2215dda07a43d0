import { Batcher } from '../commit/batcher.ts'
import { findRow } from '../commit/planned.ts'
import { untilWritten } from '../commit/until-written.ts'
import { loadPlaces, readTerms } from '../life/load-places.ts'
import { withSharedJobs } from '../life/share-jobs.ts'
import { insert } from '../ports/changes.ts'
import { messageJobOf, rewardJobsOf } from '../ports/queue.ts'
import type { Row } from '../ports/schema.ts'
import { decideEntry, decideReports, type EntryDecision, type LoadedEntry } from './decide/decide-entry.ts'
import type { RecorderDeps } from './deps.ts'
import { NOBODY } from './happenings.ts'
import { findJourney } from './load/journey-rows.ts'
import { loadNeeds } from './load/load-needs.ts'
import { journeyKey, keyOf, type Loaded, LoadedJourney, nothingLoaded } from './load/loaded.ts'
import { readReports } from './load/read-reports.ts'
import type { EntryRequest, EntryResult, ReportRequest, ReportResult } from './types.ts'

const MAX_TRIES = 10
const MAX_NEED_ROUNDS = 50

type Entering = { readonly ownedById: string } & (
  | { readonly entry: EntryRequest }
  | { readonly reports: ReportRequest }
)

/**
 * Records what takes logs back and what undoes that, each in a commit of its own; those of one member one after the
 * other.
 */
export function createEnter(deps: RecorderDeps) {
  const batcher = new Batcher<Entering, EntryResult | ReportResult>({
    run: async ([entering]) => [await enterOne(deps, entering!)],
    keyOf: ({ ownedById, ...entering }) => keyOf(accountOf(entering), ownedById),
    sizeOf: () => 1,
    maxItems: 1,
    maxBytes: 1,
    maxInFlight: 8,
  })
  const enter = async (entry: EntryRequest): Promise<EntryResult> => {
    const log = await findRow(deps.store, 'streak_log', entry.accountId, entry.streakLogId)
    if (log === null) return unknownLog(entry)
    return (await batcher.add({ entry, ownedById: log.ownedById })) as EntryResult
  }
  const applyReports = async (reports: ReportRequest): Promise<ReportResult> => {
    const { accountId, streakLogId } = reports.purchase
    const log = await findRow(deps.store, 'streak_log', accountId, streakLogId)
    if (log === null) throw new Error(`the streak log ${streakLogId} of a purchase is not there`)
    return (await batcher.add({ reports, ownedById: log.ownedById })) as ReportResult
  }
  return { enter, applyReports, drain: () => batcher.drain() }
}

function accountOf(entering: { entry: EntryRequest } | { reports: ReportRequest }): string {
  return 'entry' in entering ? entering.entry.accountId : entering.reports.purchase.accountId
}

function unknownLog({ streakLogId }: EntryRequest): EntryResult {
  const message = `there is no streak log with the id ${streakLogId}`
  return { outcome: 'rejected', code: 'NOT_FOUND', path: '', message }
}

function enterOne(deps: RecorderDeps, entering: Entering): Promise<EntryResult | ReportResult> {
  return untilWritten<EntryResult | ReportResult>('the entry', MAX_TRIES, () =>
    'entry' in entering ? tryToEnter(deps, entering.entry) : tryToApply(deps, entering.reports),
  )
}

/** null when another writer was faster. */
async function tryToEnter(deps: RecorderDeps, request: EntryRequest): Promise<EntryResult | null> {
  const log = await findRow(deps.store, 'streak_log', request.accountId, request.streakLogId)
  if (log === null) return unknownLog(request)
  const { clock, sources } = deps
  return commit(deps, await loadEntry(deps, log), (loaded) =>
    decideEntry(loaded, request, clock.now(), sources),
  )
}

/** Reports are read after the log: whoever stores another one meanwhile applies it later, or meets this commit. */
async function tryToApply(deps: RecorderDeps, request: ReportRequest): Promise<ReportResult | null> {
  const { clock, sources, store } = deps
  const { accountId, streakLogId } = request.purchase
  const log = await findRow(store, 'streak_log', accountId, streakLogId)
  const [read, reports] = await Promise.all([loadEntry(deps, log!), readReports(store, request.purchase)])
  return commit(deps, read, (loaded) => decideReports(loaded, reports, request, clock.now(), sources))
}

async function commit<R>(
  { store, queue, teller, clock }: RecorderDeps,
  { entry, loaded }: { entry: LoadedEntry; loaded: Loaded },
  decide: (entry: LoadedEntry) => EntryDecision<R>,
): Promise<R | null> {
  for (let round = 0; round < MAX_NEED_ROUNDS; round += 1) {
    const decision = decide(entry)
    if (decision.kind === 'needs') {
      if (!(await loadNeeds(store, loaded, decision.needs))) return null
      continue
    }
    const { result, happenings } = decision
    const { changes: decided, due } = withSharedJobs(decision.changes, decision.due)
    const messages = teller?.messages(happenings, loaded.listeners, clock.now()) ?? []
    const changes = [...decided, ...messages.map((row) => insert('webhook_message', row))]
    if (changes.length > 0 && (await store.commit(changes)).outcome === 'conflict') return null
    if (messages.length > 0) void queue.enqueue('message', messages.map(messageJobOf))
    if (due.length > 0) void queue.enqueue('reward', rewardJobsOf(due))
    return result
  }
  throw new Error('an entry kept asking for facts')
}

/** The log is read first: what is read after it may only be newer, and then the commit's guards say so. */
async function loadEntry(
  { store, teller }: RecorderDeps,
  log: Row<'streak_log'>,
): Promise<{ entry: LoadedEntry; loaded: Loaded }> {
  const { accountId, ownedById, streakId, id } = log
  const terms = await readTerms(store, accountId)
  const listeners = (await teller?.listeners([accountId])) ?? NOBODY
  const [row, member, streak, milestones, entries] = await Promise.all([
    findJourney(store, log),
    listeners.has(accountId) ? findRow(store, 'member', accountId, ownedById) : null,
    findRow(store, 'streak', accountId, streakId),
    store.findByKeys('milestone', ['accountId', 'linkedSchemaRecordId'], [[accountId, streakId]]),
    store.findByKeys('withdrawal', ['accountId', 'ownedById', 'streakLogId'], [[accountId, ownedById, id]]),
  ])
  const journey = new LoadedJourney()
  journey.row = row
  // whoever was erased earns nothing any more; what was earned can still lose its ground
  const offered = row?.closed
    ? milestones.map((each) => ({ ...each, status: 'paused' as const }))
    : milestones
  const loaded = { ...nothingLoaded(), listeners }
  loaded.streaks.set(keyOf(accountId, streakId), streak!)
  loaded.milestones.set(keyOf(accountId, streakId), offered)
  loaded.journeys.set(journeyKey(accountId, ownedById, streakId), journey)
  const places = milestones.length === 0 ? null : await loadPlaces(store, terms, milestones)
  return { entry: { log, streak: streak!, milestones: offered, entries, journey, member, places }, loaded }
}
