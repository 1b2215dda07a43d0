import { findRow } from '../../src/commit/planned.ts'
import { untilWritten } from '../../src/commit/until-written.ts'
import { revise } from '../../src/ports/changes.ts'
import type { Logger } from '../../src/ports/logger.ts'
import { type JobContext, type MessageJob, PutOff } from '../../src/ports/queue.ts'
import type { Row } from '../../src/ports/schema.ts'
import type { Store } from '../../src/ports/store.ts'
import { endpointAfter, pauseAfter } from '../../src/telling/schedule.ts'
import { type Tried, type TryDeps, tryOnce } from '../../src/telling/try-once.ts'
import { GIVEN_UP, setAllAside, setAside } from '../../src/telling/wake.ts'
import { Places } from './places.ts'

/** Lost races for a row. */
const MAX_ROUNDS = 20
/** Of tries; those before are forgotten. A message that is sent again and again has more than one schedule's. */
const MAX_ATTEMPTS = 100

type Message = Row<'webhook_message'>
type Endpoint = Row<'webhook_endpoint'>

export interface SendDeps extends TryDeps {
  readonly store: Store
  readonly logger: Logger
  /** From 0 to below 1; for tests. */
  readonly random?: () => number
}

/**
 * Sends one message, if it is still this job's to send, and writes down what came of it. Resolves when nothing more is
 * to be done for now. Receivers get a message at least once: a worker that ends before it wrote down a success sends it
 * again. @throws PutOff until the next try, STORE_UNAVAILABLE and SECRET_UNREADABLE as AppError
 */
export function createSendMessage(deps: SendDeps): (job: MessageJob, context: JobContext) => Promise<void> {
  const { store, clock } = deps
  const places = new Places(() => performance.now())

  return async (job, { signal }) => {
    const message = await findRow(store, 'webhook_message', job.accountId, job.messageId)
    if (!isToBeSent(message, job)) return
    const earlyMs = message.dueAt - clock.now()
    if (earlyMs > 0) throw new PutOff(earlyMs, 'the next try is not due yet')
    const endpoint = await findRow(store, 'webhook_endpoint', message.accountId, message.endpointId)
    if (endpoint === null) return giveUp(deps, message)
    if (endpoint.status !== 'live') return waitForEndpoint(deps, message)
    const waitMs = places.take(endpoint.id)
    if (waitMs > 0) throw new PutOff(waitMs, 'its endpoint is busy with others')
    const startedAt = performance.now()
    const tried = await tryOnce(deps, endpoint, message, signal).finally(() =>
      places.giveBack(endpoint.id, performance.now() - startedAt),
    )
    const pauseMs = await writeDown(deps, job, tried)
    if (pauseMs !== null) throw new PutOff(pauseMs, tried.attempt.error ?? 'to be tried again')
  }
}

type Sendable = Message & { readonly body: string; readonly dueAt: number }

/** Not what was delivered, given up, set aside, erased or sent anew meanwhile. */
function isToBeSent(message: Message | null, { attempt }: MessageJob): message is Sendable {
  return (
    message !== null &&
    message.status === 'pending' &&
    message.dueAt !== null &&
    message.body !== null &&
    message.attempt === attempt
  )
}

async function giveUp({ store, clock }: SendDeps, message: Message): Promise<void> {
  // a conflict: somebody else saw to it
  await store.commit([revise('webhook_message', message, { ...GIVEN_UP, updatedAt: clock.now() })])
}

async function waitForEndpoint(deps: SendDeps, { accountId, id }: Message): Promise<void> {
  await untilWritten(`webhook_message ${id}`, MAX_ROUNDS, async () => {
    const message = await findRow(deps.store, 'webhook_message', accountId, id)
    if (message === null || message.dueAt === null || message.status !== 'pending') return true
    const endpoint = await findRow(deps.store, 'webhook_endpoint', accountId, message.endpointId)
    // live again: the sweep finds the message
    if (endpoint === null || endpoint.status === 'live') return true
    return (await setAside(deps, [message], endpoint)) || null
  })
}

/** @returns how long until the next try; null: there is none */
function writeDown(deps: SendDeps, job: MessageJob, tried: Tried): Promise<number | null> {
  const { store, clock, random = Math.random } = deps
  return untilWritten(`webhook_message ${job.messageId}`, MAX_ROUNDS, async () => {
    const message = await findRow(store, 'webhook_message', job.accountId, job.messageId)
    // who was erased or sent anew meanwhile has another life
    if (!isToBeSent(message, job)) return { pauseMs: null }
    const endpoint = await findRow(store, 'webhook_endpoint', message.accountId, message.endpointId)
    const { isGood, attempt, retryAfterMs } = tried
    const failures = message.failures + (isGood ? 0 : 1)
    const pauseMs = isGood || endpoint === null ? null : pauseAfter(failures, retryAfterMs, random)
    const about = endpoint && endpointAfter(endpoint, attempt.at, attempt.status, isGood)
    const now = clock.now()
    const set = {
      status: isGood ? 'delivered' : pauseMs === null ? 'failed' : 'pending',
      attempts: [...message.attempts, attempt].slice(-MAX_ATTEMPTS),
      failures,
      dueAt: pauseMs === null ? null : now + pauseMs,
      updatedAt: now,
    } as const
    const changes = [
      revise('webhook_message', message, set),
      ...(endpoint === null || about === null
        ? []
        : [revise('webhook_endpoint', endpoint, { ...about, updatedAt: now })]),
    ]
    if ((await store.commit(changes)).outcome === 'conflict') return null
    if (endpoint !== null && about?.status === 'paused') sayPaused(deps, endpoint, about)
    const after = endpoint && { ...endpoint, ...about }
    if (after === null || after.status === 'live') return { pauseMs }
    // what is left undone each message does as it comes to be tried
    await setAllAside(deps, after).catch(() => {})
    return { pauseMs: null }
  }).then(({ pauseMs }) => pauseMs)
}

function sayPaused({ logger }: SendDeps, { id, accountId }: Endpoint, { problem }: Partial<Endpoint>): void {
  logger.warn({ accountId, endpointId: id, code: problem?.code }, 'a webhook endpoint was paused')
}
