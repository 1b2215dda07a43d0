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
  /** Keep connections for the requests that follow; absent: a connection of its own. */
  readonly agents?: KeptConnections | undefined
  /** Ends the request at any stage, name lookup and body included. */
  readonly signal: AbortSignal
  readonly maxResponseBytes: number
  /** What a longer answer becomes, and which answers are read: the default is for good ones that must be whole. */
  readonly reads?: 'good_whole' | 'all_whole' | 'any_beginning'
}

export interface KeptConnections {
  readonly http: http.Agent
  readonly https: https.Agent
}

export interface RequestAnswer {
  readonly status: number
  readonly headers: IncomingHttpHeaders
  /** Empty where the answer was not to be read. */
  readonly body: Buffer
}

export class ResponseTooLarge extends Error {
  override readonly name = 'ResponseTooLarge'
}

/**
 * One request: no redirects, no decompression, no more than `maxResponseBytes` kept.
 * The built-in `fetch` would not let the connection be pinned to an address that was judged before. A connection is kept
 * only after an answer that was read whole; one that turns out to have been closed meanwhile is replaced once.
 * @throws ResponseTooLarge, the reason of the signal, what `lookup` answered, or the system's network error
 */
export async function request(input: RequestInput): Promise<RequestAnswer> {
  const { agents } = input
  if (agents === undefined) return exchange(input, false)
  const agent = input.url.protocol === 'https:' ? agents.https : agents.http
  try {
    return await exchange(input, agent)
  } catch (error) {
    if (!(error instanceof StaleConnection)) throw error
    return exchange(input, false)
  }
}

/** A kept connection that the other side closed: mostly before it read anything of the request. */
class StaleConnection extends Error {}

function exchange(input: RequestInput, agent: http.Agent | false): Promise<RequestAnswer> {
  return new Promise((resolve, reject) => {
    input.signal.throwIfAborted()
    const outgoing = (input.url.protocol === 'https:' ? https : http).request(input.url, {
      method: input.method,
      headers: {
        ...input.headers,
        ...(input.body === undefined ? {} : { 'content-length': Buffer.byteLength(input.body) }),
        'accept-encoding': 'identity',
      },
      agent,
      maxHeaderSize: 16_384,
      ...(input.lookup === undefined ? {} : { lookup: input.lookup }),
    })
    const abort = () => {
      outgoing.destroy(input.signal.reason)
      reject(input.signal.reason)
    }
    input.signal.addEventListener('abort', abort, { once: true })
    outgoing.on('close', () => input.signal.removeEventListener('abort', abort))
    outgoing.on('error', (error: NodeJS.ErrnoException) => {
      const isStale = outgoing.reusedSocket && (error.code === 'ECONNRESET' || error.code === 'EPIPE')
      reject(isStale && !input.signal.aborted ? new StaleConnection() : error)
    })
    outgoing.on('response', (response) => {
      readAnswer(response, input)
        .then(resolve, reject)
        .finally(() => {
          // what is not read to its end would hold its connection for as long as the other side lets it
          if (agent === false || !response.readableEnded) outgoing.destroy()
        })
    })
    outgoing.end(input.body)
  })
}

async function readAnswer(
  response: IncomingMessage,
  { maxResponseBytes: max, reads = 'good_whole' }: RequestInput,
): Promise<RequestAnswer> {
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
