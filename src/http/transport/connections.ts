import type { IncomingMessage, ServerResponse } from 'node:http'
import type { Socket } from 'node:net'
import { AppError } from '../../errors.ts'

const RETRY_AFTER_MS = 1000
/** Requests that a connection may have unanswered before no more are read from it. */
const MAX_UNANSWERED = 32

/**
 * The connections of a server, at most `max` of them. A new one takes the place of the one that has waited longest
 * without a whole request (silent, slow or idle ones); when all are being served it is refused with a 503.
 */
export class Connections {
  readonly #max: number
  readonly #refuse: (socket: Socket, error: AppError) => void
  /** In the order in which they began to wait. */
  readonly #waiting = new Set<Socket>()
  /** By how many of their requests are unanswered. */
  readonly #serving = new Map<Socket, number>()

  constructor(max: number, refuse: (socket: Socket, error: AppError) => void) {
    this.#max = max
    this.#refuse = refuse
  }

  opened(socket: Socket): void {
    this.#waiting.add(socket)
    socket.once('close', () => {
      this.#waiting.delete(socket)
      this.#serving.delete(socket)
    })
    if (this.#waiting.size + this.#serving.size <= this.#max) return
    const [longest = socket] = this.#waiting
    this.#waiting.delete(longest)
    if (longest === socket) this.#refuse(socket, tooMany(this.#max))
    else longest.destroy()
  }

  serving({ socket }: IncomingMessage, response: ServerResponse): void {
    const unanswered = (this.#serving.get(socket) ?? 0) + 1
    this.#waiting.delete(socket)
    this.#serving.set(socket, unanswered)
    // Node reads on after each request: it has to be over with those that came in one piece
    if (unanswered === MAX_UNANSWERED) process.nextTick(() => this.#rest(socket))
    response.once('close', () => this.#answered(socket))
  }

  #rest(socket: Socket): void {
    if ((this.#serving.get(socket) ?? 0) >= MAX_UNANSWERED) socket.pause()
  }

  #answered(socket: Socket): void {
    const unanswered = (this.#serving.get(socket) ?? 0) - 1
    // closed meanwhile
    if (unanswered < 0) return
    if (unanswered < MAX_UNANSWERED) socket.resume()
    if (unanswered > 0) this.#serving.set(socket, unanswered)
    else {
      this.#serving.delete(socket)
      this.#waiting.add(socket)
    }
  }
}

function tooMany(max: number): AppError {
  const message = `All ${max} connections that this process keeps are in use`
  return new AppError('OVERLOADED', message, { retryAfterMs: RETRY_AFTER_MS })
}
