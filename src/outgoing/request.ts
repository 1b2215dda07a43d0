import http, { type IncomingHttpHeaders, type IncomingMessage } from 'node:http'
import https from 'node:https'
import type { LookupFunction } from 'node:net'

export interface RequestInput {
  readonly method: 'GET' | 'POST' | 'PUT' | 'DELETE'
  readonly url: URL
  readonly headers: Readonly<Record<string, string>>
  /** Absent: none. */
  readonly body?: string | undefined
  /** Absent: the system's. */
  readonly lookup?: LookupFunction
  /** Ends the request at any stage, name lookup and body included. */
  readonly signal: AbortSignal
  readonly maxResponseBytes: number
  /** Of answers other than 2xx: whether their bodies are read too. */
  readonly readsRefusals: boolean
}

export interface RequestAnswer {
  readonly status: number
  readonly headers: IncomingHttpHeaders
  /** Empty where it was not read. */
  readonly body: Buffer
}

export class ResponseTooLarge extends Error {
  override readonly name = 'ResponseTooLarge'
}

/**
 * One request on a connection of its own: no redirects, no decompression, no more than `maxResponseBytes` kept.
 * The built-in `fetch` would not let the connection be pinned to an address that was judged before.
 * @throws ResponseTooLarge, the reason of the signal, what `lookup` answered, or the system's network error
 */
export function request(input: RequestInput): Promise<RequestAnswer> {
  return new Promise((resolve, reject) => {
    input.signal.throwIfAborted()
    const outgoing = (input.url.protocol === 'https:' ? https : http).request(input.url, {
      method: input.method,
      headers: {
        ...input.headers,
        ...(input.body === undefined ? {} : { 'content-length': Buffer.byteLength(input.body) }),
        'accept-encoding': 'identity',
      },
      agent: false,
      maxHeaderSize: 16_384,
      ...(input.lookup === undefined ? {} : { lookup: input.lookup }),
    })
    const abort = () => {
      outgoing.destroy(input.signal.reason)
      reject(input.signal.reason)
    }
    input.signal.addEventListener('abort', abort, { once: true })
    outgoing.on('close', () => input.signal.removeEventListener('abort', abort))
    outgoing.on('error', reject)
    outgoing.on('response', (response) => {
      readAnswer(response, input)
        .then(resolve, reject)
        .finally(() => outgoing.destroy())
    })
    outgoing.end(input.body)
  })
}

async function readAnswer(response: IncomingMessage, input: RequestInput): Promise<RequestAnswer> {
  const { statusCode: status = 0, headers } = response
  const isGood = status >= 200 && status <= 299
  if (!isGood && !input.readsRefusals) return { status, headers, body: Buffer.alloc(0) }
  const chunks: Buffer[] = []
  let size = 0
  for await (const chunk of response as AsyncIterable<Buffer>) {
    size += chunk.length
    if (size > input.maxResponseBytes) {
      throw new ResponseTooLarge(`answer is larger than ${input.maxResponseBytes} bytes`)
    }
    chunks.push(chunk)
  }
  return { status, headers, body: Buffer.concat(chunks) }
}
