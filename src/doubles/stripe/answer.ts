import { createHash } from 'node:crypto'
import type { Answer, Asked } from '../parts/server.ts'
import { Refusal } from '../parts/server.ts'
import { COUPON_ROUTES } from './coupons.ts'
import { ENDPOINT_ROUTES } from './endpoints.ts'
import { errorAnswer, fault } from './faults.ts'
import { readForm, type Tree } from './form.ts'
import type { Limits } from './limits.ts'
import { readParameters } from './parameters.ts'
import { PROMOTION_CODE_ROUTES } from './promotion-codes.ts'
import { READ_ROUTES } from './reads.ts'
import type { Route } from './routes.ts'
import { type Key, newId, type StripeState } from './state.ts'
import { isVersion } from './versions.ts'

const ROUTES: readonly Route[] = [
  ...COUPON_ROUTES,
  ...PROMOTION_CODE_ROUTES,
  ...ENDPOINT_ROUTES,
  ...READ_ROUTES,
]
const HOST = 'api.stripe.com'
const KEPT_MS = 24 * 3_600_000
const MAX_IDEMPOTENCY_KEY = 255

interface Found {
  readonly route: Route
  readonly id: string
}

/** Answers a request of the API: who asks, how often, for what; then what a key of idempotency remembers; then anew. */
export function answerStripe(
  state: StripeState,
  limits: Limits,
  forget: (id: string) => void,
  asked: Asked,
): Answer {
  const requestId = newId('req').slice(0, 18)
  try {
    const answer = answerAuthorized(state, limits, forget, asked, requestId)
    return { ...answer, headers: { 'request-id': requestId, ...answer.headers } }
  } catch (error) {
    if (!(error instanceof Refusal)) throw error
    const { answer } = error
    return { ...answer, headers: { 'request-id': requestId, ...answer.headers } }
  }
}

function answerAuthorized(
  state: StripeState,
  limits: Limits,
  forget: (id: string) => void,
  asked: Asked,
  requestId: string,
): Answer {
  const { method, path } = asked
  const key = authenticate(state, asked)
  const livemode = key.id.includes('_live_')
  const found = findRoute(asked)
  limits.take(livemode, found === null ? path : `${method} ${found.route.path}`)
  if (found === null) {
    throw fault(404, {
      message: `Unrecognized request URL (${method}: ${path}). Please see https://stripe.com/docs or we can help at https://support.stripe.com/.`,
    })
  }
  const { route, id } = found
  authorize(state, key, route)
  const version = String(asked.headers['stripe-version'] ?? state.account.apiVersion)
  if (!isVersion(version)) throw fault(400, { message: `Invalid Stripe API version: ${version}` })
  const run = (): Answer => {
    const given = readParameters(readTree(asked), route.shape)
    const body = route.run({ state, livemode, forget }, given, id)
    return { status: 200, headers: { 'stripe-version': version }, body }
  }
  return method === 'POST' ? once(state, livemode, asked, requestId, run) : run()
}

function authenticate({ keys }: StripeState, { headers, host }: Asked): Key {
  if (headers['x-forwarded-host'] !== undefined && host !== HOST) {
    throw fault(404, { message: `this double plays ${HOST}, not ${host}` })
  }
  const given = String(headers.authorization ?? '')
  const [, bearer] = /^Bearer (.+)$/.exec(given) ?? []
  const [, basic] = /^Basic (.+)$/.exec(given) ?? []
  const id =
    bearer ?? (basic === undefined ? '' : (Buffer.from(basic, 'base64').toString().split(':')[0] ?? ''))
  if (id === '') {
    const message =
      "You did not provide an API key. You need to provide your API key in the Authorization header, using Bearer auth (e.g. 'Authorization: Bearer YOUR_SECRET_KEY')."
    throw fault(401, { message }, { 'www-authenticate': 'Basic realm="Stripe"' })
  }
  const key = keys.get(id)
  if (key === undefined) throw fault(401, { message: `Invalid API Key provided: ${masked(id)}` })
  if (key.isExpired)
    throw fault(401, { message: `Expired API Key provided: ${masked(id)}`, code: 'api_key_expired' })
  return key
}

function masked(key: string): string {
  const [, prefix = ''] = /^((?:sk|rk)_(?:test|live)_)/.exec(key) ?? []
  const rest = key.slice(prefix.length)
  return `${prefix}${'*'.repeat(Math.max(0, rest.length - 6))}${rest.slice(-6)}`
}

function authorize({ account }: StripeState, key: Key, { permission }: Route): void {
  const { permissions } = key
  const isRead = permission.endsWith('_read')
  const write = permission.replace(/_read$/, '_write')
  if (permissions === null || permissions.includes(permission) || (isRead && permissions.includes(write)))
    return
  throw fault(403, {
    message: `The provided key '${masked(key.id)}' does not have the required permissions for this endpoint on account '${account.id}'. Having the '${permission}' permission would allow this request to continue.`,
  })
}

function findRoute({ method, path }: Asked): Found | null {
  const parts = path.split('/')
  for (const route of ROUTES) {
    const wanted = route.path.split('/')
    if (route.method !== method || wanted.length !== parts.length) continue
    if (!wanted.every((part, index) => part === '{id}' || part === parts[index])) continue
    const place = wanted.indexOf('{id}')
    return { route, id: place === -1 ? '' : decodeURIComponent(parts[place] ?? '') }
  }
  return null
}

function readTree({ method, query, body, headers }: Asked): Tree {
  if (method !== 'POST') return readForm(query.toString())
  const type = String(headers['content-type'] ?? '')
  if (body.length > 0 && !type.startsWith('application/x-www-form-urlencoded')) {
    throw fault(400, {
      message: `Invalid request: the content type must be application/x-www-form-urlencoded, not ${type}`,
    })
  }
  return readForm([query.toString(), body.toString('utf8')].filter((text) => text !== '').join('&'))
}

/**
 * The first answer under a key comes again for 24 hours, also when it was a failure of Stripe's; refusals of what was
 * asked are not kept.
 */
function once(
  state: StripeState,
  livemode: boolean,
  asked: Asked,
  requestId: string,
  run: () => Answer,
): Answer {
  const key = asked.headers['idempotency-key']
  if (key === undefined) return run()
  const text = String(key)
  if (text.length > MAX_IDEMPOTENCY_KEY) {
    throw fault(400, {
      message: `Idempotency key is too long (maximum is ${MAX_IDEMPOTENCY_KEY} characters).`,
      type: 'idempotency_error',
    })
  }
  const id = keyOf(livemode, text)
  const digest = createHash('sha256').update(asked.path).update('\n').update(asked.body).digest('hex')
  const known = state.answers.get(id)
  if (known !== undefined && known.at + KEPT_MS > state.clock.now()) {
    if (known.path !== asked.path)
      throw reused(
        `for the same endpoint they were first used for ('${asked.path}' vs '${known.path}')`,
        text,
      )
    if (known.asked !== digest) throw reused('with the same parameters they were first used with', text)
    const headers = {
      'idempotent-replayed': 'true',
      'idempotency-key': text,
      'original-request': known.requestId,
    }
    return { status: known.status, headers, body: known.body }
  }
  const answer = run()
  state.answers.put({
    id,
    asked: digest,
    path: asked.path,
    status: answer.status,
    body: answer.body,
    requestId,
    at: state.clock.now(),
  })
  return { ...answer, headers: { ...answer.headers, 'idempotency-key': text } }
}

function reused(how: string, key: string): Refusal {
  const message = `Keys for idempotent requests can only be used ${how}. Try using a key other than '${key}' if you meant to execute a different request.`
  return fault(400, { message, type: 'idempotency_error' })
}

function keyOf(livemode: boolean, key: string): string {
  return `${livemode ? 'live' : 'test'} ${key}`
}

/** Of a request that changes something; null: it has none. */
export function idempotencyKeyOf({ method, headers }: Asked): string | null {
  const key = headers['idempotency-key']
  return method === 'POST' && key !== undefined ? `${headers.authorization} ${key}` : null
}

/** Another request under the key is not answered yet. Nothing of this one is kept. */
export function inProgress({ headers }: Asked): Answer {
  const message = `There is currently another in-progress request using this Idempotent Key (that probably means you submitted twice, and the other request is still going through): ${headers['idempotency-key']}. Please try again later.`
  return errorAnswer(409, { message, type: 'idempotency_error', code: 'idempotency_key_in_use' })
}

/** A failure of the platform after the effect is what comes again under that key. */
export function rememberFailure(state: StripeState, { headers }: Asked, { status, body }: Answer): void {
  const key = headers['idempotency-key']
  if (key === undefined) return
  for (const livemode of [true, false]) {
    const known = state.answers.get(keyOf(livemode, String(key)))
    if (known !== undefined) state.answers.put({ ...known, status, body })
  }
}
