import { connect } from 'node:net'
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import { takeAnswer } from '../helpers/raw-http.ts'
import { openTarget, type Target } from './helpers/target.ts'

const GUESSES = 400
const OPERATOR = { user: 'operator', password: 'a password for operators' }

let target: Target
beforeAll(async () => {
  target = await openTarget({ config: { requestsPerAddress: 20, operator: OPERATOR } })
})
afterAll(() => target.close())

/** Sends all at once on one connection; the statuses of the answers. */
async function pipelined(requests: readonly string[]): Promise<number[]> {
  const socket = connect(target.port, '127.0.0.1')
  let received: Buffer = Buffer.alloc(0)
  const statuses: number[] = []
  const all = Promise.withResolvers<void>()
  socket.on('error', all.reject).on('close', () => all.resolve())
  socket.on('data', (chunk) => {
    received = Buffer.concat([received, chunk])
    for (let taken = takeAnswer(received); taken !== null; taken = takeAnswer(received)) {
      statuses.push(taken.answer.status ?? 0)
      received = taken.rest as Buffer
    }
    if (statuses.length >= requests.length) all.resolve()
  })
  socket.write(requests.join(''))
  await all.promise
  socket.destroy()
  return statuses
}

const get = (path: string, headers: Readonly<Record<string, string>>) =>
  `GET ${path} HTTP/1.1\r\nHost: x\r\n${Object.entries(headers)
    .map(([name, value]) => `${name}: ${value}\r\n`)
    .join('')}\r\n`
const basic = (password: string) => ({
  authorization: `Basic ${Buffer.from(`${OPERATOR.user}:${password}`).toString('base64')}`,
})
const many = (one: (at: number) => string) => Array.from({ length: GUESSES }, (_, at) => one(at))

describe('guesses that are sent without waiting for answers', () => {
  it('at the password of operators are judged ten times, and then that address waits', async () => {
    await target.look()
    const statuses = await pipelined(many((at) => get('/ops/queues', basic(`guess ${at}`))))
    expect(statuses.filter((status) => status === 401)).toHaveLength(10)
    expect(statuses.filter((status) => status === 429)).toHaveLength(GUESSES - 10)
    const right = await fetch(`${target.origin}/ops/queues`, { headers: basic(OPERATOR.password) })
    expect(right.status).toBe(429)
    expect(Number(right.headers.get('retry-after'))).toBeGreaterThan(14 * 60)
    const { lines } = await target.look()
    const said = lines.filter(({ message }) => message.includes('wrong operator passwords'))
    expect(said).toMatchObject([{ level: 'warn', fields: { address: '127.0.0.1' } }])
  })

  it('at an API secret do not keep its owner out', async () => {
    const path = '/schema/streak/record'
    const own = { headers: target.credentials }
    expect((await fetch(`${target.origin}${path}`, own)).status).toBe(200)
    const guess = (at: number) => get(path, { ...target.credentials, 'x-api-secret': `guess ${at}` })
    const statuses = await pipelined(many(guess))
    // some come back while they are sent
    expect(statuses.filter((status) => status === 401).length).toBeLessThan(60)
    expect(new Set(statuses)).toEqual(new Set([401, 429]))
    expect((await fetch(`${target.origin}${path}`, own)).status).toBe(200)
  })
})
