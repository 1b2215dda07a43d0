import type { Site } from '../../src/ports/hands.ts'
import type { PlatformAnswer, PlatformCall, PlatformCalls, Told } from '../../src/ports/platform-calls.ts'
import { answerOf, type Call, jsonOf, mayPass, refused, retryAfterOf, unavailable } from '../asking.ts'
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

/**
 * Asks a shop's REST API once (https://woocommerce.github.io/woocommerce-rest-api-docs/#authentication-over-https). A
 * page in place of JSON is refused with words about permalinks: see `Route`.
 */
export async function askShop(
  calls: PlatformCalls,
  { siteUrl, access, call }: { readonly siteUrl: string; readonly access: WooAccess; readonly call: Call },
  request: RestRequest,
): Promise<Told<RestAnswer>> {
  const sent = await answerOf(() =>
    calls('woocommerce', {
      method: request.method,
      url: addressOf(siteUrl, access.route, request),
      headers: {
        accept: 'application/json',
        authorization: `Basic ${Buffer.from(`${access.consumerKey}:${access.consumerSecret}`).toString('base64')}`,
        ...(request.body === undefined ? {} : { 'content-type': 'application/json' }),
      },
      ...(request.body === undefined ? {} : { body: JSON.stringify(request.body) }),
      signal: call.signal,
    }),
  )
  return 'trouble' in sent ? sent.trouble : readAnswer(sent.answer, access)
}

function addressOf(siteUrl: string, route: Route, { path, query = {} }: RestRequest): string {
  const parameters = new URLSearchParams(query)
  if (route === 'pretty') {
    const search = parameters.size === 0 ? '' : `?${parameters}`
    return `${siteUrl}/wp-json/wc/v3/${path}${search}`
  }
  return `${siteUrl}/?${new URLSearchParams({ rest_route: `/wc/v3/${path}`, ...query })}`
}

function readAnswer(answer: PlatformAnswer, access: WooAccess): Told<RestAnswer> {
  const { status, headers } = answer
  const json = jsonOf(answer)
  const said = sentenceOf(status, json, access)
  if (mayPass(answer)) return unavailable(said, retryAfterOf(answer))
  if (typeof json !== 'object' || json === null)
    return refused('request', `${status}: ${PERMALINKS}`, 'siteUrl')
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
  return said.replaceAll(consumerKey, '…').replaceAll(consumerSecret, '…')
}

/** The address of the site that a connector is of. */
export function siteUrlOf({ settings }: Pick<Site, 'settings'>): string {
  return String(settings.siteUrl)
}
