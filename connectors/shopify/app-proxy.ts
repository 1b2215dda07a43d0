import type { Instant } from '../../src/ports/clock.ts'
import type { ShopperCall, ShopperProof } from '../../src/ports/connector.ts'
import { isSigned } from '../hmac.ts'

/** How far the platform's clock may be from ours. */
const TOLERANCE_S = 5 * 60
const HEX_OF_32_BYTES = /^[0-9a-f]{64}$/
const CUSTOMER_ID = /^[1-9][0-9]{0,18}$/

/**
 * An app proxy forwards what a page of the storefront asks for and signs the query: hex HMAC-SHA256 under the app's
 * client secret of all other parameters, `name=value` each, sorted and put together without anything between them, values
 * of one name joined by commas (https://shopify.dev/docs/apps/build/online-store/app-proxies/authenticate-app-proxies).
 * The library's own check allows 90 seconds by the machine's clock; here it is five minutes by the clock that is given.
 */
export function readShopper(
  { search, secrets, now }: ShopperProof,
  settings: Readonly<Record<string, unknown>>,
): ShopperCall {
  const given = parametersOf(search)
  const once = (name: string): string | null => {
    const values = given.get(name) ?? []
    return values.length === 1 ? (values[0] ?? null) : null
  }
  const signature = once('signature')
  if (signature === null || !HEX_OF_32_BYTES.test(signature)) {
    return refuse('the query has no signature of an app proxy')
  }
  if (!isSigned(Buffer.from(signedText(given)), Buffer.from(signature, 'hex'), secrets)) {
    return refuse('the query was not signed with the client secret of this connector')
  }
  if (!isNow(once('timestamp'), now)) {
    return refuse('its timestamp is more than 5 minutes off our clock')
  }
  const { shopDomain } = settings
  if (typeof shopDomain !== 'string' || once('shop')?.toLowerCase() !== shopDomain.toLowerCase()) {
    return refuse('it comes from another shop than that of this connector')
  }
  const customers = given.get('logged_in_customer_id') ?? []
  const [customer = ''] = customers
  if (customers.length > 1 || (customer !== '' && !CUSTOMER_ID.test(customer))) {
    return refuse('its logged_in_customer_id is not the id of one customer')
  }
  return { ok: true, externalId: customer === '' ? null : `shopify:${customer}` }
}

function refuse(message: string): ShopperCall {
  return { ok: false, message }
}

function parametersOf(search: string): Map<string, string[]> {
  const given = new Map<string, string[]>()
  for (const [name, value] of new URLSearchParams(search)) {
    given.set(name, [...(given.get(name) ?? []), value])
  }
  return given
}

/** What the platform signs: all other parameters, sorted. */
function signedText(given: ReadonlyMap<string, readonly string[]>): string {
  return [...given]
    .filter(([name]) => name !== 'signature')
    .map(([name, values]) => `${name}=${values.join(',')}`)
    .sort()
    .join('')
}

function isNow(timestamp: string | null, now: Instant): boolean {
  if (timestamp === null || !/^[0-9]{1,12}$/.test(timestamp)) return false
  return Math.abs(now / 1000 - Number(timestamp)) <= TOLERANCE_S
}
