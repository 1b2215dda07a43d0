import { connect } from 'node:net'

export interface RawAnswer {
  /** null: the connection was ended without an answer. */
  readonly status: number | null
  readonly headers: ReadonlyMap<string, string>
  readonly body: string
}

export interface RawOptions {
  /** Nothing more will come, so that a server which waits for more knows. */
  readonly hangUp?: boolean
  /** The answer has no body, whatever its length says. */
  readonly isHead?: boolean
}

const ANSWERED_WITHIN_MS = 120_000

/** Sends bytes as they are and reads the first answer that comes back, whatever was sent. */
export async function sendRaw(
  origin: string,
  bytes: string | Uint8Array,
  { hangUp = false, isHead = false }: RawOptions = {},
): Promise<RawAnswer> {
  const { hostname, port } = new URL(origin)
  const received = await new Promise<Buffer>((resolve, reject) => {
    let chunks: Buffer = Buffer.alloc(0)
    const socket = connect(Number(port), hostname)
    const done = () => {
      socket.destroy()
      resolve(chunks)
    }
    socket.setTimeout(ANSWERED_WITHIN_MS, () => {
      socket.destroy()
      reject(new Error(`no answer within ${ANSWERED_WITHIN_MS} ms`))
    })
    socket.on('data', (chunk) => {
      chunks = withoutInterim(Buffer.concat([chunks, chunk]))
      if (isWhole(chunks, isHead)) done()
    })
    socket.on('close', done)
    // what it answered before it hung up may still be read
    socket.on('error', done)
    if (hangUp) socket.end(bytes)
    else socket.write(bytes)
  })
  return parsed(received)
}

/** `100 Continue` is no answer yet. */
function withoutInterim(received: Buffer): Buffer {
  const end = received.indexOf('\r\n\r\n')
  const isInterim = end !== -1 && /^HTTP\/1\.1 1/.test(received.toString('latin1', 0, 10))
  return isInterim ? withoutInterim(received.subarray(end + 4)) : received
}

function isWhole(received: Buffer, isHead: boolean): boolean {
  return lengthOf(received, isHead) !== null
}

/** Of the answer at the beginning of these bytes; null while it is not whole. */
function lengthOf(received: Buffer, isHead: boolean): number | null {
  const end = received.indexOf('\r\n\r\n')
  if (end === -1) return null
  const head = received.toString('latin1', 0, end)
  if (isHead || / (?:204|304) /.test(head.slice(0, 14))) return end + 4
  const length = /^content-length: *(\d+)/im.exec(head)?.[1]
  const whole = end + 4 + Number(length)
  return length !== undefined && received.length >= whole ? whole : null
}

/** The first of the answers in these bytes, and what follows it; null while it is not whole. */
export function takeAnswer(received: Buffer): { readonly answer: RawAnswer; readonly rest: Buffer } | null {
  const length = lengthOf(received, false)
  if (length === null) return null
  return { answer: parsed(received.subarray(0, length)), rest: received.subarray(length) }
}

function parsed(received: Buffer): RawAnswer {
  const end = received.indexOf('\r\n\r\n')
  const [first = '', ...lines] = received.toString('latin1', 0, Math.max(end, 0)).split('\r\n')
  const status = /^HTTP\/1\.1 (\d{3})/.exec(first)?.[1]
  const headers = new Map(
    lines.map((line) => {
      const at = line.indexOf(':')
      return [line.slice(0, at).toLowerCase(), line.slice(at + 1).trim()]
    }),
  )
  // another answer may follow
  const length = Number(headers.get('content-length') ?? received.length)
  const body = end === -1 ? '' : received.toString('utf8', end + 4, end + 4 + length)
  return { status: status === undefined ? null : Number(status), headers, body }
}
