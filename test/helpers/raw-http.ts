import { connect } from 'node:net'

export interface RawAnswer {
  /** null: the connection was ended without an answer. */
  readonly status: number | null
  readonly headers: ReadonlyMap<string, string>
  readonly body: string
}

const ANSWERED_WITHIN_MS = 10_000

/** Sends bytes as they are and reads the first answer that comes back, whatever was sent. */
export async function sendRaw(origin: string, bytes: string | Uint8Array): Promise<RawAnswer> {
  const { hostname, port } = new URL(origin)
  const received = await new Promise<Buffer>((resolve, reject) => {
    const chunks: Buffer[] = []
    const socket = connect(Number(port), hostname)
    const done = () => {
      socket.destroy()
      resolve(Buffer.concat(chunks))
    }
    socket.setTimeout(ANSWERED_WITHIN_MS, () => {
      socket.destroy()
      reject(new Error(`no answer within ${ANSWERED_WITHIN_MS} ms`))
    })
    socket.on('data', (chunk) => {
      chunks.push(chunk)
      if (isWhole(Buffer.concat(chunks).toString('latin1'))) done()
    })
    socket.on('close', done)
    // what it answered before it hung up may still be read
    socket.on('error', done)
    socket.write(bytes)
  })
  return parsed(received.toString('utf8'))
}

function isWhole(text: string): boolean {
  const [head = '', rest] = splitHead(text)
  if (rest === undefined) return false
  const length = /^content-length: *(\d+)/im.exec(head)?.[1]
  return length !== undefined && rest.length >= Number(length)
}

function splitHead(text: string): [string, string | undefined] {
  const end = text.indexOf('\r\n\r\n')
  return end === -1 ? [text, undefined] : [text.slice(0, end), text.slice(end + 4)]
}

function parsed(text: string): RawAnswer {
  const [head, body = ''] = splitHead(text)
  const [first = '', ...lines] = head.split('\r\n')
  const status = /^HTTP\/1\.1 (\d{3})/.exec(first)?.[1]
  const headers = new Map(
    lines.map((line) => {
      const at = line.indexOf(':')
      return [line.slice(0, at).toLowerCase(), line.slice(at + 1).trim()]
    }),
  )
  return { status: status === undefined ? null : Number(status), headers, body }
}
