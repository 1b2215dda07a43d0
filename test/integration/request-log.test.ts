import { afterEach, beforeEach, describe, expect, it } from '@jest/globals'
import { type Api, type Client, startApi } from '../helpers/api.ts'
import { sendRaw } from '../helpers/raw-http.ts'
import { until } from '../helpers/until.ts'

const STREAKS = '/schema/streak/record'
const WITHIN_MS = 120_000

let api: Api
let admin: Client
beforeEach(async () => {
  api = await startApi({ trustProxyHops: 1 })
  admin = await api.account('log')
})
afterEach(() => api.close())

type Fields = Record<string, unknown>
const lines = (message: string): Fields[] =>
  api.lines.filter((line) => line.message === message).map(({ fields }) => fields as Fields)
const from = (address: string) => ({ 'x-forwarded-for': address })
const unknown = (address = '192.0.2.1') =>
  api.send(`/webhooks/shopify/${crypto.randomUUID()}`, { method: 'POST', body: '{}', headers: from(address) })

describe('the log of requests', () => {
  it('names the address of whoever is refused, and of nobody else', async () => {
    await api.send(STREAKS, { headers: { ...from('192.0.2.1'), 'x-api-key': 'a', 'x-api-secret': 'b' } })
    await api.send('/nowhere', { headers: from('2001:db8::1') })
    await admin.get(STREAKS)
    await admin.get(`${STREAKS}/nowhere`)
    await until(() => lines('request').length === 4, WITHIN_MS)
    expect(lines('request').map(({ status, address }) => [status, address])).toEqual([
      [401, '192.0.2.1'],
      [404, '2001:db8:0:0::/64'],
      [200, undefined],
      [404, undefined],
    ])
  })

  it('has a flood of unknown addresses once a second, with their number', async () => {
    const senders = ['192.0.2.1', '192.0.2.2']
    await Promise.all(Array.from({ length: 100 }, (_, at) => unknown(senders[at % 2])))
    await until(() => lines('requests left out of the log').length > 0, WITHIN_MS)
    const [first, ...more] = lines('request')
    const left = lines('requests left out of the log')
    expect(first).toMatchObject({ status: 404, code: 'NOT_FOUND', requestId: expect.any(String) })
    expect(left[0]).toMatchObject({
      route: '/webhooks/{platform}/{connectorId}',
      status: 404,
      code: 'NOT_FOUND',
      addresses: expect.arrayContaining(senders),
    })
    // on a busy machine they may take more than a second
    expect(more.length).toBeLessThan(3)
    const counted = () => lines('requests left out of the log').map(({ leftOut }) => Number(leftOut))
    await until(
      () => counted().reduce((sum, count) => sum + count, 0) + lines('request').length === 100,
      WITHIN_MS,
    )
  })

  it('has twenty others that are refused each second, and the number of the rest', async () => {
    const wrong = { ...from('192.0.2.1'), 'x-api-key': 'a', 'x-api-secret': 'b' }
    await Promise.all(Array.from({ length: 60 }, () => api.send(STREAKS, { headers: wrong })))
    await until(() => lines('requests left out of the log').length > 0, WITHIN_MS)
    expect(lines('request').length).toBeGreaterThanOrEqual(20)
    expect(lines('request').length).toBeLessThan(60)
    expect(lines('requests left out of the log')[0]).toMatchObject({
      code: 'UNAUTHENTICATED',
      addresses: ['192.0.2.1'],
    })
  })

  it('has each request of those who may call, however many', async () => {
    await Promise.all(Array.from({ length: 60 }, () => admin.get(`${STREAKS}/nowhere`)))
    await until(() => lines('request').length === 60, WITHIN_MS)
  })

  it('names at most five addresses of a flood', async () => {
    await Promise.all(Array.from({ length: 40 }, (_, at) => unknown(`192.0.2.${at}`)))
    await until(() => lines('requests left out of the log').length > 0, WITHIN_MS)
    expect((lines('requests left out of the log')[0]!.addresses as string[]).length).toBe(5)
  })

  it('has what is no request at all, with its address', async () => {
    for (let count = 0; count < 30; count += 1) await sendRaw(api.origin, 'NONSENSE\r\n\r\n')
    await until(() => lines('requests left out of the log').length > 0, WITHIN_MS)
    expect(lines('connection refused')[0]).toMatchObject({ code: 'INVALID_INPUT', address: '127.0.0.1' })
  })
})
