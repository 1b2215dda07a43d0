import type { LookupAddress } from 'node:dns'
import type { ServerResponse } from 'node:http'
import { afterEach, describe, expect, it } from '@jest/globals'
import { createHttpProvider, type HttpProviderOptions } from '../../src/coupons/http.ts'
import { isSignedBy, sign, signingKey } from '../../src/coupons/signature.ts'
import { request } from '../../src/outgoing/request.ts'
import type { CouponRequest, IssueOutcome } from '../../src/ports/coupon-provider.ts'
import { couponRequest, newSigningSecret } from '../helpers/coupon-requests.ts'
import { type ScriptedServer, type SeenRequest, startScriptedServer } from '../helpers/scripted-server.ts'

const NOW = Date.parse('2026-11-22T10:00:00Z')
const signingSecret = newSigningSecret()
const servers: ScriptedServer[] = []

afterEach(async () => {
  await Promise.all(servers.splice(0).map((server) => server.stop()))
})

async function serve(
  answer: (response: ServerResponse, request: SeenRequest) => void,
): Promise<ScriptedServer> {
  const server = await startScriptedServer(answer)
  servers.push(server)
  return server
}

function sendJson(response: ServerResponse, body: unknown, status = 200): void {
  response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body))
}

function providerFor(server: ScriptedServer, options: Partial<HttpProviderOptions> = {}) {
  return createHttpProvider({ clock: { now: () => NOW }, allowedHosts: [server.host], ...options })
}

function ask(
  server: ScriptedServer,
  given: Partial<CouponRequest> = {},
  options: Partial<HttpProviderOptions> = {},
): Promise<IssueOutcome> {
  const settings = { url: server.url }
  return providerFor(server, options).issue(
    couponRequest({ settings, credentials: { signingSecret }, ...given }),
  )
}

async function askOf(answer: (response: ServerResponse) => void): Promise<IssueOutcome> {
  return ask(await serve(answer))
}

describe('the request of the http provider', () => {
  it('carries what the coupon needs, a key, and a signature over both', async () => {
    const server = await serve((response) => sendJson(response, { code: 'THEIRS' }))
    const request = couponRequest({
      settings: { url: `${server.url}?shop=1` },
      credentials: { signingSecret },
      minimumSubtotal: '25.00',
      discount: { amount: '5.00', currency: 'EUR' },
      expiresAt: Date.parse('2026-12-22T10:00:00Z'),
      member: { id: 'm', externalId: 'größe' },
    })
    await providerFor(server).issue(request)
    const [seen] = server.seen
    if (seen === undefined) throw new Error('no request arrived')
    expect(seen).toMatchObject({ method: 'POST', path: '/coupons?shop=1' })
    expect(JSON.parse(seen.body)).toEqual({
      idempotencyKey: request.rewardLogId,
      rewardLogId: request.rewardLogId,
      accountId: request.accountId,
      streakId: request.streakId,
      milestoneId: request.milestoneId,
      member: { id: 'm', externalId: 'größe' },
      code: request.code,
      discount: { amount: '5.00', currency: 'EUR' },
      minimumSubtotal: '25.00',
      expiresAt: '2026-12-22T10:00:00.000Z',
    })
    expect(seen.headers['idempotency-key']).toBe(request.rewardLogId)
    expect(seen.headers['webhook-id']).toBe(request.rewardLogId)
    expect(seen.headers['webhook-timestamp']).toBe(String(NOW / 1000))
    const key = signingKey(signingSecret)
    const message = { id: request.rewardLogId, timestampSeconds: NOW / 1000, body: seen.body }
    expect(key !== null && isSignedBy(key, message, String(seen.headers['webhook-signature']))).toBe(true)
  })

  it('carries two signatures with a space between while the secret is exchanged, the new one first', async () => {
    const server = await serve((response) => sendJson(response, { code: 'C' }))
    const previousSigningSecret = newSigningSecret()
    const request = couponRequest({
      settings: { url: server.url },
      credentials: { signingSecret, previousSigningSecret },
    })
    expect(await providerFor(server).issue(request)).toMatchObject({ outcome: 'issued' })
    const { headers, body } = server.seen[0]!
    const message = { id: request.rewardLogId, timestampSeconds: NOW / 1000, body }
    expect(headers['webhook-signature']).toBe(
      [signingSecret, previousSigningSecret].map((secret) => sign(signingKey(secret)!, message)).join(' '),
    )
  })

  it('has the same body in every attempt', async () => {
    const server = await serve((response) => sendJson(response, {}, 500))
    const request = couponRequest({ settings: { url: server.url }, credentials: { signingSecret } })
    const later = createHttpProvider({ clock: { now: () => NOW + 86_400_000 }, allowedHosts: [server.host] })
    await providerFor(server).issue(request)
    await later.issue(request)
    expect(server.seen[0]?.body).toBe(server.seen[1]?.body)
    expect(server.seen[0]?.headers['webhook-signature']).not.toBe(
      server.seen[1]?.headers['webhook-signature'],
    )
  })
})

describe('answers that issue', () => {
  it.each([200, 201])('%d with a code: the code of the service wins', async (status) => {
    const outcome = await askOf((response) => sendJson(response, { code: 'THEIRS', more: true }, status))
    expect(outcome).toEqual({ outcome: 'issued', code: 'THEIRS', expiresAt: null })
  })

  it.each([
    ['2026-12-01T00:00:00Z', '2026-12-01T00:00:00.000Z'],
    ['2026-12-01T00:00:00.5+02:00', '2026-11-30T22:00:00.500Z'],
    ['2026-12-01T00:00:00.123999Z', '2026-12-01T00:00:00.123Z'],
  ])('with an expiry of %s', async (expiresAt, meant) => {
    const outcome = await askOf((response) => sendJson(response, { code: 'THEIRS', expiresAt }))
    expect(outcome).toEqual({ outcome: 'issued', code: 'THEIRS', expiresAt: Date.parse(meant) })
  })

  it('with an expiry of null', async () => {
    const outcome = await askOf((response) => sendJson(response, { code: 'x'.repeat(128), expiresAt: null }))
    expect(outcome).toEqual({ outcome: 'issued', code: 'x'.repeat(128), expiresAt: null })
  })
})

describe('answers that make no sense are asked for again', () => {
  it.each<[string, (response: ServerResponse) => void]>([
    ['no body', (response) => response.writeHead(204).end()],
    ['a page', (response) => response.writeHead(200).end('<html>welcome</html>')],
    ['half a JSON', (response) => response.writeHead(200).end('{"code":"A"')],
    [
      'bytes that are no UTF-8',
      (response) => response.writeHead(200).end(Buffer.from('{"code":"\xff"}', 'latin1')),
    ],
    ['an array', (response) => sendJson(response, ['A'])],
    ['no code', (response) => sendJson(response, { coupon: 'A' })],
    ['a number', (response) => sendJson(response, { code: 7 })],
    ['an empty code', (response) => sendJson(response, { code: '' })],
    ['a code of 129 characters', (response) => sendJson(response, { code: 'x'.repeat(129) })],
    ['a code with NUL', (response) => sendJson(response, { code: 'A\0' })],
    ['a code with a line feed', (response) => sendJson(response, { code: 'A\n' })],
    ['a lone surrogate', (response) => response.writeHead(200).end('{"code":"\\ud800"}')],
    [
      'a date without a zone',
      (response) => sendJson(response, { code: 'A', expiresAt: '2026-12-01T00:00:00' }),
    ],
    ['a day', (response) => sendJson(response, { code: 'A', expiresAt: '2026-12-01' })],
    [
      'a date that does not exist',
      (response) => sendJson(response, { code: 'A', expiresAt: '2026-02-30T00:00:00Z' }),
    ],
    ['seconds', (response) => sendJson(response, { code: 'A', expiresAt: 1795343400 })],
    [
      'an answer that breaks off',
      (response) => {
        response.writeHead(200, { 'content-length': '100' }).write('{"code":"A"')
        setImmediate(() => response.destroy())
      },
    ],
  ])('%s', async (_, answer) => {
    expect(await askOf(answer)).toMatchObject({
      outcome: 'retry',
      reason: expect.stringMatching(/^PROVIDER_(ANSWER_INVALID|UNREACHABLE): /),
      retryAfterMs: null,
    })
  })

  it('one that is larger than 64 KiB is not read to its end', async () => {
    const server = await serve((response) => {
      response.writeHead(200)
      const more = () => {
        while (response.write('x'.repeat(16_384))) {}
      }
      response.on('drain', more)
      more()
    })
    expect(await ask(server)).toMatchObject({
      outcome: 'retry',
      reason: expect.stringContaining('65536 bytes'),
    })
    await server.allClosed()
  })
})

describe('statuses', () => {
  it.each([408, 409, 425, 429, 500, 502, 503, 504, 599])('%d is asked again', async (status) => {
    expect(await askOf((response) => sendJson(response, { secret: 'x' }, status))).toEqual({
      outcome: 'retry',
      // an earlier request that is still running is no fault
      trouble: status === 409 ? 'running' : 'fault',
      reason: `PROVIDER_UNAVAILABLE: the coupon service answered ${status}`,
      retryAfterMs: null,
    })
  })

  it.each([429, 503])('%d says how long to wait', async (status) => {
    for (const [header, waitMs] of [
      ['7', 7_000],
      ['Sun, 22 Nov 2026 10:00:30 GMT', 30_000],
      ['soon', null],
    ] as const) {
      const outcome = await askOf((response) => response.writeHead(status, { 'retry-after': header }).end())
      const trouble = status === 429 && waitMs !== null ? 'throttled' : 'fault'
      expect(outcome).toMatchObject({ outcome: 'retry', trouble, retryAfterMs: waitMs })
    }
  })

  it.each([400, 401, 403, 404, 410, 422])('%d fails, and says nothing of the body', async (status) => {
    const outcome = await askOf((response) => sendJson(response, { error: 'key sk_live_123 is bad' }, status))
    expect(outcome).toEqual({
      outcome: 'failed',
      reason: `PROVIDER_REFUSED: the coupon service answered ${status}`,
    })
  })

  it.each([301, 302, 307, 308])('%d is not followed', async (status) => {
    const target = await serve((response) => sendJson(response, { code: 'A' }))
    const outcome = await askOf((response) => response.writeHead(status, { location: target.url }).end())
    expect(outcome).toMatchObject({
      outcome: 'failed',
      reason: expect.stringContaining('redirects are not followed'),
    })
    expect(target.seen).toEqual([])
  })
})

describe('the connection', () => {
  it('is given up when headers do not come in time', async () => {
    const server = await serve(() => {})
    expect(await ask(server, { signal: AbortSignal.timeout(50) })).toMatchObject({
      outcome: 'retry',
      reason: expect.stringMatching(/^PROVIDER_TIMEOUT/),
    })
    await server.allClosed()
  })

  it('is given up when the body trickles in too slowly', async () => {
    const server = await serve((response) => response.writeHead(200).write('{'))
    expect(await ask(server, { signal: AbortSignal.timeout(100) })).toMatchObject({
      reason: expect.stringMatching(/^PROVIDER_TIMEOUT/),
    })
    await server.allClosed()
  })

  it('is given up when the caller gives up, before or during the request', async () => {
    const caller = new AbortController()
    const server = await serve(() => caller.abort())
    expect(await ask(server, { signal: caller.signal })).toMatchObject({ outcome: 'retry' })
    expect(await ask(server, { signal: AbortSignal.abort() })).toMatchObject({ outcome: 'retry' })
    expect(server.seen).toHaveLength(1)
    await server.allClosed()
  })

  it('is given up when the name is not resolved in time', async () => {
    const provider = createHttpProvider({
      clock: { now: () => NOW },
      resolve: () => new Promise(() => {}),
    })
    const settings = { url: 'https://coupons.example/' }
    const signal = AbortSignal.timeout(50)
    expect(
      await provider.issue(couponRequest({ settings, credentials: { signingSecret }, signal })),
    ).toMatchObject({
      outcome: 'retry',
      reason: expect.stringMatching(/^PROVIDER_TIMEOUT/),
    })
  })

  it('is kept for the next request after a good answer, and no longer than two seconds', async () => {
    const server = await serve((response) => sendJson(response, { code: 'A' }))
    const provider = providerFor(server)
    const request = couponRequest({ settings: { url: server.url }, credentials: { signingSecret } })
    await provider.issue(request)
    await provider.issue(request)
    expect(server.connections()).toBe(1)
    expect(server.openConnections()).toBe(1)
    await server.allClosed()
  })

  it('that was kept and is closed by the service meanwhile is replaced: the request is sent once more', async () => {
    let answers = 0
    const server = await serve((response) => {
      answers += 1
      if (answers === 2) response.destroy()
      else sendJson(response, { code: 'A' })
    })
    const provider = providerFor(server)
    const request = couponRequest({ settings: { url: server.url }, credentials: { signingSecret } })
    await provider.issue(request)
    expect(await provider.issue(request)).toMatchObject({ outcome: 'issued' })
    expect(server.connections()).toBe(2)
    expect(server.seen[2]).toMatchObject({ body: server.seen[1]!.body })
  })

  it('that is new and closed without an answer is not replaced at once', async () => {
    const server = await serve((response) => response.destroy())
    expect(await ask(server)).toMatchObject({ outcome: 'retry' })
    expect(server.seen).toHaveLength(1)
  })

  it('is not kept open for long after an answer, whatever its status', async () => {
    for (const status of [200, 302, 404, 503]) {
      const server = await serve((response) => {
        response.writeHead(status, { connection: 'keep-alive' }).end(JSON.stringify({ code: 'A' }))
      })
      await ask(server)
      await server.allClosed()
      expect(server.openConnections()).toBe(0)
    }
  })

  it('that nobody takes is tried again', async () => {
    const server = await serve(() => {})
    await server.stop()
    servers.splice(0)
    expect(await ask(server)).toEqual({
      outcome: 'retry',
      trouble: 'fault',
      reason: 'PROVIDER_UNREACHABLE: the coupon service could not be reached (ECONNREFUSED)',
      retryAfterMs: null,
    })
  })
})

describe('internal addresses', () => {
  async function askAt(
    url: string,
    resolve?: (hostname: string) => Promise<LookupAddress[]>,
    options: Partial<HttpProviderOptions> = {},
    given: Partial<CouponRequest> = {},
  ): Promise<IssueOutcome> {
    const provider = createHttpProvider({
      clock: { now: () => NOW },
      refusesAfterMs: 0,
      ...options,
      ...(resolve === undefined ? {} : { resolve }),
    })
    return provider.issue(couponRequest({ settings: { url }, credentials: { signingSecret }, ...given }))
  }

  it('behind a name are refused, without telling them', async () => {
    const server = await serve((response) => sendJson(response, { code: 'A' }))
    const outcome = await askAt(`https://localhost:${server.port}/`)
    expect(outcome).toEqual({
      outcome: 'failed',
      reason: 'PROVIDER_ADDRESS_REFUSED: localhost has no public address',
    })
    expect(server.openConnections()).toBe(0)
  })

  it('are not told from names that do not exist, by words or by time', async () => {
    const refusesAfterMs = 300
    const resolvers = [
      async () => [{ address: '10.0.0.1', family: 4 }],
      () => Promise.reject(Object.assign(new Error('no such name'), { code: 'ENOTFOUND' })),
      async () => [],
    ]
    for (const resolve of resolvers) {
      const begun = performance.now()
      expect(await askAt('https://db.internal.example/', resolve, { refusesAfterMs })).toEqual({
        outcome: 'failed',
        reason: 'PROVIDER_ADDRESS_REFUSED: db.internal.example has no public address',
      })
      // timers count whole milliseconds
      expect(performance.now() - begun).toBeGreaterThanOrEqual(refusesAfterMs - 2)
    }
  })

  it('are not told from each other by the port that is asked for', async () => {
    const server = await serve((response) => sendJson(response, { code: 'A' }))
    const open = await askAt(`https://localhost:${server.port}/`)
    expect(await askAt('https://localhost:1025/')).toEqual(open)
  })

  it('are refused no later than a service that does not answer is given up', async () => {
    const resolve = async () => [{ address: '10.0.0.1', family: 4 }]
    const options = { refusesAfterMs: 60_000 }
    const given = { signal: AbortSignal.timeout(50) }
    expect(await askAt('https://db.internal.example/', resolve, options, given)).toMatchObject({
      reason: expect.stringMatching(/^PROVIDER_TIMEOUT/),
    })
  })

  it('and names that cannot be looked up at the moment are asked again', async () => {
    const resolve = () => Promise.reject(Object.assign(new Error('later'), { code: 'EAI_AGAIN' }))
    expect(await askAt('https://coupons.example/', resolve)).toMatchObject({
      outcome: 'retry',
      reason: 'PROVIDER_UNREACHABLE: the coupon service could not be reached (EAI_AGAIN)',
    })
  })

  it.each([
    'https://127.0.0.1/',
    'https://[::1]/',
    'https://169.254.169.254/latest',
    'http://coupons.example/',
  ])('%s stored in the settings is refused', async (url) => {
    expect(await askAt(url)).toMatchObject({
      outcome: 'failed',
      reason: expect.stringMatching(/^PROVIDER_MISCONFIGURED: url must /),
    })
  })

  it('are not reached by a name that resolves differently the second time: there is no second time', async () => {
    const server = await serve((response) => sendJson(response, { code: 'A' }))
    const seen: string[] = []
    const answer = await request({
      method: 'POST',
      url: new URL(`http://coupons.example:${server.port}/`),
      headers: {},
      body: '{}',
      signal: new AbortController().signal,
      maxResponseBytes: 100,
      lookup: (hostname, options, callback) => {
        seen.push(hostname)
        if (options.all === true) callback(null, [{ address: '127.0.0.1', family: 4 }])
        else callback(null, '127.0.0.1', 4)
      },
    })
    expect(answer.status).toBe(200)
    expect(server.seen[0]?.headers.host).toBe(`coupons.example:${server.port}`)
    expect(seen).toEqual(['coupons.example'])
  })

  it('are refused for each request anew', async () => {
    const server = await serve((response) => sendJson(response, { code: 'A' }))
    const names: string[] = []
    const resolve = async (hostname: string) => {
      names.push(hostname)
      return [{ address: '127.0.0.1', family: 4 }]
    }
    const url = `https://rebinding.example:${server.port}/`
    expect(await askAt(url, resolve)).toMatchObject({ outcome: 'failed' })
    expect(await askAt(url, resolve)).toMatchObject({ outcome: 'failed' })
    expect(names).toEqual(['rebinding.example', 'rebinding.example'])
    expect(server.openConnections()).toBe(0)
  })

  it('on the list are reached at the port named only', async () => {
    const server = await serve((response) => sendJson(response, { code: 'A' }))
    const allowedHosts = [`localhost:${server.port}`]
    const settings = { url: `http://localhost:${server.port}/` }
    expect(await ask(server, { settings }, { allowedHosts })).toMatchObject({ outcome: 'issued' })
    expect(await ask(server, { settings: { url: 'http://localhost:1/' } }, { allowedHosts })).toMatchObject({
      outcome: 'failed',
    })
  })
})

describe('what a merchant sets', () => {
  const provider = createHttpProvider({ clock: { now: () => NOW } })

  it('is a URL and a secret, and nothing else', () => {
    expect(provider.settings.safeParse({ url: 'https://coupons.example/' }).success).toBe(true)
    expect(provider.settings.safeParse({ url: 'https://coupons.example/', more: 1 }).success).toBe(false)
    expect(provider.settings.safeParse({}).success).toBe(false)
    expect(provider.settings.safeParse({ url: 'http://coupons.example/' }).success).toBe(false)
    expect(provider.credentials?.safeParse({ signingSecret }).success).toBe(true)
    expect(provider.credentials?.safeParse({ signingSecret, more: 1 }).success).toBe(false)
    const previousSigningSecret = newSigningSecret()
    expect(provider.credentials?.safeParse({ signingSecret, previousSigningSecret }).success).toBe(true)
    expect(provider.credentials?.safeParse({ previousSigningSecret }).success).toBe(false)
    for (const bad of ['hunter2', null, signingSecret]) {
      const given = { signingSecret, previousSigningSecret: bad }
      expect(provider.credentials?.safeParse(given).success).toBe(false)
    }
  })

  it('is refused with the rule, and never with the secret', () => {
    const refused = provider.credentials?.safeParse({ signingSecret: 'hunter2hunter2hunter2' })
    expect(refused?.error?.issues[0]?.message).toMatch(/whsec_ followed by base64 of 24 to 64 random bytes/)
    expect(JSON.stringify(refused?.error)).not.toContain('hunter2')
  })

  it('is checked again before it is used', async () => {
    const request = couponRequest({ settings: { url: 'https://coupons.example/' }, credentials: {} })
    expect(await provider.issue(request)).toMatchObject({
      outcome: 'failed',
      reason: expect.stringMatching(/^PROVIDER_MISCONFIGURED: signingSecret /),
    })
  })
})
