import { once } from 'node:events'
import { createConnection, type Socket } from 'node:net'
import { isWhole } from './load.ts'

const CONNECTIONS = 64
const TICK_MS = 1

interface Line {
  readonly socket: Socket
  received: string
  done: ((at: number) => void) | null
}

/** Sends each request when it is due, however long the ones before take: what waits for a connection is late. */
export interface OpenLoop {
  /**
   * @param dueAt when the request at this place is due, by `performance.now()`
   * @returns how long after it was due each was answered, in milliseconds
   * @throws Error on the first answer that is not 200
   */
  send(requests: readonly Buffer[], dueAt: (place: number) => number): Promise<number[]>
  close(): void
}

export async function openLoop(port: number): Promise<OpenLoop> {
  let fail: (error: Error) => void = () => {}
  const idle = await Promise.all(Array.from({ length: CONNECTIONS }, connect))
  const all = [...idle]

  async function connect(): Promise<Line> {
    const socket = createConnection({ port, host: '127.0.0.1', noDelay: true })
    await once(socket, 'connect')
    const line: Line = { socket, received: '', done: null }
    socket.on('error', (error) => fail(error))
    socket.on('close', () => fail(new Error('the server hung up')))
    socket.on('data', (chunk) => {
      line.received += chunk.toString('latin1')
      if (!isWhole(line.received)) return
      if (!line.received.startsWith('HTTP/1.1 200 ')) fail(new Error(`the answer was: ${line.received}`))
      line.received = ''
      line.done?.(performance.now())
    })
    return line
  }

  return {
    send(requests, dueAt) {
      return new Promise((resolve, reject) => {
        const took: number[] = new Array(requests.length)
        let [next, answered] = [0, 0]
        const end = (settle: () => void) => {
          clearInterval(timer)
          fail = () => {}
          settle()
        }
        fail = (error) => end(() => reject(error))
        const go = () => {
          while (next < requests.length && idle.length > 0 && dueAt(next) <= performance.now()) {
            const [line, place] = [idle.pop()!, next]
            next += 1
            line.done = (at) => {
              took[place] = at - dueAt(place)
              answered += 1
              idle.push(line)
              if (answered === requests.length) end(() => resolve(took))
              else go()
            }
            line.socket.write(requests[place]!)
          }
        }
        const timer = setInterval(go, TICK_MS)
      })
    },
    close() {
      fail = () => {}
      for (const { socket } of all) socket.destroy()
    },
  }
}
