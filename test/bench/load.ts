import { once } from 'node:events'
import { createConnection, type Socket } from 'node:net'

/** Sends whole HTTP requests over kept-alive connections, one at a time on each. Cheaper than any HTTP client. */
export interface Load {
  /** @throws Error on the first answer that is not 200 */
  send(requests: readonly Buffer[]): Promise<{ seconds: number; cpuMs: number }>
  close(): void
}

export async function openLoad(port: number, connections: number): Promise<Load> {
  const sockets = await Promise.all(
    Array.from({ length: connections }, async () => {
      const socket = createConnection({ port, host: '127.0.0.1', noDelay: true })
      await once(socket, 'connect')
      return socket
    }),
  )
  return {
    async send(requests) {
      const cpuBefore = process.cpuUsage()
      const startedAt = performance.now()
      const next = requests[Symbol.iterator]()
      await Promise.all(sockets.map((socket) => sendEach(socket, next)))
      const { user, system } = process.cpuUsage(cpuBefore)
      return { seconds: (performance.now() - startedAt) / 1000, cpuMs: (user + system) / 1000 }
    },
    close() {
      for (const socket of sockets) socket.destroy()
    },
  }
}

/** Takes requests from what all connections share until there are none left. */
function sendEach(socket: Socket, requests: Iterator<Buffer>): Promise<void> {
  return new Promise((resolve, reject) => {
    let received = ''
    const finish = (settle: () => void) => {
      socket.off('data', onData).off('error', reject).off('close', onClose)
      settle()
    }
    const sendNext = () => {
      const next = requests.next()
      if (next.done === true) finish(resolve)
      else socket.write(next.value)
    }
    const onData = (chunk: Buffer) => {
      received += chunk.toString('latin1')
      if (!isWhole(received)) return
      if (!received.startsWith('HTTP/1.1 200 '))
        return finish(() => reject(new Error(`the answer was: ${received}`)))
      received = ''
      sendNext()
    }
    const onClose = () => finish(() => reject(new Error('the server hung up')))
    socket.on('data', onData).on('error', reject).on('close', onClose)
    if (socket.destroyed) onClose()
    else sendNext()
  })
}

/** Whether an answer has come to its end. */
export function isWhole(received: string): boolean {
  const headEnd = received.indexOf('\r\n\r\n')
  if (headEnd < 0) return false
  const length = /\r\ncontent-length: (\d+)/i.exec(received)?.[1] ?? '0'
  return received.length >= headEnd + 4 + Number(length)
}
