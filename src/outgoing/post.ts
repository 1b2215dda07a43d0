import http, { type IncomingHttpHeaders, type IncomingMessage } from 'node:http'
import https from 'node:https'
import type { LookupFunction } from 'node:net'

export interface PostInput {
  readonly url: URL
  readonly headers: Readonly<Record<string, string>>
  readonly body: string
  /** Absent: the system's. */
  readonly lookup?: LookupFunction
  /** Ends the request at any stage, name lookup and body included. */
  readonly signal: AbortSignal
  readonly maxResponseBytes: number
  /** What a longer answer becomes, and which answers are read: the default is for those that must be whole. */
  readonly reads?: 'good_whole' | 'any_beginning'
}

export interface PostAnswer {
  readonly status: number
  readonly headers: IncomingHttpHeaders
  /** Empty where the answer was not to be read. */
  readonly body: Buffer
}

export class ResponseTooLarge extends Error {
  override readonly name = 'ResponseTooLarge'
}

/**
 * One POST on a connection of its own: no redirects, no decompression, no more than `maxResponseBytes` kept.
 * The built-in `fetch` would not let the connection be pinned to an address that was judged before.
 * @throws ResponseTooLarge, the reason of the signal, what `lookup` answered, or the system's network error
 */
export function post(input: PostInput): Promise<PostAnswer> {
  return new Promise((resolve, reject) => {
    input.signal.throwIfAborted()
    const request = (input.url.protocol === 'https:' ? https : http).request(input.url, {
      method: 'POST',
      headers: {
        ...input.headers,
        'content-length': Buffer.byteLength(input.body),
        'accept-encoding': 'identity',
      },
      agent: false,
      maxHeaderSize: 16_384,
      ...(input.lookup === undefined ? {} : { lookup: input.lookup }),
    })
    const abort = () => {
      request.destroy(input.signal.reason)
      reject(input.signal.reason)
    }
    input.signal.addEventListener('abort', abort, { once: true })
    request.on('close', () => input.signal.removeEventListener('abort', abort))
    request.on('error', reject)
    request.on('response', (response) => {
      readAnswer(response, input)
        .then(resolve, reject)
        .finally(() => request.destroy())
    })
    request.end(input.body)
  })
}

async function readAnswer(
  response: IncomingMessage,
  { maxResponseBytes: max, reads = 'good_whole' }: PostInput,
): Promise<PostAnswer> {
  const { statusCode: status = 0, headers } = response
  const isGood = status >= 200 && status <= 299
  if (!isGood && reads === 'good_whole') return { status, headers, body: Buffer.alloc(0) }
  const chunks: Buffer[] = []
  let size = 0
  for await (const chunk of response as AsyncIterable<Buffer>) {
    chunks.push(chunk)
    size += chunk.length
    if (size > max && reads === 'any_beginning') break
    if (size > max) throw new ResponseTooLarge(`answer is larger than ${max} bytes`)
  }
  return { status, headers, body: Buffer.concat(chunks).subarray(0, max) }
}
