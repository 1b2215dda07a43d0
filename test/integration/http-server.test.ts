import { once } from 'node:events'
import { Agent, type IncomingMessage, request, type ServerResponse } from 'node:http'
import { connect } from 'node:net'
import { afterEach, describe, expect, it } from '@jest/globals'
import { readBody } from '../../src/http/body.ts'
import { CallerGone } from '../../src/http/error-handler.ts'
import { type Listening, type ListenOptions, listen } from '../../src/http/server.ts'
import { until } from '../helpers/until.ts'

const open: Listening[] = []
const agents: Agent[] = []
afterEach(async () => {
  for (const agent of agents.splice(0)) agent.destroy()
  await Promise.all(open.splice(0).map((server) => server.close(0)))
})

type Handler = (request: IncomingMessage, response: ServerResponse) => void

async function serve(handler: Handler, options: Partial<ListenOptions> = {}): Promise<Listening> {
  const server = await listen(handler, { port: 0, host: '127.0.0.1', ...options })
  open.push(server)
  return server
}

/** Asks over a connection that is kept open afterwards. */
async function ask(port: number): Promise<IncomingMessage> {
  const agent = new Agent({ keepAlive: true })
  agents.push(agent)
  const outgoing = request({ port, host: '127.0.0.1', agent })
  outgoing.end()
  const [response] = await once(outgoing, 'response')
  return response
}

async function textOf(response: IncomingMessage): Promise<string> {
  let text = ''
  for await (const chunk of response) text += chunk
  return text
}

describe('listen', () => {
  it('takes any free port, and refuses one that is taken', async () => {
    const { port } = await serve((_request, response) => response.end('ok'))
    expect(port).toBeGreaterThan(0)
    expect(await textOf(await ask(port))).toBe('ok')
    await expect(listen(() => {}, { port, host: '127.0.0.1' })).rejects.toThrow('EADDRINUSE')
  })

  it('closes while idle connections are kept open', async () => {
    const server = await serve((_request, response) => response.end('ok'))
    await textOf(await ask(server.port))
    // longer than a test may take: it is not waited out
    await server.close(600_000)
    await expect(ask(server.port)).rejects.toThrow('ECONNREFUSED')
  })

  it('lets a running request finish, then closes at once', async () => {
    const arrived = Promise.withResolvers<ServerResponse>()
    const server = await serve((_request, response) => arrived.resolve(response))
    const asked = ask(server.port)
    const response = await arrived.promise
    let isClosed = false
    const closed = server.close(600_000).then(() => {
      isClosed = true
    })
    await expect(ask(server.port)).rejects.toThrow('ECONNREFUSED')
    expect(isClosed).toBe(false)
    response.end('late, but whole')
    expect(await textOf(await asked)).toBe('late, but whole')
    await closed
  })

  it('cuts what is still running at the deadline', async () => {
    const arrived = Promise.withResolvers<void>()
    const server = await serve(() => arrived.resolve())
    const asked = ask(server.port)
    const cut = expect(asked).rejects.toThrow('socket hang up')
    await arrived.promise
    await server.close(50)
    await cut
  })

  it('closes while somebody keeps a connection that was refused', async () => {
    const server = await serve(() => {})
    const socket = connect({ port: server.port, host: '127.0.0.1', allowHalfOpen: true })
    socket.on('error', () => {})
    socket.write('CONNECT elsewhere:443 HTTP/1.1\r\nHost: x\r\n\r\n')
    const [answer] = await once(socket, 'data')
    expect(String(answer)).toMatch(/^HTTP\/1\.1 400 Bad Request/)
    await server.close(0)
    socket.destroy()
  })

  it('may be closed twice', async () => {
    const server = await serve((_request, response) => response.end())
    await Promise.all([server.close(1000), server.close(1000)])
    await server.close(1000)
  })
})

/** Sends these bytes and nothing more; what came back by the time that the connection was closed. */
async function sendAndWait(port: number, bytes: string): Promise<string> {
  const socket = connect(port, '127.0.0.1')
  let received = ''
  socket
    .on('error', () => {})
    .on('data', (chunk) => {
      received += chunk
    })
  socket.write(bytes)
  await once(socket, 'close')
  return received
}

describe('connections', () => {
  it('that bring a request too slowly are cut in the time that a request may take', async () => {
    const gone: Promise<unknown>[] = []
    const server = await serve((incoming) => gone.push(readBody(incoming, 100).catch((error) => error)), {
      requestTimeoutMs: 300,
    })
    const slow = 'POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 10\r\n\r\nhalf'
    const answers = await Promise.all([
      sendAndWait(server.port, slow),
      sendAndWait(server.port, 'POST / HTTP/1.1\r\nHo'),
      sendAndWait(server.port, ''),
    ])
    // without the bound of this server they would be kept for 15 s and 60 s, longer than this test may take
    expect(answers[0]).toContain('did not arrive in time')
    expect(await gone[0]).toBeInstanceOf(CallerGone)
  }, 14_000)

  it('beyond the limit take the places of those that wait, and are refused while all are served', async () => {
    const responses: ServerResponse[] = []
    const server = await serve((_request, response) => responses.push(response), { maxConnections: 2 })
    const silent = connect(server.port, '127.0.0.1').on('error', () => {})
    const closed = once(silent.resume(), 'close')
    await once(silent, 'connect')
    const first = ask(server.port)
    await until(() => responses.length === 1)
    const second = ask(server.port)
    await closed
    await until(() => responses.length === 2)
    const third = await ask(server.port)
    expect(third.statusCode).toBe(503)
    expect(third.headers['retry-after']).toBe('1')
    expect(JSON.parse(await textOf(third)).error.code).toBe('OVERLOADED')
    for (const response of responses) response.end('served')
    expect(await textOf(await first)).toBe('served')
    expect(await textOf(await second)).toBe('served')
    const fourth = ask(server.port)
    await until(() => responses.length === 3)
    responses[2]!.end('served, too')
    expect(await textOf(await fourth)).toBe('served, too')
  })

  it('that send requests without waiting are read no further than those that are answered', async () => {
    const responses: ServerResponse[] = []
    const server = await serve((_request, response) => responses.push(response))
    const socket = connect(server.port, '127.0.0.1').on('error', () => {})
    let answered = 0
    socket.on('data', (chunk) => {
      answered += String(chunk).split('HTTP/1.1 200').length - 1
    })
    const request = `GET /${'x'.repeat(180)} HTTP/1.1\r\nHost: x\r\n\r\n`
    socket.write(request.repeat(5_000))
    await until(() => responses.length > 0)
    // whatever else would be read has been read when somebody else is heard
    const other = connect(server.port, '127.0.0.1').on('error', () => {})
    const heard = responses.length
    other.write('GET /other HTTP/1.1\r\nHost: x\r\n\r\n')
    await until(() => responses.some(({ req }) => req.url === '/other'))
    other.destroy()
    expect(heard).toBeLessThan(1_000)
    expect(responses.length).toBeLessThan(1_000)
    while (answered < 5_000) {
      for (const response of responses.splice(0)) response.end()
      await new Promise((resolve) => setImmediate(resolve))
    }
    socket.destroy()
  })
})

describe('readBody', () => {
  /** Sends half of a body, and hangs up once the server has the request; what the server's `read` came to. */
  async function hangUp(read: (request: IncomingMessage) => Promise<unknown>): Promise<unknown> {
    const arrived = Promise.withResolvers<void>()
    const outcome = Promise.withResolvers<unknown>()
    const server = await serve((incoming) => {
      arrived.resolve()
      read(incoming).then(outcome.resolve, outcome.resolve)
    })
    const outgoing = request({
      port: server.port,
      host: '127.0.0.1',
      method: 'POST',
      headers: { 'content-length': 10 },
    })
    outgoing.on('error', () => {})
    outgoing.write('half')
    await arrived.promise
    outgoing.destroy()
    return outcome.promise
  }

  it('gives up when the caller hangs up in the middle', async () => {
    expect(await hangUp((incoming) => readBody(incoming, 100))).toBeInstanceOf(CallerGone)
  })

  it('gives up at once when the caller had hung up before', async () => {
    const late = async (incoming: IncomingMessage) => {
      const closed = new Promise((resolve) => incoming.once('close', resolve))
      incoming.on('error', () => {})
      await closed
      return readBody(incoming, 100)
    }
    expect(await hangUp(late)).toBeInstanceOf(CallerGone)
  })
})
