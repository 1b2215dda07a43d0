import { randomUUID } from 'node:crypto'
import { once } from 'node:events'
import { connect } from 'node:net'
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import { IS_FULL_RUN } from '../helpers/full-run.ts'
import { type RawAnswer, sendRaw, takeAnswer } from '../helpers/raw-http.ts'
import { shopifyOrder, shopifyRequest } from '../helpers/signed.ts'
import { until } from '../helpers/until.ts'
import { holdsLoop } from './helpers/quiet-loop.ts'
import { openTarget, type Target } from './helpers/target.ts'

const MIB = 1024 * 1024
const MAX_BODY = 8 * MIB
const SECRET = 'whsec_of_the_hostile_tests'
const CONNECTIONS = IS_FULL_RUN ? 300 : 60
const PIECES = IS_FULL_RUN ? 1_000_000 : 400_000
const BUDGET_BYTES = 64 * MIB

let target: Target
let path: string
let otherPath: string
beforeAll(async () => {
  target = await openTarget({ config: { bodyBudgetBytes: BUDGET_BYTES } })
  const streak = await target.create('streak', { name: 'orders', status: 'live', aggregationTargetValue: 1 })
  const connector = async (name: string) => {
    const { webhookPath } = await target.create<{ webhookPath: string }>('connector', {
      name,
      platform: 'shopify',
      credentials: { webhookSecrets: [SECRET] },
      settings: { shopDomain: 'example.myshopify.com' },
      rules: [{ streakId: streak.id }],
    })
    return webhookPath
  }
  path = await connector('attacked')
  otherPath = await connector('beside it')
})
afterAll(() => target.close())

interface Sender {
  /** The first answer; null when the connection ended without one. */
  readonly answer: Promise<RawAnswer | null>
  readonly sent: Promise<void>
  hangUp(): void
}

/** Sends `bytes` of a body that says it is longer, and stays. */
function sendBody(to: string, bytes: number, announced = MAX_BODY): Sender {
  const socket = connect(target.port, '127.0.0.1')
  const answered = Promise.withResolvers<RawAnswer | null>()
  let received = Buffer.alloc(0)
  socket.on('data', (chunk) => {
    received = Buffer.concat([received, chunk])
    const taken = takeAnswer(received)
    if (taken !== null) answered.resolve(taken.answer)
  })
  socket.on('error', () => {}).on('close', () => answered.resolve(null))
  socket.write(`POST ${to} HTTP/1.1\r\nHost: x\r\nContent-Length: ${announced}\r\n\r\n`)
  const sent = new Promise<void>((resolve) => {
    socket.once('close', () => resolve())
    socket.write(Buffer.alloc(bytes, 0x20), () => resolve())
  })
  return { answer: answered.promise, sent, hangUp: () => socket.resetAndDestroy() }
}

async function deliver(to: string, body: string): Promise<number> {
  const request = shopifyRequest({ body, secret: SECRET })
  const response = await fetch(`${target.origin}${to}`, {
    method: 'POST',
    headers: request.headers,
    body: new Uint8Array(request.body),
  })
  const text = await response.text()
  if (response.status >= 500) throw new Error(text)
  return response.status
}

const order = () => shopifyOrder({ id: Math.floor(Math.random() * 1e12) + 1 })

describe('bodies of webhooks', () => {
  it('to connectors that do not exist are answered before they are read, and never held', async () => {
    const { peakBytes } = await target.look()
    const senders = Array.from({ length: CONNECTIONS }, () =>
      sendBody(`/webhooks/shopify/${randomUUID()}`, MAX_BODY - 1),
    )
    const answers = await Promise.all(senders.map(({ answer }) => answer))
    await Promise.all(senders.map(({ sent }) => sent))
    expect(new Set(answers.map((answer) => answer?.status))).toEqual(new Set([404]))
    const grown = (await target.look()).peakBytes - peakBytes
    for (const sender of senders) sender.hangUp()
    expect(grown).toBeLessThan(256 * MIB)
  })

  it('of one connector are held up to its share, other large ones are 503, and small ones are served', async () => {
    const { peakBytes } = await target.look()
    const senders = Array.from({ length: CONNECTIONS }, () => sendBody(path, MAX_BODY - 1))
    await Promise.all(senders.map(({ sent }) => sent))
    expect(await deliver(otherPath, order())).toBe(200)
    expect(await deliver(path, order())).toBe(200)
    const refused: (RawAnswer | null)[] = []
    for (const { answer } of senders) void answer.then((one) => refused.push(one))
    await until(() => refused.length >= CONNECTIONS - BUDGET_BYTES / 4 / MAX_BODY - 1)
    for (const answer of refused as RawAnswer[]) {
      expect(answer).toMatchObject({ status: 503 })
      expect(answer.headers.get('retry-after')).toBe('1')
      expect(JSON.parse(answer.body).error.code).toBe('OVERLOADED')
    }
    const grown = (await target.look()).peakBytes - peakBytes
    for (const sender of senders) sender.hangUp()
    expect(grown).toBeLessThan(4 * BUDGET_BYTES)
  })

  it('are forgotten with their connections, so that the next is taken', async () => {
    expect(await deliver(path, order())).toBe(200)
  })

  it('in very many pieces cost no more than their bytes', async () => {
    const { peakBytes } = await target.look()
    const pieces = '1\r\nx\r\n'.repeat(PIECES)
    const head = `POST ${path} HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n`
    expect((await sendRaw(target.origin, `${head}${pieces}0\r\n\r\n`)).status).toBe(401)
    const grown = (await target.look()).peakBytes - peakBytes
    expect(grown).toBeLessThan(96 * MIB)
  })

  it('of 8 MiB in 550,000 line items hold up nobody else', async () => {
    const item = '{"quantity":1},'
    const big = () => {
      const start = JSON.stringify({ ...JSON.parse(order()), line_items: ['#'] })
      return start.replace(
        '"#"',
        `${item.repeat(Math.floor((MAX_BODY - start.length - 20) / item.length))}{"quantity":1}`,
      )
    }
    const { longestMs, allowedMs } = await holdsLoop(target, async () => {
      expect(await deliver(path, big())).toBe(200)
    })
    expect(longestMs).toBeLessThanOrEqual(allowedMs)
  })

  it('that somebody else signed hold up nobody either', async () => {
    const { longestMs, allowedMs } = await holdsLoop(target, async () => {
      const headers = { ...shopifyRequest({ body: 'x', secret: 'somebody else' }).headers }
      const body = new Uint8Array(MAX_BODY)
      const response = await fetch(`${target.origin}${path}`, { method: 'POST', headers, body })
      expect(response.status).toBe(401)
    })
    expect(longestMs).toBeLessThanOrEqual(allowedMs)
  })
})

describe('bodies of the API', () => {
  it.each([
    ['numbers', `[${'0,'.repeat(MIB / 2 - 2)}0]`],
    ['lists', `[${'[],'.repeat(MIB / 3 - 2)}0]`],
    ['fields', `{${Array.from({ length: 60_000 }, (_, at) => `"${at.toString(36)}":1`).join()}}`],
    ['escapes', `[${'"\\u0041",'.repeat(MIB / 9 - 2)}0]`],
    ['one text', `{"name":"${'\\u0041'.repeat(MIB / 6 - 10)}"}`],
  ])('of 1 MiB of %s hold up nobody', async (_what, body) => {
    const { longestMs, allowedMs } = await holdsLoop(target, async () => {
      const response = await fetch(`${target.origin}/schema/streak/record`, {
        method: 'POST',
        headers: { ...target.credentials, 'content-type': 'application/json' },
        body,
      })
      expect(response.status).toBe(400)
    })
    expect(longestMs).toBeLessThanOrEqual(allowedMs)
  })
})

describe('connections', () => {
  it('that say nothing make room for those that do', async () => {
    const small = await openTarget({ config: { maxConnections: 20 } })
    const sockets = Array.from({ length: 60 }, () => connect(small.port, '127.0.0.1').on('error', () => {}))
    await Promise.all(sockets.map((socket) => once(socket, 'connect')))
    const response = await fetch(`${small.origin}/healthz`)
    expect(response.status).toBe(200)
    for (const socket of sockets) socket.destroy()
    await small.close()
  })
})
