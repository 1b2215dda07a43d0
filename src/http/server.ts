import { createServer, type RequestListener, type Server } from 'node:http'
import type { AddressInfo, Socket } from 'node:net'
import type { AppError } from '../errors.ts'
import type { Logger } from '../ports/logger.ts'
import { FloodLog } from './flood-log.ts'
import { addressOfSocket } from './limits/address.ts'
import { Connections } from './transport/connections.ts'
import { answerRaw, invalidRequest } from './transport/raw-answer.ts'

export interface ListenOptions {
  /** 0: any free port. */
  readonly port: number
  readonly host: string
  /** Is told who was refused before there was a request. */
  readonly logger?: Logger
  /** Kept at once; default 1,000. */
  readonly maxConnections?: number
  /** For a whole request to arrive, body included; default 60,000. */
  readonly requestTimeoutMs?: number
}

export interface Listening {
  readonly port: number
  /**
   * Takes no new connections, lets running requests finish for at most `deadlineMs`, then cuts what is left.
   * Idempotent.
   */
  close(deadlineMs: number): Promise<void>
}

/** Long filters stand in the query string. */
const MAX_HEADER_BYTES = 64 * 1024
const HEADERS_TIMEOUT_MS = 15_000
const MAX_CONNECTIONS = 1000
const REQUEST_TIMEOUT_MS = 60_000
/** Longer than the idle time of usual load balancers (60 s), so that they hang up first. */
const KEEP_ALIVE_TIMEOUT_MS = 75_000
const IDLE_CHECK_MS = 25
/** How late a connection may be cut; Node looks every 30 s. */
const TIMEOUT_CHECK_MS = 1_000

/** Serves HTTP. @throws when the port cannot be had */
export async function listen(app: RequestListener, options: ListenOptions): Promise<Listening> {
  const { port, host, maxConnections = MAX_CONNECTIONS, requestTimeoutMs = REQUEST_TIMEOUT_MS } = options
  const refuse = refusing(options.logger)
  const connections = new Connections(maxConnections, refuse)
  const serve: RequestListener = (request, response) => {
    // refused already: what it asked came too late
    if (request.socket.writableEnded) return
    connections.serving(request, response)
    if (isAddress(request.url ?? '')) app(request, response)
    else refuse(request.socket, invalidRequest('The request is for something that is no address'))
  }
  const server = createServer(
    {
      maxHeaderSize: MAX_HEADER_BYTES,
      headersTimeout: Math.min(HEADERS_TIMEOUT_MS, requestTimeoutMs),
      requestTimeout: requestTimeoutMs,
      connectionsCheckingInterval: Math.min(TIMEOUT_CHECK_MS, requestTimeoutMs),
      keepAliveTimeout: KEEP_ALIVE_TIMEOUT_MS,
      keepAlive: true,
      noDelay: true,
      // the application refuses it with a sentence; Node would without a word
      requireHostHeader: false,
    },
    serve,
  )
  // for good: Node takes its own listeners off what it hands over, and a connection breaks whenever it likes
  server.on('connection', (socket) => {
    socket.on('error', () => {})
    connections.opened(socket)
  })
  server.on('clientError', (error, socket) => answerBrokenRequest(error, socket as Socket, refuse))
  // an expectation that nobody knows may be ignored (RFC 9110, 10.1.1); Node would refuse it without a word
  server.on('checkExpectation', serve)
  server.on('connect', (_request, socket) =>
    refuse(socket as Socket, invalidRequest('CONNECT is not served: this is no proxy')),
  )
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject)
    server.listen(port, host, () => {
      server.off('error', reject)
      resolve()
    })
  })
  let closing: Promise<void> | undefined
  return {
    port: (server.address() as AddressInfo).port,
    close(deadlineMs) {
      closing ??= closeServer(server, deadlineMs)
      return closing
    },
  }
}

type Refuse = (socket: Socket, error: AppError) => void

/** Answers on the bare connection, and says in the log who it was. */
function refusing(logger: Logger | undefined): Refuse {
  const flood = logger === undefined ? undefined : new FloodLog(logger)
  return (socket, error) => {
    const { code, status } = error
    const address = addressOfSocket(socket)
    const kind = { route: 'none', status, code }
    if (flood?.admits(kind, address)) logger?.info({ ...kind, address }, 'connection refused')
    answerRaw(socket, error)
  }
}

function closeServer(server: Server, deadlineMs: number): Promise<void> {
  return new Promise((resolve) => {
    // a kept-alive connection becomes idle only once its running request is answered
    const idleCheck = setInterval(() => server.closeIdleConnections(), IDLE_CHECK_MS)
    const deadline = setTimeout(() => server.closeAllConnections(), deadlineMs)
    server.close(() => {
      clearInterval(idleCheck)
      clearTimeout(deadline)
      resolve()
    })
  })
}

/** What routers can find a path in (RFC 9112, 3.2); without one Express would answer in its own shape. */
function isAddress(target: string): boolean {
  return target.startsWith('/') || target === '*' || /^https?:\/\/[^/?#]/i.test(target)
}

/** Requests that Node could not even parse get the one shape of errors too. */
function answerBrokenRequest(error: NodeJS.ErrnoException, socket: Socket, refuse: Refuse): void {
  if (error.code === 'ECONNRESET' || !socket.writable) {
    socket.destroy()
    return
  }
  const tooLong = error.code === 'HPE_HEADER_OVERFLOW'
  const message = tooLong
    ? `The request's headers are longer than ${MAX_HEADER_BYTES} bytes`
    : 'The request is not valid HTTP, or did not arrive in time'
  refuse(socket, invalidRequest(message))
}
