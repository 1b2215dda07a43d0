import type { KeyObject } from 'node:crypto'
import { once } from 'node:events'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { z } from 'zod'
import { isSignedBy, SIGNING_SECRET_RULE, signingKey } from '../../src/coupons/signature.ts'
import type { Clock } from '../../src/ports/clock.ts'
import { type Books, type IssuedCoupon, openBooks } from './coupon-books.ts'

export interface CouponServiceOptions {
  /** Where its books are kept; made when it does not exist, in a folder that does. */
  readonly dataFile: string
  /** As on the coupon provider: `whsec_…`. */
  readonly signingSecret: string
  /** Default: any free one. */
  readonly port?: number
  readonly clock?: Clock
}

export interface CouponService {
  /** What belongs into the coupon provider's `settings.url`; GET lists the coupons made. */
  readonly url: string
  readonly issued: () => readonly IssuedCoupon[]
  /** Ends connections, finishes what is being written. Idempotent. */
  readonly stop: () => Promise<void>
}

const PATH = '/coupons'
const MAX_BODY_BYTES = 64 * 1024
const TOLERANCE_SECONDS = 5 * 60

const requestShape = z.object({
  idempotencyKey: z.string().min(1).max(256),
  code: z.string().min(1).max(128),
  expiresAt: z.iso.datetime().nullable(),
})

/** An answer that ends a request early. */
class Refusal extends Error {
  readonly status: number
  constructor(status: number, message: string) {
    super(message)
    this.status = status
  }
}

/**
 * A small but whole coupon service, as docs/coupon-service.md asks for: it checks the
 * signature, makes one coupon per key however often it is asked, and keeps its books on disk, so that it still knows
 * after a kill. Listens on the loopback address only.
 */
export async function startCouponService(options: CouponServiceOptions): Promise<CouponService> {
  const key = signingKey(options.signingSecret)
  if (key === null) throw new Error(`signingSecret ${SIGNING_SECRET_RULE}`)
  const clock = options.clock ?? { now: Date.now }
  const books = await openBooks(options.dataFile)
  const server = createServer((request, response) => {
    handle(request, books, key, clock).then(
      (body) => answer(response, 200, body),
      (error: unknown) =>
        error instanceof Refusal
          ? answer(response, error.status, { error: error.message })
          : answer(response, 500, { error: 'the coupon service failed' }),
    )
  })
  try {
    server.listen(options.port ?? 0, '127.0.0.1')
    await once(server, 'listening')
  } catch (error) {
    await books.close()
    throw error
  }
  const { port } = server.address() as AddressInfo
  let stopping: Promise<void> | undefined
  async function stop(): Promise<void> {
    const closed = once(server, 'close')
    server.close()
    server.closeAllConnections()
    await closed
    await books.close()
  }
  return {
    url: `http://127.0.0.1:${port}${PATH}`,
    issued: () => books.list(),
    stop() {
      stopping ??= stop()
      return stopping
    },
  }
}

async function handle(request: IncomingMessage, books: Books, key: KeyObject, clock: Clock): Promise<object> {
  if (request.url !== PATH) throw new Refusal(404, `there is nothing but ${PATH}`)
  if (request.method === 'GET') return { coupons: books.list() }
  if (request.method !== 'POST') throw new Refusal(405, 'only GET and POST')
  const body = await readBody(request)
  checkSignature(request, body, key, clock)
  const asked = readRequest(body)
  // The key in the body is signed, the one in the header is not.
  if (request.headers['idempotency-key'] !== asked.idempotencyKey) {
    throw new Refusal(400, 'Idempotency-Key and idempotencyKey differ')
  }
  const { code, expiresAt } = await books.ask(asked.idempotencyKey, asked)
  return { code, expiresAt }
}

async function readBody(request: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = []
  let size = 0
  for await (const chunk of request as AsyncIterable<Buffer>) {
    size += chunk.length
    if (size > MAX_BODY_BYTES) throw new Refusal(413, `body is larger than ${MAX_BODY_BYTES} bytes`)
    chunks.push(chunk)
  }
  return Buffer.concat(chunks)
}

function checkSignature(request: IncomingMessage, body: Buffer, key: KeyObject, clock: Clock): void {
  const id = String(request.headers['webhook-id'] ?? '')
  const timestamp = String(request.headers['webhook-timestamp'] ?? '')
  const signature = String(request.headers['webhook-signature'] ?? '')
  if (!/^\d{1,12}$/.test(timestamp)) throw new Refusal(401, 'webhook-timestamp is missing or malformed')
  const timestampSeconds = Number(timestamp)
  if (!isSignedBy(key, { id, timestampSeconds, body }, signature)) {
    throw new Refusal(401, 'webhook-signature does not match')
  }
  const ageSeconds = Math.abs(clock.now() / 1000 - timestampSeconds)
  if (ageSeconds > TOLERANCE_SECONDS) {
    throw new Refusal(401, `webhook-timestamp is more than ${TOLERANCE_SECONDS} s away`)
  }
}

function readRequest(body: Buffer): z.infer<typeof requestShape> {
  try {
    return requestShape.parse(JSON.parse(body.toString('utf8')))
  } catch {
    throw new Refusal(400, 'body must be JSON with idempotencyKey, code and expiresAt')
  }
}

function answer(response: ServerResponse, status: number, body: object): void {
  response
    .writeHead(status, { 'content-type': 'application/json', connection: 'close' })
    .end(JSON.stringify(body))
}
