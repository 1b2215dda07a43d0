import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'

type Handler = (request: IncomingMessage, response: ServerResponse) => void | Promise<void>

/** A shop's own server with one page, of another origin than the program. */
export interface ShopPage {
  /** The one name over plain HTTP that an account may list. */
  readonly origin: string
  html: string
  /** The page's own policy; empty: it has none. */
  policy: string
  /** What else the shop answers, by the start of a path. */
  readonly answers: Map<string, Handler>
  /** Each request that was answered, as `GET /path?query`. */
  readonly asked: string[]
  close(): void
}

export async function startShopPage(): Promise<ShopPage> {
  const answers = new Map<string, Handler>()
  const asked: string[] = []
  const server = createServer((request, response) => {
    const url = request.url ?? ''
    asked.push(`${request.method} ${url}`)
    const [, handler] = [...answers].find(([start]) => url.startsWith(start)) ?? []
    if (handler !== undefined) return void handler(request, response)
    response.setHeader('Content-Type', 'text/html; charset=utf-8')
    if (page.policy !== '') response.setHeader('Content-Security-Policy', page.policy)
    response.end(page.html)
  }).listen(0, '127.0.0.1')
  await new Promise((resolve) => server.once('listening', resolve))
  const origin = `http://localhost:${(server.address() as AddressInfo).port}`
  const page: ShopPage = {
    ...{ origin, answers, asked },
    ...{ html: '', policy: '' },
    close() {
      server.close()
      server.closeAllConnections()
    },
  }
  return page
}
