import { Webhook } from 'standardwebhooks'
import { v7 as newId } from 'uuid'
import { marksOf } from '../../src/compose-fail-points.ts'
import { composeTelling } from '../../src/compose-telling.ts'
import { composeTellingWorkers } from '../../src/compose-telling-workers.ts'
import { type JobQueue, type MessageJob, messageJobOf, PutOff } from '../../src/ports/queue.ts'
import type { Row } from '../../src/ports/schema.ts'
import type { Store } from '../../src/ports/store.ts'
import { type Api, type Body, type Client, startApi } from './api.ts'
import { quietLogger } from './quiet-logger.ts'
import { jobContext } from './reward-world.ts'
import { type ScriptedServer, type SeenRequest, startScriptedServer } from './scripted-server.ts'

export const MINUTE_MS = 60_000
export const HOUR_MS = 60 * MINUTE_MS
export const DAY_MS = 24 * HOUR_MS

const NO_QUEUE: JobQueue = {
  enqueue: async () => {},
  add: async () => {},
  states: async (_queue, jobs) => jobs.map(() => 'absent'),
  reachable: async () => false,
  close: async () => {},
}

/** How a receiver answers. */
export interface Answering {
  status: number
  body: string
  headers: Record<string, string>
}

/** The API on a store, a merchant's receiver, and workers that work when they are told to. */
export interface WebhookRig {
  readonly api: Api
  readonly admin: Client
  readonly receiver: ScriptedServer
  /** What the receiver answers from now on. */
  readonly answering: Answering
  readonly workers: ReturnType<typeof composeTellingWorkers>
  /** Workers of another process. */
  anotherProcess(store?: Store): ReturnType<typeof composeTellingWorkers>
  now(): number
  goTo(instant: number): void
  pass(ms: number): void
  /** An endpoint at the receiver; answers it with its secret. */
  endpoint(events: readonly string[], fields?: object): Promise<Body>
  /** Tries every message that is due; answers how many were. */
  sendDue(): Promise<number>
  /** All that the account has, the oldest first. */
  messages(): Promise<Row<'webhook_message'>[]>
  /** What the receiver got since the last call. */
  received(): { readonly request: SeenRequest; readonly payload: Body }[]
  close(): Promise<void>
}

export async function openWebhookRig(store: Store, timezone = 'UTC'): Promise<WebhookRig> {
  const answering: Answering = { status: 200, body: 'thank you', headers: {} }
  const receiver = await startScriptedServer((response) => {
    response.writeHead(answering.status, answering.headers).end(answering.body)
  })
  const allowedHosts = [receiver.host]
  const api = await startApi({ store, allowedHosts })
  // signatures are checked by the clock of the machine
  api.clock.set(new Date().toISOString())
  const admin = await api.account(`account ${newId()}`, timezone)
  const processOn = (on: Store) =>
    composeTellingWorkers({
      store: on,
      queue: NO_QUEUE,
      clock: api.clock,
      logger: quietLogger,
      secretBox: api.deps.secretBox,
      marks: marksOf(undefined),
      telling: composeTelling(on, newId),
      allowedHosts,
    })
  const workers = processOn(store)
  let read = 0
  const goTo = (instant: number) => api.clock.set(new Date(instant).toISOString())
  const messages = () =>
    store.find('webhook_message', {
      where: { field: 'accountId', op: 'eq', value: admin.accountId },
      sort: [
        { field: 'createdAt', order: 'asc' },
        { field: 'id', order: 'asc' },
      ],
      limit: 100_000,
    })
  return {
    api,
    admin,
    receiver,
    answering,
    workers,
    anotherProcess: (on = store) => processOn(on),
    now: () => api.clock.now(),
    goTo,
    pass: (ms) => goTo(api.clock.now() + ms),
    endpoint: (events, fields = {}) =>
      admin.create('webhook_endpoint', { url: receiver.url, events, ...fields }),
    async sendDue() {
      const all = await messages()
      const due = all.filter(({ dueAt }) => dueAt !== null && dueAt <= api.clock.now())
      for (const message of due) await tried(workers.message, messageJobOf(message))
      return due.length
    },
    messages,
    received() {
      const since = receiver.seen.slice(read)
      read = receiver.seen.length
      return since.map((request) => ({ request, payload: JSON.parse(request.body) }))
    },
    async close() {
      await api.close()
      await receiver.stop()
    },
  }
}

async function tried(
  send: (job: MessageJob, context: ReturnType<typeof jobContext>) => Promise<void>,
  job: MessageJob,
): Promise<void> {
  await send(job, jobContext({})).catch((error: unknown) => {
    if (!(error instanceof PutOff)) throw error
  })
}

/** @throws Error unless the request is signed with this secret, within the tolerance of the specification */
export function verify(secret: string, { body, headers }: SeenRequest): unknown {
  return new Webhook(secret).verify(body, headers as Record<string, string>)
}
