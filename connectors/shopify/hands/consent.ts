import { createHmac, timingSafeEqual } from 'node:crypto'
import type { Consent, ConsentReturn } from '../../../src/ports/hands.ts'
import { appKeys, shopOf } from './access.ts'
import { ASKED_SCOPES } from './scopes.ts'

const MAX_AGE_MS = 5 * 60_000
const HEX_OF_32_BYTES = /^[0-9a-f]{64}$/

/** Consent by the authorization code grant of an app that stands alone. Pure. */
export const consent: Consent = {
  url(site, given, state, redirectUri) {
    const { clientId } = appKeys.parse(given)
    const { extraScopes } = site.settings
    const extra = Array.isArray(extraScopes) ? (extraScopes as string[]) : []
    const url = new URL(`https://${shopOf(site)}/admin/oauth/authorize`)
    url.searchParams.set('client_id', clientId)
    url.searchParams.set('scope', [...new Set([...ASKED_SCOPES, ...extra])].join(','))
    url.searchParams.set('redirect_uri', redirectUri)
    url.searchParams.set('state', state)
    return url.href
  },

  isGenuine: (given, query) => isSigned(query, appKeys.parse(given).clientSecret),

  judge(site, query, now) {
    const parameters = new Map(query)
    const seconds = parameters.get('timestamp') ?? ''
    if (!/^\d{1,12}$/.test(seconds) || Math.abs(now - Number(seconds) * 1_000) > MAX_AGE_MS) {
      return refused('It is more than 5 minutes old, or the clock of this server is wrong.')
    }
    if ((parameters.get('shop') ?? '').toLowerCase() !== shopOf(site).toLowerCase()) {
      return refused(`It comes from another shop than ${shopOf(site)}.`)
    }
    if (parameters.has('error')) {
      return parameters.get('error') === 'access_denied'
        ? { kind: 'denied', message: 'The shop did not consent.' }
        : refused('Shopify refused it.')
    }
    const code = parameters.get('code') ?? ''
    return code === '' || code.length > 256 ? refused('It brings no code.') : { kind: 'granted', code }
  },
}

const refused = (message: string): ConsentReturn => ({ kind: 'refused', message })

/**
 * `hmac` is the hex HMAC-SHA256 of all other parameters, sorted by name, under the client secret. Shopify's library
 * writes a blank as `%20`, forms as `+`: both are what it signed. A name that comes twice was not signed by Shopify.
 */
function isSigned(query: readonly (readonly [string, string])[], secret: string): boolean {
  const names = query.map(([name]) => name)
  const given = query.find(([name]) => name === 'hmac')?.[1] ?? ''
  if (new Set(names).size !== names.length || !HEX_OF_32_BYTES.test(given)) return false
  const signed = query.filter(([name]) => name !== 'hmac').sort(([a], [b]) => (a < b ? -1 : 1))
  const written = new URLSearchParams(
    signed.map(([name, value]): [string, string] => [name, value]),
  ).toString()
  const given32 = Buffer.from(given, 'hex')
  let matches = false
  for (const text of [written, written.replaceAll('+', '%20')]) {
    const expected = createHmac('sha256', secret).update(text).digest()
    matches = timingSafeEqual(expected, given32) || matches
  }
  return matches
}
