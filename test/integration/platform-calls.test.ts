import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import { createPlatformCalls, type PlatformCallsOptions } from '../../src/platforms/calls.ts'
import { createOrigins } from '../../src/platforms/origins.ts'
import { NoAnswer } from '../../src/ports/platform-calls.ts'
import { type ScriptedServer, startScriptedServer } from '../helpers/scripted-server.ts'

let server: ScriptedServer
beforeAll(async () => {
  server = await startScriptedServer((response, { path }) => {
    if (path.startsWith('/hang')) return
    if (path.startsWith('/cut')) return void response.destroy()
    if (path.startsWith('/moved'))
      return void response.writeHead(302, { location: '/elsewhere' }).end('moved')
    if (path.startsWith('/large')) return void response.end('x'.repeat(8 * 1024 * 1024 + 1))
    response.writeHead(path.startsWith('/no') ? 422 : 200, { 'x-said': 'yes' }).end(`you asked ${path}`)
  })
})
afterAll(() => server.stop())

const callsOf = (options: Partial<PlatformCallsOptions> = {}) => {
  const origins = createOrigins(new Map([['shopify', `http://127.0.0.1:${server.port}`]]))
  return createPlatformCalls({ origins, ...options })
}
const get = (url: string, calls = callsOf(), platform = 'shopify') =>
  calls(platform, { method: 'GET', url, headers: { 'x-own': '1' } })
const failureOf = (answer: Promise<unknown>) =>
  answer.then(
    () => null,
    (error: unknown) => error,
  )

describe('requests to a platform that a double stands in for', () => {
  it('go there with path, query, body and headers as they are, and say whom they were meant for', async () => {
    const calls = callsOf()
    const answer = await calls('shopify', {
      method: 'POST',
      url: 'https://my-shop.myshopify.com/admin/api/2026-10/graphql.json?a=1%2F2&b',
      headers: { 'x-own': '1' },
      body: '{"query":"ü"}',
    })
    expect(answer).toMatchObject({ status: 200, text: expect.stringContaining('graphql.json?a=1%2F2&b') })
    expect(answer.headers['x-said']).toBe('yes')
    const seen = server.seen.at(-1)!
    expect(seen).toMatchObject({
      method: 'POST',
      path: '/admin/api/2026-10/graphql.json?a=1%2F2&b',
      body: '{"query":"ü"}',
      headers: { 'x-forwarded-host': 'my-shop.myshopify.com', 'x-own': '1', 'content-length': '14' },
    })
  })

  it('read refusals too, and follow no redirect', async () => {
    expect(await get('https://a.myshopify.com/no')).toMatchObject({ status: 422, text: 'you asked /no' })
    expect(await get('https://a.myshopify.com/moved')).toMatchObject({ status: 302, text: 'moved' })
    expect(server.seen.at(-1)!.path).toBe('/moved')
  })

  it('have no answer that is cut, late, too large or nowhere to be had, and name nothing but the host', async () => {
    const calls = callsOf({ timeoutMs: 300 })
    for (const path of ['/cut?token=hush', '/hang?token=hush', '/large?token=hush']) {
      const failure = await failureOf(
        get(`https://a.myshopify.com${path}`, path.startsWith('/large') ? callsOf() : calls),
      )
      expect(failure).toBeInstanceOf(NoAnswer)
      expect((failure as NoAnswer).message).toMatch(/^a\.myshopify\.com/)
      expect((failure as NoAnswer).message).not.toContain('hush')
      expect((failure as NoAnswer).mayPass).toBe(true)
    }
  })

  it('are ended by the signal of the caller', async () => {
    const abort = new AbortController()
    const answer = callsOf()('shopify', {
      method: 'GET',
      url: 'https://a.myshopify.com/hang',
      headers: {},
      signal: abort.signal,
    })
    abort.abort()
    expect(await failureOf(answer)).toBeInstanceOf(NoAnswer)
  })
})

describe('requests to an address that a tenant chose', () => {
  it.each([
    ['http://shop.example.com/', 'must begin with https://'],
    ['https://10.0.0.1/', 'must not point to a private'],
    ['https://[::1]/', 'must not point to a private'],
    ['https://user:password@shop.example.com/', 'must not hold a user name'],
  ])('are not sent to %s', async (url, why) => {
    const failure = (await failureOf(get(url, callsOf(), 'woocommerce'))) as NoAnswer
    expect([failure.message, failure.mayPass]).toEqual([expect.stringContaining(why), false])
  })

  it('are not sent to a name that leads inside', async () => {
    const calls = callsOf({
      resolve: async () => [{ address: '127.0.0.1', family: 4 }],
      refusesAfterMs: 0,
    })
    const before = server.seen.length
    const failure = (await failureOf(
      get(`https://shop.example.com:${server.port}/`, calls, 'woocommerce'),
    )) as NoAnswer
    expect([failure.message, failure.mayPass]).toEqual(['shop.example.com has no public address', false])
    expect(server.seen.length).toBe(before)
  })

  it('are sent to a host that the operator trusts', async () => {
    const host = `127.0.0.1:${server.port}`
    const calls = callsOf({ allowedHosts: [host] })
    const answer = await get(`http://${host}/wp-json`, calls, 'woocommerce')
    expect(answer.status).toBe(200)
    expect(server.seen.at(-1)!.headers['x-forwarded-host']).toBeUndefined()
  })
})

describe('the address that a browser is sent to', () => {
  it('is that of the double, with the shop it was meant for', () => {
    const origins = createOrigins(new Map([['shopify', 'http://127.0.0.1:9001']]))
    const url = 'https://my-shop.myshopify.com/admin/oauth/authorize?client_id=1&state=2'
    expect(origins.forBrowser('shopify', url)).toBe(
      'http://127.0.0.1:9001/admin/oauth/authorize?client_id=1&state=2&shop=my-shop.myshopify.com',
    )
    expect(origins.forBrowser('stripe', url)).toBe(url)
  })
})
