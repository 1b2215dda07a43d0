import { type Answer, type Asked, Refusal } from '../parts/server.ts'
import {
  type App,
  grants,
  type Install,
  newSecret,
  type RefreshToken,
  type Shop,
  type Token,
} from './state.ts'
import { installOf, putInstall, type World } from './world.ts'

const CLIENT_CREDENTIALS_SECONDS = 86_399
const OFFLINE_SECONDS = 3_600
const REFRESH_SECONDS = 90 * 24 * 3_600

function refuse(error: string, words: string, status = 400): Refusal {
  return new Refusal({ status, body: { error, error_description: words } })
}

/** `POST /admin/oauth/access_token`: client credentials, an authorization code, a refresh token. */
export function answerTokenRequest(world: World, shop: Shop, asked: Asked): Answer {
  const given = readBody(asked)
  const app = checkClient(world, given)
  const grant = given.grant_type
  if (grant === 'client_credentials') return answer(grantByCredentials(world, shop, app))
  if (grant === 'refresh_token') return answer(grantByRefresh(world, shop, app, given.refresh_token ?? ''))
  if (grant === undefined || grant === 'authorization_code') {
    return answer(grantByCode(world, shop, app, given.code ?? '', given.expiring === '1'))
  }
  throw refuse('unsupported_grant_type', `The grant type ${grant} is not supported.`)
}

/** The install and scopes behind a token. @throws Refusal 401 in Shopify's words */
export function checkToken(world: World, shop: Shop, asked: Asked): { token: Token; install: Install } {
  const given = String(asked.headers['x-shopify-access-token'] ?? '')
  const token = world.state.tokens.get(given)
  const install = token === undefined ? undefined : world.state.installs.get(token.installId)
  const isGood =
    token !== undefined &&
    install?.shop === shop.id &&
    (token.expiresAt === null || token.expiresAt > world.clock.now())
  if (!isGood) {
    throw new Refusal({
      status: 401,
      headers: { 'www-authenticate': 'Basic Realm="Shopify API Authentication"' },
      body: { errors: '[API] Invalid API key or access token (unrecognized login or wrong password)' },
    })
  }
  settleReplacement(world, given)
  return { token, install }
}

function readBody({ headers, body }: Asked): Record<string, string | undefined> {
  const type = headers['content-type'] ?? ''
  const text = body.toString('utf8')
  if (type.startsWith('application/x-www-form-urlencoded'))
    return Object.fromEntries(new URLSearchParams(text))
  if (!type.startsWith('application/json'))
    throw refuse('invalid_request', 'The content type is not supported.')
  try {
    const given = JSON.parse(text) as Record<string, unknown>
    return Object.fromEntries(Object.entries(given).map(([key, value]) => [key, String(value)]))
  } catch {
    throw refuse('invalid_request', 'The body is not valid JSON.')
  }
}

function checkClient({ state }: World, given: Record<string, string | undefined>): App {
  if (given.client_id === undefined) throw refuse('invalid_request', 'Missing or invalid client_id.')
  const app = state.apps.get(given.client_id)
  if (app === undefined) {
    const words = `Could not find Shopify API application with api_key ${given.client_id}`
    throw refuse('application_cannot_be_found', words)
  }
  if (!app.secrets.includes(given.client_secret ?? '')) {
    throw refuse('invalid_client', 'Client authentication failed: the client secret is wrong.')
  }
  return app
}

function grantByCredentials(world: World, shop: Shop, app: App): object {
  if (!app.ownShops)
    throw refuse('shop_not_permitted', 'Client credentials cannot be performed on this shop.')
  const install = installOf(world, shop.id, app.id)
  if (install === undefined) throw refuse('app_not_installed', 'The app is not installed on this shop.')
  const token = newToken(world, install, 'client_credentials', CLIENT_CREDENTIALS_SECONDS)
  return { access_token: token.id, scope: install.scopes.join(','), expires_in: CLIENT_CREDENTIALS_SECONDS }
}

function grantByCode(world: World, shop: Shop, app: App, given: string, isExpiring: boolean): object {
  const code = world.state.codes.get(given)
  const isGood = code?.clientId === app.id && code.shop === shop.id && code.expiresAt > world.clock.now()
  if (!isGood) throw refuse('invalid_request', 'The authorization code was not found or was already used')
  if (app.distribution === 'public' && !isExpiring) {
    throw refuse(
      'invalid_request',
      'Public apps must request expiring offline access tokens: send expiring=1.',
    )
  }
  world.state.codes.delete(given)
  const install = putInstall(world, shop.id, app.id, code.scopes)
  if (isExpiring) return newPair(world, install, null)
  const token = newToken(world, install, 'offline', null)
  return { access_token: token.id, scope: install.scopes.join(',') }
}

function grantByRefresh(world: World, shop: Shop, app: App, given: string): object {
  const known = world.state.refreshTokens.get(given)
  const install = known === undefined ? undefined : world.state.installs.get(known.installId)
  const isGood =
    known !== undefined &&
    known.expiresAt > world.clock.now() &&
    install?.shop === shop.id &&
    install.clientId === app.id
  if (!isGood) throw refuse('invalid_grant', 'The refresh token is invalid, expired or was already used.')
  settleReplacement(world, given)
  return newPair(world, install, known)
}

/** An access token of an hour and a refresh token of 90 days. */
function newPair(world: World, install: Install, replaced: RefreshToken | null): object {
  const { state, clock } = world
  const token = newToken(world, install, 'offline', OFFLINE_SECONDS)
  const refresh = state.refreshTokens.put({
    id: newSecret('shprt_'),
    installId: install.id,
    expiresAt: clock.now() + REFRESH_SECONDS * 1_000,
    replacedBy: [],
  })
  if (replaced !== null) {
    const replacedBy = [...replaced.replacedBy, { access: token.id, refresh: refresh.id }]
    state.refreshTokens.put({ ...replaced, replacedBy })
  }
  return {
    access_token: token.id,
    scope: install.scopes.join(','),
    expires_in: OFFLINE_SECONDS,
    refresh_token: refresh.id,
    refresh_token_expires_in: REFRESH_SECONDS,
  }
}

/** A refresh token that was exchanged is kept until a token it was exchanged for is used for the first time. */
function settleReplacement({ state }: World, used: string): void {
  const old = state.refreshTokens.find(({ replacedBy }) =>
    replacedBy.some(({ access, refresh }) => access === used || refresh === used),
  )
  if (old === undefined) return
  state.refreshTokens.delete(old.id)
  // the pairs of answers that were lost end with it
  for (const { access, refresh } of old.replacedBy) {
    if (access === used || refresh === used) continue
    state.tokens.delete(access)
    state.refreshTokens.delete(refresh)
  }
}

export function newToken(
  { state, clock }: World,
  install: Install,
  kind: Token['kind'],
  seconds: number | null,
): Token {
  const expiresAt = seconds === null ? null : clock.now() + seconds * 1_000
  return state.tokens.put({ id: newSecret('shpat_'), installId: install.id, kind, expiresAt })
}

function answer(body: object): Answer {
  return { status: 200, headers: { 'cache-control': 'no-store' }, body }
}

/** Whether a list of scopes asks for something that is not there. */
export function isGranted(install: Install, scope: string): boolean {
  return grants(install.scopes, scope)
}
