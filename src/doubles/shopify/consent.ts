import { createHmac } from 'node:crypto'
import { type Answer, type Asked, Refusal } from '../parts/server.ts'
import { type App, installIdOf, newSecret, type Shop } from './state.ts'
import type { World } from './world.ts'

const CODE_SECONDS = 60

interface Wanted {
  readonly app: App
  readonly scopes: string[]
  readonly redirectUri: string
  readonly state: string
}

/** `GET /admin/oauth/authorize`: the page on which a merchant consents, or does not. */
export function showConsent(world: World, shop: Shop, asked: Asked): Answer {
  const { app, scopes } = readWanted(world, asked.query)
  const fields = [...asked.query].map(
    ([name, value]) => `<input type="hidden" name="${escaped(name)}" value="${escaped(value)}">`,
  )
  const asks = scopes.map((scope) => `<li><code>${escaped(scope)}</code></li>`)
  return page(
    200,
    `<h1>Install ${escaped(app.name)}</h1>
<p>${escaped(app.name)} wants to do this in <b>${escaped(shop.id)}</b>:</p><ul>${asks.join('')}</ul>
<form method="post" action="/admin/oauth/authorize?shop=${encodeURIComponent(shop.id)}">${fields.join('')}
<button id="install" name="decision" value="install">Install</button>
<button id="cancel" name="decision" value="cancel">Cancel</button></form>`,
  )
}

/** The press of a button on that page: back to the app, with a code or with a refusal. */
export function answerConsent(world: World, shop: Shop, asked: Asked): Answer {
  const given = new URLSearchParams(asked.body.toString('utf8'))
  const wanted = readWanted(world, given)
  const parameters: Record<string, string> = {
    host: Buffer.from(`admin.shopify.com/store/${shop.id.split('.')[0]}`).toString('base64url'),
    shop: shop.id,
    state: wanted.state,
    timestamp: String(Math.floor(world.clock.now() / 1_000)),
  }
  if (given.get('decision') === 'install') parameters.code = newCode(world, shop, wanted)
  else {
    parameters.error = 'access_denied'
    parameters.error_description = 'The merchant did not consent.'
  }
  if (wanted.state === '') delete parameters.state
  const location = new URL(wanted.redirectUri)
  for (const [name, value] of Object.entries(parameters)) location.searchParams.set(name, value)
  location.searchParams.set('hmac', signQuery(parameters, wanted.app.secrets[0] ?? ''))
  return { status: 302, headers: { location: location.href }, body: '' }
}

/** Hex, over the parameters sorted by name. */
export function signQuery(parameters: Readonly<Record<string, string>>, secret: string): string {
  const sorted = Object.keys(parameters).sort()
  const query = new URLSearchParams(sorted.map((name): [string, string] => [name, parameters[name] ?? '']))
  return createHmac('sha256', secret).update(query.toString()).digest('hex')
}

function newCode({ state, clock }: World, shop: Shop, { app, scopes }: Wanted): string {
  const expiresAt = clock.now() + CODE_SECONDS * 1_000
  const installId = installIdOf(shop.id, app.id)
  return state.codes.put({ id: newSecret(''), installId, clientId: app.id, shop: shop.id, scopes, expiresAt })
    .id
}

function readWanted({ state }: World, query: URLSearchParams): Wanted {
  const clientId = query.get('client_id') ?? ''
  const app = state.apps.get(clientId)
  if (app === undefined) {
    throw fault(
      'application_cannot_be_found',
      `Could not find Shopify API application with api_key ${clientId}`,
    )
  }
  const redirectUri = query.get('redirect_uri') ?? ''
  const isListed = app.redirectUrls === null || app.redirectUrls.includes(redirectUri)
  if (!isListed || !URL.canParse(redirectUri)) {
    throw fault('invalid_request', 'The redirect_uri is not whitelisted')
  }
  const scopes = (query.get('scope') ?? '').split(/[,\s]+/).filter((scope) => scope !== '')
  const wrong = scopes.filter((scope) => !/^(unauthenticated_)?(read|write)_[a-z_]+$/.test(scope))
  if (wrong.length > 0) throw fault('invalid_scope', `Invalid scope(s): ${wrong.join(', ')}`)
  return { app, scopes, redirectUri, state: query.get('state') ?? '' }
}

function fault(error: string, words: string): Refusal {
  return new Refusal(page(400, `<h1>Oauth error ${error}: ${escaped(words)}</h1>`))
}

function page(status: number, body: string): Answer {
  return {
    status,
    headers: { 'content-type': 'text/html; charset=utf-8' },
    body: `<!DOCTYPE html><html lang="en"><head><title>Double of Shopify</title></head><body>${body}</body></html>`,
  }
}

function escaped(text: string): string {
  return text.replace(/[&<>"']/g, (sign) => `&#${sign.charCodeAt(0)};`)
}
