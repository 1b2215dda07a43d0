import { once } from 'node:events'
import { createServer, type IncomingMessage } from 'node:http'
import type { AddressInfo } from 'node:net'
import { json, text } from 'node:stream/consumers'
import type { Random } from './random.ts'

/** Answers that are lost on the way: the coupon is in the books, and whoever asked does not know. */
const LOST_ANSWERS = 0.02

export interface CouponEntry {
  readonly code: string
  /** How often it was asked for. */
  readonly asked: number
  readonly revoked: boolean
}

/** A message as it came; repetitions are the same. */
export interface ToldMessage {
  readonly headers: Record<string, string>
  readonly body: string
}

/** A merchant's coupon service that outlives every fault, with its books; it takes webhooks, too. */
export interface CouponService {
  readonly url: string
  readonly revokeUrl: string
  readonly hooksUrl: string
  readonly host: string
  /** By the reward they were made for. */
  readonly books: ReadonlyMap<string, CouponEntry>
  /** Rewards that were asked for with more than one code. */
  readonly conflicts: ReadonlySet<string>
  /** Messages by their ids. */
  readonly told: ReadonlyMap<string, ToldMessage>
  stop(): Promise<void>
}

export async function startCouponService(random: Random): Promise<CouponService> {
  const books = new Map<string, CouponEntry>()
  const conflicts = new Set<string>()
  const told = new Map<string, ToldMessage>()

  async function handle(request: IncomingMessage): Promise<object | null> {
    const asked = (await json(request)) as { rewardLogId: string; code: string }
    const known = books.get(asked.rewardLogId)
    if (request.url === '/revoke') {
      if (known === undefined) return null
      books.set(asked.rewardLogId, { ...known, revoked: true })
      return { used: false }
    }
    const entry = known ?? { code: asked.code, asked: 0, revoked: false }
    if (entry.code !== asked.code) conflicts.add(asked.rewardLogId)
    books.set(asked.rewardLogId, { ...entry, asked: entry.asked + 1 })
    return { code: entry.code, expiresAt: null }
  }

  async function hear(request: IncomingMessage): Promise<'new' | 'known'> {
    const headers = request.headers as Record<string, string>
    const id = headers['webhook-id'] ?? ''
    const news = told.has(id) ? 'known' : 'new'
    told.set(id, { headers, body: await text(request) })
    return news
  }

  const server = createServer((request, response) => {
    if (request.url === '/hooks') {
      hear(request).then(
        (news) => {
          // whoever sent it does not know that it came, and sends it again
          if (news === 'new' && random.next() < LOST_ANSWERS) return void request.socket.destroy()
          response.writeHead(204).end()
        },
        () => request.socket.destroy(),
      )
      return
    }
    handle(request).then(
      (answer) => {
        if (random.next() < LOST_ANSWERS) return void request.socket.destroy()
        response.writeHead(answer === null ? 404 : 200, { 'content-type': 'application/json' })
        response.end(JSON.stringify(answer ?? {}))
      },
      // whoever asked was killed in the middle of it
      () => request.socket.destroy(),
    )
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  const host = `127.0.0.1:${port}`
  return {
    url: `http://${host}/coupons`,
    revokeUrl: `http://${host}/revoke`,
    hooksUrl: `http://${host}/hooks`,
    host,
    books,
    conflicts,
    told,
    async stop() {
      const closed = once(server, 'close')
      server.close()
      server.closeAllConnections()
      await closed
    },
  }
}
