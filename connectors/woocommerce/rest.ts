import type { Clock, Instant } from '../../src/ports/clock.ts'
import type { Site } from '../../src/ports/hands.ts'
import type { PlatformAnswer, PlatformCall, PlatformCalls, Told } from '../../src/ports/platform-calls.ts'
import { passingOf, wordsOf } from '../answers.ts'
import { type CallLimits, withTries } from '../tries.ts'
import type { WooAccess } from './access.ts'

/** What the REST API answered. */
export interface RestAnswer {
  readonly json: unknown
  readonly headers: PlatformAnswer['headers']
}

export interface RestRequest {
  readonly method: PlatformCall['method']
  /** `webhooks/12` */
  readonly path: string
  readonly query?: Readonly<Record<string, string>>
  readonly body?: object
}

/** How a site answers its REST API: by addresses of its own, or, with plain permalinks, by a parameter. */
export type Route = WooAccess['route']

const PERMALINKS =
  'the site does not answer its REST API: under Settings → Permalinks choose any structure but Plain, and see that no plugin or firewall closes /wp-json'

/** Who asks which shop, within which limits. */
export interface Asking {
  readonly calls: PlatformCalls
  readonly clock: Clock
  readonly site: Site
  readonly access: WooAccess
  readonly limits: CallLimits
}

/** Asks a shop's REST API, and asks again what may pass; not for what makes something. */
export function askShop(asking: Asking, request: RestRequest): Promise<Told<RestAnswer>> {
  return withTries((signal) => askShopOnce(asking, request, signal), asking.limits)
}

/**
 * Asks a shop's REST API once (https://woocommerce.github.io/woocommerce-rest-api-docs/#authentication-over-https). A
 * page in place of JSON is refused with words about permalinks: see `Route`. @throws NoAnswer
 */
export async function askShopOnce(
  { calls, clock, site, access }: Asking,
  request: RestRequest,
  signal: AbortSignal,
): Promise<Told<RestAnswer>> {
  const answer = await calls('woocommerce', {
    method: request.method,
    url: addressOf(String(site.settings.siteUrl), access.route, request),
    headers: {
      accept: 'application/json',
      authorization: `Basic ${Buffer.from(`${access.consumerKey}:${access.consumerSecret}`).toString('base64')}`,
      ...(request.body === undefined ? {} : { 'content-type': 'application/json' }),
    },
    ...(request.body === undefined ? {} : { body: JSON.stringify(request.body) }),
    signal,
  })
  return readAnswer(answer, access, clock.now())
}

function addressOf(siteUrl: string, route: Route, { path, query = {} }: RestRequest): string {
  const parameters = new URLSearchParams(query)
  if (route === 'pretty') {
    const search = parameters.size === 0 ? '' : `?${parameters}`
    return `${siteUrl}/wp-json/wc/v3/${path}${search}`
  }
  return `${siteUrl}/?${new URLSearchParams({ rest_route: `/wc/v3/${path}`, ...query })}`
}

function readAnswer(answer: PlatformAnswer, access: WooAccess, now: Instant): Told<RestAnswer> {
  const { status, headers } = answer
  const json = jsonOf(answer)
  const said = sentenceOf(status, json, access)
  const passing = passingOf(answer, now)
  if (passing?.outcome === 'unavailable') return { ...passing, message: said }
  if (typeof json !== 'object' || json === null)
    return { ...refused('request', wordsOf(status, PERMALINKS)), path: 'siteUrl' }
  if (status === 401) return refused('access', said)
  if (status === 403) return refused('permission', said)
  return status >= 200 && status < 300
    ? { outcome: 'ok', value: { json, headers } }
    : refused('request', said)
}

/** The shop's status and own words, without the keys that it may repeat. */
function sentenceOf(status: number, json: unknown, { consumerKey, consumerSecret }: WooAccess): string {
  const { code, message } = (json ?? {}) as { readonly code?: unknown; readonly message?: unknown }
  const words = [code, message].filter((each) => typeof each === 'string' || typeof each === 'number')
  const said = words.length === 0 ? `${status}` : `${status} ${words.join(': ')}`
  return wordsOf(null, said.replaceAll(consumerKey, '…').replaceAll(consumerSecret, '…'))
}

/** The JSON of an answer; undefined where it is none, such as a page. */
function jsonOf({ text }: PlatformAnswer): unknown {
  try {
    return JSON.parse(text) as unknown
  } catch {
    return undefined
  }
}

type Refused = Extract<Told<never>, { outcome: 'refused' }>

function refused(what: Refused['refused'], message: string): Refused {
  return { outcome: 'refused', refused: what, message }
}
