import { once } from 'node:events'
import { createServer, type IncomingHttpHeaders, type ServerResponse } from 'node:http'
import type { AddressInfo, Socket } from 'node:net'

export interface SeenRequest {
  readonly method: string
  readonly path: string
  readonly headers: IncomingHttpHeaders
  readonly body: string
}

export interface ScriptedServer {
  /** `localhost:{port}`, for allow-lists. */
  readonly host: string
  readonly port: number
  readonly url: string
  readonly seen: readonly SeenRequest[]
  /** Connections that are open now. */
  openConnections(): number
  /** Connections that were ever made. */
  connections(): number
  /** Resolves when no connection is open any more. */
  allClosed(): Promise<void>
  stop(): Promise<void>
}

/** A real HTTP server on the loopback address that answers as told. */
export async function startScriptedServer(
  answer: (response: ServerResponse, request: SeenRequest) => void,
): Promise<ScriptedServer> {
  const seen: SeenRequest[] = []
  const sockets = new Set<Socket>()
  let made = 0
  const server = createServer(async (request, response) => {
    const chunks: Buffer[] = []
    for await (const chunk of request as AsyncIterable<Buffer>) chunks.push(chunk)
    const { method = '', url: path = '', headers } = request
    const entry = { method, path, headers, body: Buffer.concat(chunks).toString('utf8') }
    seen.push(entry)
    answer(response, entry)
  })
  // what it has no reason to close stays open until the other side closes it
  server.keepAliveTimeout = 0
  server.on('connection', (socket: Socket) => {
    made += 1
    sockets.add(socket)
    socket.on('close', () => {
      sockets.delete(socket)
      server.emit('connectionClosed')
    })
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  return {
    host: `127.0.0.1:${port}`,
    port,
    url: `http://127.0.0.1:${port}/coupons`,
    seen,
    openConnections: () => sockets.size,
    connections: () => made,
    async allClosed() {
      while (sockets.size > 0) await once(server, 'connectionClosed')
    },
    async stop() {
      const closed = once(server, 'close')
      server.close()
      server.closeAllConnections()
      await closed
    },
  }
}
