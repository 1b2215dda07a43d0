import { randomBytes } from 'node:crypto'
import { v7 as newId } from 'uuid'
import { CONNECTORS } from '../../connectors/registry.ts'
import { createAccount } from '../../src/accounts/accounts.ts'
import { composeHttp } from '../../src/compose-http.ts'
import { composeInstalling, type Installations, type InstallingParts } from '../../src/compose-installing.ts'
import { composeTelling } from '../../src/compose-telling.ts'
import { createSecretBox } from '../../src/crypto/secret-box.ts'
import { createRecorder } from '../../src/engine/record.ts'
import { createHttpApp } from '../../src/http/app.ts'
import type { HttpDeps } from '../../src/http/deps.ts'
import { limitsOf } from '../../src/http/limits/limits.ts'
import { openApiDocument } from '../../src/http/openapi/document.ts'
import { createResources } from '../../src/http/resources.ts'
import { listen } from '../../src/http/server.ts'
import { createInbox } from '../../src/inbox/accept.ts'
import { createWebhookNotes } from '../../src/installing/webhook-notes.ts'
import type { JobQueue } from '../../src/ports/queue.ts'
import type { Store } from '../../src/ports/store.ts'
import { drawCode, foldCode } from '../../src/rewards/code.ts'
import { openApiStore } from './api-store.ts'
import { type CheckResponse, createResponseCheck } from './check-response.ts'
import { type LogLine, recordingLogger } from './recording-logger.ts'

// biome-ignore lint/suspicious/noExplicitAny: tests read answers of every shape
export type Body = any

export interface Answer {
  readonly status: number
  readonly headers: Headers
  readonly text: string
  readonly body: Body
}

export interface Client {
  readonly accountId: string
  readonly headers: Readonly<Record<string, string>>
  get(path: string): Promise<Answer>
  post(path: string, body: unknown): Promise<Answer>
  patch(path: string, body: unknown): Promise<Answer>
  delete(path: string): Promise<Answer>
  /** Lists a resource with these parameters; all but texts are written as JSON. */
  list(slug: string, parameters?: Readonly<Record<string, unknown>>): Promise<Answer>
  /** Creates a record and answers it. @throws when it was not created */
  create(slug: string, body: unknown): Promise<Body>
}

export interface Api {
  readonly origin: string
  readonly store: Store
  readonly deps: HttpDeps
  readonly clock: { now(): number; set(instant: string): void }
  readonly lines: LogLine[]
  readonly installations: Installations
  send(path: string, init?: RequestInit): Promise<Answer>
  account(name: string, timezone?: string): Promise<Client>
  /** The same caller, here. */
  as(caller: Pick<Client, 'accountId' | 'headers'>): Client
  close(): Promise<void>
}

/** A store that does something of a test's choosing just before a commit: what a race would do at the worst moment. */
export function interruptedStore(store: Store): Store & { beforeCommit(act: () => Promise<unknown>): void } {
  let next: (() => Promise<unknown>) | undefined
  const setNext = (act: () => Promise<unknown>) => {
    next = act
  }
  const handler: ProxyHandler<Store> = {
    get(target, name) {
      if (name === 'beforeCommit') return setNext
      const member = Reflect.get(target, name)
      if (typeof member !== 'function') return member
      return async (...input: unknown[]) => {
        const act = name === 'commit' ? next : undefined
        if (act !== undefined) next = undefined
        await act?.()
        return Reflect.apply(member, target, input)
      }
    },
  }
  return new Proxy(store, handler) as ReturnType<typeof interruptedStore>
}

/** The API needs no queue to answer: work is left for whoever sweeps. */
const NO_QUEUE: JobQueue = {
  enqueue: async () => {},
  add: async () => {},
  states: async (_queue, jobs) => jobs.map(() => 'absent'),
  reachable: async () => false,
  close: async () => {},
}

export const NOW = '2026-11-22T12:00:00.000Z'

export interface ApiOptions extends Partial<HttpDeps> {
  /** Hosts inside that may be sent to. */
  readonly allowedHosts?: readonly string[]
}
/** What operators say of platforms. */
export type PlatformSettings = Partial<
  Pick<InstallingParts, 'publicUrl' | 'platformOrigins' | 'platformTimeoutMs'>
>

/**
 * The real HTTP application on a free port, with a clock that stands still. Without a store in `overrides` it has one
 * of its own (`openApiStore`); a store that is given stays its owner's to close.
 */
export async function startApi(
  { allowedHosts = [], ...overrides }: ApiOptions = {},
  platforms: PlatformSettings = {},
): Promise<Api> {
  const temp = overrides.store === undefined ? await openApiStore() : null
  const store = overrides.store ?? temp!.store
  const lines: LogLine[] = []
  let now = Date.parse(NOW)
  const set = (instant: string) => {
    now = Date.parse(instant)
  }
  const clock = { now: () => now, set }
  const logger = recordingLogger(lines)
  const secretBox = overrides.secretBox ?? createSecretBox([randomBytes(32).toString('base64')])
  const queue = NO_QUEUE
  const drawn = (prefix: string) => {
    const code = drawCode(prefix, randomBytes)
    return { code, foldedCode: foldCode(code) }
  }
  const telling = composeTelling(store, newId)
  const { teller } = telling
  const recorder = createRecorder({
    store,
    queue,
    clock,
    logger,
    teller,
    sources: { newId, drawCode: drawn },
  })
  const connectors = overrides.connectors ?? CONNECTORS
  const connectorFor = (platform: string) => connectors.get(platform)
  // a busy machine may be slower than a platform waits
  const storeDeadlineMs = 60_000
  const notes = createWebhookNotes({ store, clock, logger })
  const inbox = createInbox({
    ...{ store, queue, connectorFor, secretBox, clock, logger, newId, notes },
    storeDeadlineMs,
  })
  const installations = composeInstalling({
    ...{ store, secretBox, clock, logger, newId, connectors },
    ...platforms,
  })
  const deps: HttpDeps = {
    ...composeHttp({
      store,
      recorder,
      inbox,
      queue,
      secretBox,
      clock,
      logger,
      newId,
      telling,
      allowedHosts,
      connectors,
      installations,
      // the clock stands still, so that no token would ever come back
      limits: limitsOf(1_000_000, 1_000_000),
    }),
    ...overrides,
  }
  const listening = await listen(createHttpApp(deps), { port: 0, host: '127.0.0.1', logger })
  const origin = `http://127.0.0.1:${listening.port}`
  const check = createResponseCheck(openApiDocument(createResources(deps)))
  const send = async (path: string, init: RequestInit = {}) => {
    const answer = await answerOf(fetch(`${origin}${path}`, init))
    checkAnswer(check, path, init, answer)
    return answer
  }
  return {
    origin,
    store,
    deps,
    clock,
    lines,
    installations,
    send,
    async account(name, timezone = 'UTC') {
      const made = await createAccount({ store, secretBox, clock, newId }, name, timezone)
      const headers = { 'x-api-key': made.apiKey, 'x-api-secret': made.apiSecret }
      return client(send, made.account.id, headers)
    },
    as: ({ accountId, headers }) => client(send, accountId, headers),
    async close() {
      await listening.close(1000)
      await inbox.close()
      await notes.close()
      await recorder.drain()
      await temp?.close()
    },
  }
}

async function answerOf(response: Promise<Response>): Promise<Answer> {
  const { status, headers, ...rest } = await response.then(async (it) => ({
    status: it.status,
    headers: it.headers,
    text: await it.text(),
  }))
  const isJson = headers.get('content-type')?.startsWith('application/json') ?? false
  return { status, headers, text: rest.text, body: isJson && rest.text !== '' ? JSON.parse(rest.text) : null }
}

/** Every answer that a suite sees is held to the API document. @throws Error on one that does not fit */
function checkAnswer(check: CheckResponse, path: string, init: RequestInit, answer: Answer): void {
  const { method = 'GET', body } = init
  const { status, text, headers } = answer
  check({ method, path, body, status, contentType: headers.get('content-type'), text })
}

function client(send: Api['send'], accountId: string, headers: Client['headers']): Client {
  const write = (method: string, path: string, body: unknown) =>
    send(path, {
      method,
      headers: { ...headers, 'content-type': 'application/json' },
      body: typeof body === 'string' ? body : JSON.stringify(body),
    })
  const post = (path: string, body: unknown) => write('POST', path, body)
  return {
    accountId,
    headers,
    get: (path) => send(path, { headers }),
    post,
    patch: (path, body) => write('PATCH', path, body),
    delete: (path) => send(path, { method: 'DELETE', headers }),
    list(slug, parameters = {}) {
      const pairs = Object.entries(parameters).map(([name, value]) => [
        name,
        typeof value === 'string' ? value : JSON.stringify(value),
      ])
      return send(`/schema/${slug}/record?${new URLSearchParams(Object.fromEntries(pairs))}`, { headers })
    },
    async create(slug, body) {
      const answer = await post(`/schema/${slug}/record`, body)
      if (answer.status !== 201)
        throw new Error(`creating a ${slug} answered ${answer.status}: ${answer.text}`)
      return answer.body.data
    },
  }
}
