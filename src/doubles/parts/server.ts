import { once } from 'node:events'
import { createServer, type IncomingHttpHeaders, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { AppError } from '../../errors.ts'
import type { Fault, Faults } from './faults.ts'

const MAX_BODY_BYTES = 4 * 1024 * 1024
const LOOPBACK = '127.0.0.1'

export interface Asked {
  readonly method: string
  readonly path: string
  readonly query: URLSearchParams
  readonly headers: IncomingHttpHeaders
  readonly body: Buffer
  /** The host that the request was meant for: `x-forwarded-host`, else `Host`; lower case, without a port. */
  readonly host: string
}

export interface Answer {
  readonly status: number
  readonly headers?: Readonly<Record<string, string>>
  /** A text goes out as it is, anything else as JSON. */
  readonly body: unknown
}

/** An answer that ends a request early. */
export class Refusal extends Error {
  readonly answer: Answer
  constructor(answer: Answer) {
    super(`refused with ${answer.status}`)
    this.answer = answer
  }
}

export interface ServerOptions {
  /** Default: any free one. */
  readonly port?: number
  readonly faults: Faults
  readonly handle: (asked: Asked) => Answer | Promise<Answer>
  /** Requests below `/__control`, which no fault touches. */
  readonly control: (asked: Asked) => Answer | Promise<Answer>
  /** What the platform answers where it has had too many requests. */
  readonly throttled: () => Answer
  /** Is told of an answer of failure that takes the place of the right one, after the effect. */
  readonly spoilt?: ((asked: Asked, answer: Answer) => void) | undefined
  /** What requests share of which only one may be under way; null: nothing. */
  readonly keyOf?: ((asked: Asked) => string | null) | undefined
  /** What the platform answers the second of them. */
  readonly underWay?: ((asked: Asked) => Answer) | undefined
  /** Is told of each request once it is answered, or left without an answer. */
  readonly seen: (asked: Asked, status: number | null, fault: Fault | null) => void
}

export interface Server {
  /** `http://127.0.0.1:{port}` */
  readonly origin: string
  /** Ends connections. Idempotent. */
  stop(): Promise<void>
}

/** Serves on the loopback address alone. */
export async function startServer(options: ServerOptions): Promise<Server> {
  const slow: Set<string> = new Set()
  const server = createServer((request, response) => {
    serve(request, response, options, slow).catch((error: unknown) => {
      process.stderr.write(`double: ${error instanceof Error ? error.stack : String(error)}\n`)
      if (response.headersSent) response.destroy()
      else send(response, { status: 500, body: { error: 'the double itself failed: see its stderr' } })
    })
  })
  server.listen(options.port ?? 0, LOOPBACK)
  await once(server, 'listening').catch((error: NodeJS.ErrnoException) => {
    if (error.code !== 'EADDRINUSE') throw error
    throw new AppError(
      'CONFLICT',
      `port ${options.port} is taken by another program: name another with --port`,
    )
  })
  const { port } = server.address() as AddressInfo
  let stopping: Promise<unknown> | undefined
  return {
    origin: `http://${LOOPBACK}:${port}`,
    async stop() {
      stopping ??= new Promise((resolve) => {
        server.close(resolve)
        server.closeAllConnections()
      })
      await stopping
    },
  }
}

async function serve(
  request: IncomingMessage,
  response: ServerResponse,
  { faults, handle, control, throttled, spoilt, keyOf, underWay, seen }: ServerOptions,
  slow: Set<string>,
): Promise<void> {
  const asked = await readRequest(request)
  if (asked.path.startsWith('/__control')) return send(response, await answerOf(control, asked))
  const key = keyOf?.(asked) ?? null
  if (key !== null && slow.has(key) && underWay !== undefined) {
    const refused = underWay(asked)
    seen(asked, refused.status, null)
    return send(response, refused)
  }
  const fault = faults.next(asked)
  const hasEffect = fault === null || fault.kind === 'slow' || fault.kind.endsWith('_after_effect')
  const answer = hasEffect ? await answerOf(handle, asked) : null
  if (fault?.kind === 'slow') {
    if (key !== null) slow.add(key)
    await pause(fault.ms)
    if (key !== null) slow.delete(key)
  }
  const given = fault === null || fault.kind === 'slow' ? answer : answerInstead(fault, throttled)
  if (fault?.kind === 'error_after_effect' && given !== null) spoilt?.(asked, given)
  seen(asked, given?.status ?? null, fault)
  if (given !== null) return send(response, given)
  if (fault?.kind.startsWith('reset')) request.socket.resetAndDestroy()
  // a time-out: the connection stays open until the other side, or the end of the double, closes it
}

function answerInstead(fault: Fault, throttled: () => Answer): Answer | null {
  const headers = fault.headers
  if (fault.kind === 'throttle') return throttled()
  if (fault.kind === 'not_json' || fault.kind === 'not_json_after_effect') {
    const page = '<!DOCTYPE html><html><body>Something went wrong</body></html>'
    return {
      status: fault.status ?? 200,
      headers: { 'content-type': 'text/html; charset=utf-8', ...headers },
      body: page,
    }
  }
  if (fault.kind === 'error' || fault.kind === 'error_after_effect') {
    return { status: fault.status ?? 503, headers, body: fault.body ?? { error: 'out of order' } }
  }
  return null
}

async function answerOf(handle: (asked: Asked) => Answer | Promise<Answer>, asked: Asked): Promise<Answer> {
  try {
    return await handle(asked)
  } catch (error) {
    if (error instanceof Refusal) return error.answer
    throw error
  }
}

async function readRequest(request: IncomingMessage): Promise<Asked> {
  const chunks: Buffer[] = []
  let size = 0
  for await (const chunk of request as AsyncIterable<Buffer>) {
    size += chunk.length
    if (size <= MAX_BODY_BYTES) chunks.push(chunk)
  }
  const url = new URL(request.url ?? '/', `http://${LOOPBACK}`)
  const forwarded = request.headers['x-forwarded-host']
  const host = String(forwarded ?? request.headers.host ?? '').toLowerCase()
  return {
    method: request.method ?? 'GET',
    path: url.pathname,
    query: url.searchParams,
    headers: request.headers,
    body: Buffer.concat(chunks),
    host: host.replace(/:\d+$/, ''),
  }
}

function send(response: ServerResponse, { status, headers, body }: Answer): void {
  const isText = typeof body === 'string'
  const type = isText ? 'text/plain; charset=utf-8' : 'application/json; charset=utf-8'
  response.writeHead(status, { 'content-type': type, ...headers })
  response.end(isText ? body : body === undefined ? '' : JSON.stringify(body))
}

async function pause(ms: number): Promise<void> {
  await new Promise((resolve) => setTimeout(resolve, ms).unref())
}
