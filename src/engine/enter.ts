import { setTimeout as delay } from 'node:timers/promises'
import { AppError } from '../errors.ts'
import type { Row } from '../ports/schema.ts'
import { Batcher } from './batcher.ts'
import { decideEntry, type LoadedEntry } from './decide-entry.ts'
import { loadNeeds } from './load-needs.ts'
import { journeyKey, keyOf, type Loaded, LoadedJourney } from './loaded.ts'
import type { RecorderDeps } from './record.ts'
import type { EntryRequest, EntryResult } from './types.ts'

const MAX_TRIES = 10
const MAX_JITTER_MS = 20
const MAX_NEED_ROUNDS = 50

interface Entering {
  readonly request: EntryRequest
  readonly ownedById: string
}

/** Records withdrawals and reinstatements, each in a commit of its own; those of one member one after the other. */
export function createEnter(deps: RecorderDeps) {
  const batcher = new Batcher<Entering, EntryResult>({
    run: async ([entering]) => [await enterOne(deps, entering!.request)],
    keyOf: ({ request, ownedById }) => keyOf(request.accountId, ownedById),
    sizeOf: () => 1,
    maxItems: 1,
    maxBytes: 1,
    maxInFlight: 8,
  })
  const enter = async (request: EntryRequest): Promise<EntryResult> => {
    const log = await findLog(deps, request)
    return log === undefined ? unknownLog(request) : batcher.add({ request, ownedById: log.ownedById })
  }
  return { enter, drain: () => batcher.drain() }
}

async function findLog({ store }: RecorderDeps, { accountId, streakLogId }: EntryRequest) {
  const [log] = await store.findByKeys('streak_log', ['accountId', 'id'], [[accountId, streakLogId]])
  return log
}

function unknownLog({ streakLogId }: EntryRequest): EntryResult {
  const message = `there is no streak log with the id ${streakLogId}`
  return { outcome: 'refused', code: 'NOT_FOUND', path: '', message }
}

async function enterOne(deps: RecorderDeps, request: EntryRequest): Promise<EntryResult> {
  for (let attempt = 0; attempt < MAX_TRIES; attempt += 1) {
    if (attempt > 0) await delay(Math.random() * MAX_JITTER_MS * attempt)
    const result = await tryToEnter(deps, request)
    if (result !== null) return result
  }
  const message = `the entry could not be written: ${MAX_TRIES} tries met other writers`
  throw new AppError('STORE_BUSY', message, { retryAfterMs: 1000 })
}

/** null when another writer was faster. */
async function tryToEnter(deps: RecorderDeps, request: EntryRequest): Promise<EntryResult | null> {
  const { store, queue, clock, sources } = deps
  const log = await findLog(deps, request)
  if (log === undefined) return unknownLog(request)
  const { entry, loaded } = await loadEntry(deps, log)
  for (let round = 0; round < MAX_NEED_ROUNDS; round += 1) {
    const decision = decideEntry(entry, request, clock.now(), sources)
    if (decision.kind === 'needs') {
      await loadNeeds(store, loaded, decision.needs)
      continue
    }
    const { changes, due, result } = decision
    if (changes.length > 0 && (await store.commit(changes)).outcome === 'conflict') return null
    const jobs = due.map(({ accountId, id, attempt }) => ({ accountId, rewardLogId: id, attempt }))
    if (jobs.length > 0) void queue.enqueue('reward', jobs)
    return result
  }
  throw new Error('an entry kept asking for facts')
}

/** The log is read first: what is read after it may only be newer, and then the commit's guards say so. */
async function loadEntry(
  { store }: RecorderDeps,
  log: Row<'streak_log'>,
): Promise<{ entry: LoadedEntry; loaded: Loaded }> {
  const { accountId, ownedById, streakId, id } = log
  const journeyFields = ['accountId', 'ownedById', 'streakId'] as const
  const [[row], [streak], milestones, entries] = await Promise.all([
    store.findByKeys('member_streak', journeyFields, [[accountId, ownedById, streakId]]),
    store.findByKeys('streak', ['accountId', 'id'], [[accountId, streakId]]),
    store.findByKeys('milestone', ['accountId', 'linkedSchemaRecordId'], [[accountId, streakId]]),
    store.findByKeys('withdrawal', ['accountId', 'ownedById', 'streakLogId'], [[accountId, ownedById, id]]),
  ])
  const journey = new LoadedJourney()
  journey.row = row ?? null
  // whoever was erased earns nothing any more; what was earned can still lose its ground
  const terms = row?.closed ? milestones.map((each) => ({ ...each, status: 'paused' as const })) : milestones
  const loaded: Loaded = {
    streaks: new Map([[keyOf(accountId, streakId), streak!]]),
    milestones: new Map([[keyOf(accountId, streakId), terms]]),
    membersById: new Map(),
    membersByExternalId: new Map(),
    existingLogs: new Map(),
    purchases: new Map(),
    settledItems: new Set(),
    journeys: new Map([[journeyKey(accountId, ownedById, streakId), journey]]),
  }
  return { entry: { log, streak: streak!, milestones: terms, entries, journey }, loaded }
}
