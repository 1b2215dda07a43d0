import { z } from 'zod'
import { passingOf, wordsOf } from '../../connectors/answers.ts'
import { shopify } from '../../connectors/shopify/index.ts'
import { withTries } from '../../connectors/tries.ts'
import type { Connector } from '../../src/ports/connector.ts'
import type { Access, Hands, HandsParts, Mended, Site, Standing } from '../../src/ports/hands.ts'
import type { PlatformAnswer, Told } from '../../src/ports/platform-calls.ts'
import type { SubscriptionState } from '../../src/ports/schema/installation-values.ts'
import { type SeenRequest, startScriptedServer } from './scripted-server.ts'

/**
 * A platform as small as one can be that a connector is installed at, with hands of its own: for tests of what is the
 * same for all platforms. It sells what Shopify sells and signs as it does; keys, tokens and subscriptions are its own.
 */
export const TOY = 'toy'
export const TOY_TOPICS = ['orders/paid', 'refunds/create'] as const
/** What the merchant finds at the platform. */
export const TOY_KEYS = { clientId: 'toy-client-id', clientSecret: 'toy-client-secret-1' }

interface Token {
  readonly access: string
  readonly refresh: string
}

export interface ToyPlatform {
  readonly origin: string
  readonly seen: readonly SeenRequest[]
  /** By topic: the address that it goes to. */
  readonly subscriptions: Map<string, string>
  /** Which shop the keys are of. */
  shop: string
  scopes: string[]
  /** Of tokens that are given from now on. */
  livesMs: number
  /** Tokens that are taken; all others are 401. */
  readonly tokens: Set<string>
  /** Answers instead of the platform; null: it answers itself. */
  fault:
    | ((
        request: SeenRequest,
      ) => { status: number; headers?: Record<string, string>; body?: string } | 'cut' | null)
    | null
  /** Is told of each request before it is answered. */
  before: ((request: SeenRequest) => Promise<unknown> | undefined) | null
  asked(path: string): SeenRequest[]
  stop(): Promise<void>
}

export async function startToyPlatform(): Promise<ToyPlatform> {
  let serial = 0
  let refresh = ''
  const grant = (): Token => {
    serial += 1
    refresh = `toy-refresh-${serial}-secret`
    const access = `toy-token-${serial}-secret`
    toy.tokens.add(access)
    return { access, refresh }
  }

  function answer({ method, path, headers, body }: SeenRequest): { status: number; json: unknown } {
    if (path === '/token') {
      const asked = JSON.parse(body)
      const isRight = asked.clientId === TOY_KEYS.clientId && asked.clientSecret === TOY_KEYS.clientSecret
      if (!isRight) return { status: 401, json: { error: 'invalid_client' } }
      if (asked.refresh !== undefined && asked.refresh !== refresh) {
        return { status: 400, json: { error: 'invalid_grant' } }
      }
      if (asked.code !== undefined && asked.code !== 'good-code')
        return { status: 400, json: { error: 'bad code' } }
      return { status: 200, json: { ...grant(), livesMs: toy.livesMs } }
    }
    if (!toy.tokens.has(headers.authorization ?? '')) return { status: 401, json: { error: 'token' } }
    if (path === '/me') return { status: 200, json: { shop: toy.shop, id: '42', scopes: toy.scopes } }
    const { topic, url } = body === '' ? { topic: '', url: '' } : JSON.parse(body)
    if (method === 'POST') toy.subscriptions.set(topic, url)
    if (method === 'DELETE') toy.subscriptions.delete(topic)
    return { status: 200, json: Object.fromEntries(toy.subscriptions) }
  }

  const server = await startScriptedServer(async (response, request) => {
    await toy.before?.(request)
    const faulty = toy.fault?.(request) ?? null
    if (faulty === 'cut') return void response.destroy()
    if (faulty !== null) return void response.writeHead(faulty.status, faulty.headers).end(faulty.body ?? '')
    const { status, json } = answer(request)
    response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(json))
  })
  const toy: ToyPlatform = {
    origin: `http://127.0.0.1:${server.port}`,
    seen: server.seen,
    subscriptions: new Map(),
    shop: 'toy.myshopify.com',
    scopes: ['read_orders'],
    livesMs: 3_600_000,
    tokens: new Set(),
    fault: null,
    before: null,
    asked: (path) => server.seen.filter((request) => request.path === path),
    stop: () => server.stop(),
  }
  return toy
}

const keys = z.strictObject({ clientId: z.string().min(1), clientSecret: z.string().min(1) })

type Said =
  | { readonly outcome: 'ok'; readonly json: Record<string, unknown> }
  | Exclude<Told<never>, { outcome: 'ok' }>

function createToyHands({ calls, clock }: HandsParts): Hands {
  const ask = (
    method: 'GET' | 'POST' | 'DELETE',
    path: string,
    token: string,
    body?: object,
  ): Promise<Said> =>
    withTries<Record<string, unknown>>(
      async (signal) => {
        const answer = await calls(TOY, {
          method,
          url: `https://toy.example${path}`,
          headers: { authorization: token, 'content-type': 'application/json' },
          ...(body === undefined ? {} : { body: JSON.stringify(body) }),
          signal,
        })
        return read(answer)
      },
      { allMs: 60_000, eachMs: 30_000 },
    ).then((told) => (told.outcome === 'ok' ? { outcome: 'ok', json: told.value } : told))

  function read(answer: PlatformAnswer): Told<Record<string, unknown>> {
    const passing = passingOf(answer, clock.now(), answer.text)
    if (passing !== null) return passing
    const message = wordsOf(answer.status, answer.text)
    if (answer.status === 401) return { outcome: 'refused', refused: 'access', message }
    if (answer.status !== 200) return { outcome: 'refused', refused: 'request', message }
    return { outcome: 'ok', value: JSON.parse(answer.text) }
  }

  async function granted(given: Access): Promise<Told<{ access: Access; renewAt: number }>> {
    const told = await ask('POST', '/token', '', given)
    if (told.outcome !== 'ok') return told
    const { access: token, refresh, livesMs } = told.json
    const { clientId, clientSecret } = given
    const renewAt = clock.now() + Number(livesMs) * 0.9
    return { outcome: 'ok', value: { access: { token, refresh, clientId, clientSecret, renewAt }, renewAt } }
  }

  async function standing(site: Site, access: Access): Promise<Told<Standing>> {
    const renewAt = Number(access.renewAt)
    const told = await ask('GET', '/me', String(access.token))
    if (told.outcome !== 'ok') return told
    const { shop, id, scopes } = told.json as { shop: string; id: string; scopes: string[] }
    if (shop !== site.settings.shopDomain) {
      return { outcome: 'refused', refused: 'shop', message: `this is ${shop}`, path: 'settings.shopDomain' }
    }
    const missingScopes = ['read_orders', 'read_customers'].filter((scope) => !scopes.includes(scope))
    const problems = missingScopes.includes('read_orders')
      ? [{ code: 'SCOPES_MISSING' as const, message: 'read_orders is missing' }]
      : []
    return { outcome: 'ok', value: { access, renewAt, externalId: id, scopes, missingScopes, problems } }
  }

  return {
    platform: TOY,
    methods: {
      client_credentials: { given: keys, needsConsent: false },
      oauth: { given: keys, needsConsent: true },
    },
    consent: {
      url: (site, given, state, redirectUri) =>
        `https://${site.settings.shopDomain}/authorize?${new URLSearchParams({ client_id: String(given.clientId), state, redirect_uri: redirectUri })}`,
      judge(query, site, given, now) {
        if (query.get('hmac') !== given.clientSecret) return { verdict: 'forged', message: 'forged <b>' }
        if (Math.abs(Number(query.get('timestamp')) * 1000 - now) > 300_000) {
          return { verdict: 'forged', message: 'too late' }
        }
        if (query.get('shop') !== site.settings.shopDomain)
          return { verdict: 'other_shop', message: 'other shop' }
        if (query.get('error') === 'access_denied') return { verdict: 'denied', message: 'you said no' }
        return { verdict: 'granted', code: query.get('code') ?? '' }
      },
    },
    async enter(site, _method, given) {
      const token = await granted(given)
      if (token.outcome !== 'ok') return token
      const told = await standing(site, token.value.access)
      if (told.outcome !== 'ok') return told
      return { outcome: 'ok', value: { ...told.value, webhookSecrets: [String(given.clientSecret)] } }
    },
    renew: (_site, access) => granted(access),
    async mend(site, access): Promise<Told<Mended>> {
      const token = String(access.token)
      const told = await standing(site, access)
      if (told.outcome !== 'ok') return told
      const there = await ask('GET', '/subscriptions', token)
      if (there.outcome !== 'ok') return there
      const subscriptions: { topic: string; state: SubscriptionState }[] = []
      for (const topic of TOY_TOPICS) {
        const isThere = there.json[topic] === site.webhookUrl
        const made = isThere
          ? there
          : await ask('POST', '/subscriptions', token, { topic, url: site.webhookUrl })
        subscriptions.push({ topic, state: made.outcome === 'ok' ? 'ok' : 'missing' })
      }
      return { outcome: 'ok', value: { ...told.value, subscriptions, newWebhookSecrets: [] } }
    },
    async leave(site, access) {
      const token = String(access.token)
      const there = await ask('GET', '/subscriptions', token)
      if (there.outcome === 'unavailable') return there
      if (there.outcome === 'refused') return { outcome: 'ok', value: null }
      for (const [topic, url] of Object.entries(there.json)) {
        if (!String(url).endsWith(site.webhookPath)) continue
        const told = await ask('DELETE', '/subscriptions', token, { topic })
        if (told.outcome === 'unavailable') return told
      }
      return { outcome: 'ok', value: null }
    },
    async isGone(_site, access) {
      const told = await ask('GET', '/me', String(access.token))
      if (told.outcome === 'unavailable') return told
      return { outcome: 'ok', value: told.outcome === 'refused' && told.refused === 'access' }
    },
  }
}

export const toy: Connector = {
  ...shopify,
  platform: TOY,
  isPing: (headers, rawBody) =>
    headers['content-type'] === 'application/x-www-form-urlencoded' &&
    /^webhook_id=\d+$/.test(Buffer.from(rawBody).toString()),
  hands: createToyHands,
}
