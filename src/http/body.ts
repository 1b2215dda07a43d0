import type { IncomingMessage } from 'node:http'
import { AppError } from '../errors.ts'
import { JsonFault, parseExactJson } from '../read/exact-json.ts'
import { CallerGone } from './error-handler.ts'
import type { HeldBytes } from './transport/body-budget.ts'

export const MAX_JSON_BYTES = 1024 * 1024

/**
 * The body's bytes as they came, or `too_large` as soon as there are more than `maxBytes`; the rest is then left to
 * Node, which drops it. They count as `held` as they come.
 * @throws CallerGone when the caller hangs up first, AppError OVERLOADED when no more can be held
 */
export function readBody(
  request: IncomingMessage,
  maxBytes: number,
  held?: HeldBytes,
): Promise<Buffer | 'too_large'> {
  const announced = Number(request.headers['content-length'] ?? 0)
  if (announced > maxBytes) return Promise.resolve('too_large')
  // it hung up while something else was awaited: no event will tell any more
  if (request.destroyed) return Promise.reject(gone())
  return new Promise((resolve, reject) => {
    const body = new GrowingBytes()
    const onData = (chunk: Buffer) => {
      if (body.length + chunk.length > maxBytes) return finish(() => resolve('too_large'))
      try {
        held?.grow(chunk.length)
        body.add(chunk)
      } catch (error) {
        finish(() => reject(error))
      }
    }
    const onEnd = () => finish(() => resolve(body.bytes()))
    const onGone = () => finish(() => reject(gone()))
    const finish = (settle: () => void) => {
      request.off('data', onData).off('end', onEnd).off('error', onGone).off('close', onGone)
      settle()
      // an error holds on to what stands in its stack, and that to the bytes of a body that was refused
      body.drop()
    }
    request.on('data', onData).on('end', onEnd).on('error', onGone).on('close', onGone)
  })
}

/**
 * Bytes that arrive in pieces, in one buffer of at most twice their size: each piece kept as it is would cost some
 * hundred bytes, however small it is.
 */
class GrowingBytes {
  #buffer: Buffer = Buffer.alloc(0)
  length = 0

  add(chunk: Buffer): void {
    const length = this.length + chunk.length
    // most bodies come in one piece
    if (this.length === 0) this.#buffer = chunk
    else if (length > this.#buffer.length) {
      const larger = Buffer.allocUnsafeSlow(2 * length)
      this.#buffer.copy(larger, 0, 0, this.length)
      this.#buffer = larger
    }
    if (this.#buffer !== chunk) chunk.copy(this.#buffer, this.length)
    this.length = length
  }

  bytes(): Buffer {
    return this.#buffer.subarray(0, this.length)
  }

  drop(): void {
    this.#buffer = Buffer.alloc(0)
    this.length = 0
  }
}

function gone(): CallerGone {
  return new CallerGone('the caller hung up while sending its body')
}

/**
 * Reads a JSON body with exact numbers.
 * @throws AppError NOT_JSON | BODY_TOO_LARGE | INVALID_JSON | INVALID_INPUT | OVERLOADED
 */
export async function readJsonBody(
  request: IncomingMessage,
  held: HeldBytes,
  maxBytes = MAX_JSON_BYTES,
): Promise<unknown> {
  requireJson(request)
  const bytes = await readBody(request, maxBytes, held)
  if (bytes === 'too_large') {
    throw new AppError(
      'BODY_TOO_LARGE',
      `The body is larger than ${maxBytes} bytes (${maxBytes / 1024 ** 2} MiB)`,
    )
  }
  try {
    return parseExactJson(new TextDecoder('utf-8', { fatal: true }).decode(bytes))
  } catch (error) {
    throw bodyFault(error)
  }
}

/** Parameters but `charset` mean nothing to JSON (RFC 8259, 11); ASCII is UTF-8. */
const JSON_TYPE = /^application\/json[ \t]*(?:;|$)/i
const CHARSET = /;[ \t]*charset[ \t]*=[ \t]*"?([^";\s]*)/i
const CHARSETS = ['utf-8', 'utf8', 'us-ascii']

function requireJson(request: IncomingMessage): void {
  const type = (request.headers['content-type'] ?? '').trim()
  const charset = CHARSET.exec(type)?.[1] ?? 'utf-8'
  if (!JSON_TYPE.test(type) || !CHARSETS.includes(charset.toLowerCase())) {
    throw new AppError('NOT_JSON', 'The body must be sent as Content-Type: application/json (UTF-8)')
  }
  const encoding = request.headers['content-encoding'] ?? 'identity'
  if (encoding.toLowerCase() !== 'identity') {
    throw new AppError('NOT_JSON', 'The body must be sent uncompressed, without Content-Encoding')
  }
}

function bodyFault(error: unknown): AppError {
  if (!(error instanceof JsonFault)) {
    return new AppError('INVALID_JSON', 'The body is not valid UTF-8', {
      details: [{ path: '', message: 'is not valid UTF-8' }],
    })
  }
  const { path, message, wellFormed } = error
  return new AppError(
    wellFormed ? 'INVALID_INPUT' : 'INVALID_JSON',
    `${path === '' ? 'The body' : path} ${message}`,
    {
      details: [{ path, message }],
    },
  )
}
