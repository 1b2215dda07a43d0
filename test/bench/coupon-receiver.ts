import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'

/** A coupon service that takes what it is asked for, and notes when it had read each request whole. */
export interface CouponReceiver {
  readonly host: string
  readonly url: string
  /** By the member's external id, by `performance.now()`; the first one counts. */
  readonly readAt: ReadonlyMap<string, number>
  close(): void
}

export async function startCouponReceiver(): Promise<CouponReceiver> {
  const readAt = new Map<string, number>()
  const server = createServer({ keepAliveTimeout: 75_000 }, (request, response) => {
    const chunks: Buffer[] = []
    request.on('data', (chunk: Buffer) => chunks.push(chunk))
    request.on('end', () => {
      const now = performance.now()
      const { member, code } = JSON.parse(Buffer.concat(chunks).toString()) as {
        member: { externalId: string }
        code: string
      }
      if (!readAt.has(member.externalId)) readAt.set(member.externalId, now)
      const body = JSON.stringify({ code })
      response.writeHead(200, {
        'content-type': 'application/json',
        'content-length': Buffer.byteLength(body),
      })
      response.end(body)
    })
  }).listen(0, '127.0.0.1')
  await once(server, 'listening')
  const host = `127.0.0.1:${(server.address() as AddressInfo).port}`
  return {
    host,
    url: `http://${host}/coupons`,
    readAt,
    close() {
      server.closeAllConnections()
      server.close()
    },
  }
}
