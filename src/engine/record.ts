import { setTimeout as delay } from 'node:timers/promises'
import { AGAIN, Batcher, WHILE_UNDER_WAY } from '../commit/batcher.ts'
import { AppError } from '../errors.ts'
import { withSharedJobs } from '../life/share-jobs.ts'
import { createTermsBook, type TermsBook } from '../life/terms-book.ts'
import { insert } from '../ports/changes.ts'
import { activityJobOf, messageJobOf, rewardJobsOf } from '../ports/queue.ts'
import type { Row } from '../ports/schema.ts'
import type { CommitResult } from '../ports/store.ts'
import { type Decision, decide } from './decide/decide.ts'
import { MAX_AHEAD_MS } from './decide/rejections.ts'
import type { RecorderDeps } from './deps.ts'
import { createEnter } from './enter.ts'
import { load } from './load/load.ts'
import { loadNeeds } from './load/load-needs.ts'
import { PutBack, writerKeyOf } from './put-back.ts'
import type { EntryRecorder, Recorder, RecordRequest, RecordResult } from './types.ts'

const MAX_BATCH_LOGS = 256
const MAX_BATCH_BYTES = 4 * 1024 * 1024
/**
 * A batch that meets a conflict is tried whole so often, then halved; a single log is tried so often in all. Of a
 * large one some member is always in another process's hands too: trying it whole again costs much and wins little.
 */
const LARGE_BATCH_LOGS = 32
const MAX_LARGE_TRIES = 1
const MAX_WHOLE_TRIES = 2
const MAX_SINGLE_TRIES = 10
const MAX_JITTER_MS = 20
/**
 * Deciding again after loading what was missing ends after a few rounds, unless the core asks for the same fact for
 * ever.
 */
const MAX_NEED_ROUNDS = 2 * MAX_BATCH_LOGS

interface Deps extends RecorderDeps {
  readonly terms: TermsBook
  readonly putBack: PutBack
}

/** The engine: load, decide, commit, in batches shared by whoever calls at the same time. */
export function createRecorder(given: RecorderDeps): Recorder & EntryRecorder & { drain(): Promise<void> } {
  const putBack = new PutBack(given.shifts)
  const deps: Deps = { ...given, terms: createTermsBook(given.store), putBack }
  const batcher = new Batcher<RecordRequest, RecordResult | Failure>({
    run: (requests) => recordBatch(deps, requests),
    keyOf: writerKeyOf,
    sizeOf: estimateBytes,
    maxItems: MAX_BATCH_LOGS,
    maxBytes: MAX_BATCH_BYTES,
    maxInFlight: 2,
    shifts: deps.shifts,
    gathers: deps.gathers ?? WHILE_UNDER_WAY,
  })
  const record = async (request: RecordRequest): Promise<RecordResult> => {
    const result = await batcher.add(request)
    if (result.outcome === 'failure') throw result.error
    return result
  }
  const entries = createEnter(deps)
  const drain = async () => {
    await Promise.all([batcher.drain(), entries.drain()])
  }
  return { record, enter: entries.enter, applyReports: entries.applyReports, drain }
}

/** A log that could not be recorded, among others that were. */
interface Failure {
  readonly outcome: 'failure'
  readonly error: unknown
}

function estimateBytes(request: RecordRequest): number {
  const profile = 'profile' in request.member ? JSON.stringify(request.member).length : 0
  return 1024 + request.uniqueIdentifier.length + request.activityId.length + profile
}

/**
 * Records a batch; what cannot be committed together is halved until the log at fault stands alone.
 * @param metMs of a part of a batch that met a conflict: how long the try took that met it
 */
async function recordBatch(
  deps: Deps,
  requests: readonly RecordRequest[],
  metMs: number | null = null,
): Promise<(RecordResult | Failure | typeof AGAIN)[]> {
  const single = requests.length === 1
  const tries = triesOf(requests.length)
  let lastTryMs = metMs
  try {
    for (let attempt = 0; attempt < tries; attempt += 1) {
      if (lastTryMs !== null && deps.putBack.takes(requests)) return requests.map(() => AGAIN)
      if (lastTryMs !== null) await delay(pauseMs(attempt, lastTryMs))
      const startedAt = performance.now()
      const isRetry = lastTryMs !== null || deps.putBack.has(requests)
      const tried = await tryBatch(deps, requests, isRetry)
      lastTryMs = performance.now() - startedAt
      if ('results' in tried) return tried.results
      deps.logger.debug({ logs: requests.length, attempt, ...tried.conflict }, 'a batch met a conflict')
    }
  } catch (error) {
    // trouble with the store is everybody's; anything else may be one log's, so the others get their chance
    if (single || error instanceof AppError) return requests.map(() => ({ outcome: 'failure', error }))
    deps.logger.error({ err: error, logs: requests.length }, 'a batch failed and is tried in halves')
  }
  if (single) return [{ outcome: 'failure', error: tooBusy() }]
  const middle = Math.ceil(requests.length / 2)
  // one half after the other: they may speak of the same members
  const first = await recordBatch(deps, requests.slice(0, middle), lastTryMs)
  return [...first, ...(await recordBatch(deps, requests.slice(middle), 0))]
}

function triesOf(logs: number): number {
  if (logs === 1) return MAX_SINGLE_TRIES
  return logs > LARGE_BATCH_LOGS ? MAX_LARGE_TRIES : MAX_WHOLE_TRIES
}

/** Whoever was faster is still at work, for about as long as this try was: coming back sooner meets them again. */
function pauseMs(attempt: number, lastTryMs: number): number {
  return Math.random() * MAX_JITTER_MS * attempt + lastTryMs * (0.5 + Math.random() / 2)
}

function tooBusy(): AppError {
  const message = `the streak log could not be written: ${MAX_SINGLE_TRIES} tries met other writers`
  return new AppError('STORE_BUSY', message, { retryAfterMs: 1000 })
}

type Tried = { readonly results: RecordResult[] } | { readonly conflict: CommitResult }

async function tryBatch(deps: Deps, requests: readonly RecordRequest[], isRetry: boolean): Promise<Tried> {
  const decision = await decideBatch(deps, requests, isRetry)
  if (decision === null) return { conflict: { outcome: 'conflict', reason: 'changed' } }
  const { dueReports, messages } = decision
  const { changes, due: dueRewards } = withSharedJobs(decision.changes, decision.dueRewards)
  if (changes.length > 0) {
    const committed = await deps.store.commit([
      ...changes,
      ...messages.map((row) => insert('webhook_message', row)),
    ])
    if (committed.outcome === 'conflict') return { conflict: committed }
  }
  if (messages.length > 0) void deps.queue.enqueue('message', messages.map(messageJobOf))
  if (dueRewards.length > 0) void deps.queue.enqueue('reward', rewardJobsOf(dueRewards))
  if (dueReports.length > 0) void deps.queue.enqueue('activity', dueReports.map(activityJobOf))
  return { results: [...decision.results] }
}

type Decided = Extract<Decision, { kind: 'decided' }> & {
  /** To whoever is told of what happens. */
  readonly messages: readonly Row<'webhook_message'>[]
}

/** null when another writer came between what was loaded. */
export async function decideBatch(
  {
    store,
    clock,
    sources,
    terms,
    teller,
  }: Pick<RecorderDeps, 'store' | 'clock' | 'sources' | 'teller'> & {
    /** null: nothing is let through in earnest, so no caps are looked at. */
    readonly terms: TermsBook | null
  },
  requests: readonly RecordRequest[],
  isRetry: boolean,
): Promise<Decided | null> {
  const loaded = await load(store, requests, clock.now() + MAX_AHEAD_MS, isRetry, terms, teller)
  for (let round = 0; round < MAX_NEED_ROUNDS; round += 1) {
    const now = clock.now()
    const decision = decide(loaded, requests, now, sources)
    if (decision.kind === 'decided') {
      const messages = teller?.messages(decision.happenings, loaded.listeners, now) ?? []
      return { ...decision, messages }
    }
    if (!(await loadNeeds(store, loaded, decision.needs))) return null
  }
  throw new Error(`a batch of ${requests.length} logs kept asking for facts`)
}
