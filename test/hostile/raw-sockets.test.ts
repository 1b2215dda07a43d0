import { once } from 'node:events'
import { connect, type Socket } from 'node:net'
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import fc from 'fast-check'
import { IS_FULL_RUN } from '../helpers/full-run.ts'
import { openTarget, type Target } from './helpers/target.ts'

const ROUNDS = IS_FULL_RUN ? 5_000 : 600
const AT_ONCE = 20
const SEED = 20261127
const GIVE_UP_MS = 300

let target: Target
beforeAll(async () => {
  target = await openTarget()
})
afterAll(() => target.close())

const NOWHERE = '01890000-0000-7000-8000-000000000000'
const WEBHOOK = `/webhooks/shopify/${NOWHERE}`
const head = (...lines: string[]) => `${lines.join('\r\n')}\r\n\r\n`

/** What is sent: whole, broken, or half of something that never comes. */
const MESSAGES: readonly string[] = [
  head('CONNECT 127.0.0.1:22 HTTP/1.1', 'Host: x'),
  head('CONNECT / HTTP/1.1'),
  head('GET /healthz HTTP/1.1', 'Host: x'),
  head(
    'GET /healthz HTTP/1.1',
    'Host: x',
    'Connection: Upgrade',
    'Upgrade: websocket',
    'Sec-WebSocket-Key: eA==',
  ),
  head(
    'POST /schema/streak/record HTTP/1.1',
    'Host: x',
    'Connection: Upgrade, HTTP2-Settings',
    'Upgrade: h2c',
  ),
  'PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n\x00\x00\x00\x04\x00\x00\x00\x00\x00',
  `${head(`POST ${WEBHOOK} HTTP/1.1`, 'Host: x', 'Content-Length: 20')}half of it`,
  `${head(`POST ${WEBHOOK} HTTP/1.1`, 'Host: x', 'Expect: 100-continue', 'Content-Length: 5')}12345`,
  head('POST /schema/streak/record HTTP/1.1', 'Host: x', 'Expect: the unexpected', 'Content-Length: 5'),
  `${head(`POST ${WEBHOOK} HTTP/1.1`, 'Host: x', 'Transfer-Encoding: chunked')}5\r\n12345\r\nffffffffff\r\nx`,
  `${head(`POST ${WEBHOOK} HTTP/1.1`, 'Host: x', 'Transfer-Encoding: chunked')}0\r\n\r\nGET /healthz HTTP/1.1\r\n\r\n`,
  head('POST / HTTP/1.1', 'Host: x', 'Content-Length: 5', 'Transfer-Encoding: chunked'),
  head('GET relative HTTP/1.1', 'Host: x'),
  head('OPTIONS * HTTP/1.1', 'Host: x'),
  head('GET / HTTP/9.9'),
  head('GET / HTTP/1.1', 'Host: x', `X: ${'y'.repeat(70_000)}`),
  head('NONSENSE'),
  '\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03',
  '\x00'.repeat(64),
  head('GET /healthz HTTP/1.1', 'Host: x').repeat(50),
]

const round = fc.record({
  message: fc.constantFrom(...MESSAGES),
  /** Where it ends, as a share of its length; half of them are whole. */
  share: fc.oneof(fc.constant(1), fc.double({ min: 0, max: 1, noNaN: true })),
  damage: fc.option(fc.record({ at: fc.nat(), byte: fc.integer({ min: 0, max: 255 }) })),
  ending: fc.constantFrom('reset', 'reset', 'reset after an answer', 'end', 'wait'),
})
type Round = typeof round extends fc.Arbitrary<infer T> ? T : never

function bytesOf({ message, share, damage }: Round): Buffer {
  const bytes = Buffer.from(message, 'latin1')
  if (damage !== null) bytes[damage.at % bytes.length] = damage.byte
  return bytes.subarray(0, Math.ceil(bytes.length * share))
}

async function play(one: Round): Promise<void> {
  const socket = connect(target.port, '127.0.0.1')
  const closed = new Promise((resolve) => socket.once('close', resolve))
  socket.on('error', () => {})
  await Promise.race([once(socket, 'connect'), closed])
  await new Promise<void>((resolve) => socket.write(bytesOf(one), () => resolve()))
  if (one.ending === 'reset') socket.resetAndDestroy()
  else if (one.ending === 'end') socket.end()
  await endSoon(socket, closed, one.ending === 'reset after an answer')
}

/** Whatever it is that the other side does. */
async function endSoon(socket: Socket, closed: Promise<unknown>, onAnswer: boolean): Promise<void> {
  const give = setTimeout(() => socket.resetAndDestroy(), GIVE_UP_MS)
  socket.on('data', () => {
    if (onAnswer) socket.resetAndDestroy()
  })
  await closed
  clearTimeout(give)
}

async function isServed(): Promise<boolean> {
  const response = await fetch(`${target.origin}/healthz`)
  return response.ok
}

const unexpected = (lines: readonly { level: string; message: string }[]) =>
  lines.filter(({ level, message }) => level === 'error' && !/redis/i.test(message))

describe('raw connections', () => {
  it('that ask for CONNECT and reset it end nothing', async () => {
    const resets = Array.from({ length: 200 }, () =>
      play({ message: MESSAGES[0]!, share: 1, damage: null, ending: 'reset' }),
    )
    await Promise.all(resets)
    expect(await isServed()).toBe(true)
    expect(unexpected((await target.look()).lines)).toEqual([])
  })

  it(`survive ${ROUNDS} broken, upgraded and reset ones, and nothing of them is unexpected`, async () => {
    const rounds = fc.sample(round, { numRuns: ROUNDS, seed: SEED })
    const players = Array.from({ length: AT_ONCE }, async () => {
      for (let one = rounds.pop(); one !== undefined; one = rounds.pop()) await play(one)
    })
    await Promise.all(players)
    expect(await isServed()).toBe(true)
    expect(unexpected((await target.look()).lines)).toEqual([])
  })
})
