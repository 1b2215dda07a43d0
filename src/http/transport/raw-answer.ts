import { randomUUID } from 'node:crypto'
import { STATUS_CODES } from 'node:http'
import type { Duplex } from 'node:stream'
import { AppError } from '../../errors.ts'
import { BARE_HEADERS } from '../headers.ts'

/** What the other side may still take to read the answer and hang up; then the connection is ended for it. */
const LINGER_MS = 1000

/**
 * The one shape of errors on a bare connection, where there is no response to write it to; then the connection is
 * ended, also when the other side would keep it. Never throws: it may be gone
 * already. Somebody has to listen for its errors.
 */
export function answerRaw(socket: Duplex, error: AppError): void {
  if (!socket.writable) {
    socket.destroy()
    return
  }
  socket.end(bytesOf(error))
  // what still comes is dropped, so that the answer is not lost to a reset
  socket.resume()
  const cut = setTimeout(() => socket.destroy(), LINGER_MS)
  cut.unref()
  socket.once('close', () => clearTimeout(cut))
}

export function invalidRequest(message: string): AppError {
  return new AppError('INVALID_INPUT', message)
}

function bytesOf({ code, message, status, retryAfterMs }: AppError): string {
  const requestId = randomUUID()
  const body = JSON.stringify({ error: { code, message, details: [], requestId } })
  const headers = [
    ...BARE_HEADERS,
    ['Connection', 'close'],
    ['X-Request-Id', requestId],
    ...(retryAfterMs === undefined ? [] : [['Retry-After', Math.ceil(retryAfterMs / 1000)]]),
    ['Content-Type', 'application/json; charset=utf-8'],
    ['Content-Length', Buffer.byteLength(body)],
  ]
  const lines = headers.map(([name, value]) => `${name}: ${value}\r\n`).join('')
  return `HTTP/1.1 ${status} ${STATUS_CODES[status]}\r\n${lines}\r\n${body}`
}
