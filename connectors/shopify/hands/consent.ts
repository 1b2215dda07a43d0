import { createHmac, timingSafeEqual } from 'node:crypto'
import type { Consent, ConsentVerdict } from '../../../src/ports/hands.ts'
import { appKeys, shopOf } from './access.ts'
import { ASKED_SCOPES } from './scopes.ts'

const MAX_AGE_MS = 5 * 60_000
const MAX_CODE_CHARACTERS = 256
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

  judge(query, site, given, now) {
    if (!isSigned(query, appKeys.parse(given).clientSecret)) {
      return forged('This address was not signed by Shopify with the client secret of this app.')
    }
    const seconds = query.get('timestamp') ?? ''
    if (!/^\d{1,12}$/.test(seconds) || Math.abs(now - Number(seconds) * 1_000) > MAX_AGE_MS) {
      return forged('This address is more than 5 minutes old, or the clock of this server is wrong.')
    }
    if ((query.get('shop') ?? '').toLowerCase() !== shopOf(site).toLowerCase()) {
      return { verdict: 'other_shop', message: `This is not the shop ${shopOf(site)}, which was asked.` }
    }
    if (query.get('error') === 'access_denied') {
      return { verdict: 'denied', message: 'The installation was not agreed to in the shop.' }
    }
    const code = query.get('code') ?? ''
    return query.has('error') || code === '' || code.length > MAX_CODE_CHARACTERS
      ? forged('Shopify sent no code: begin the installation again.')
      : { verdict: 'granted', code }
  },
}

const forged = (message: string): ConsentVerdict => ({ verdict: 'forged', message })

/**
 * `hmac` is the hex HMAC-SHA256 of all other parameters, sorted by name, under the client secret
 * (https://shopify.dev/docs/apps/build/authentication-authorization/access-tokens/authorization-code-grant). Shopify's
 * library writes a blank as `%20`, forms as `+`: either is what was signed. A name that comes twice was not signed by
 * Shopify.
 */
function isSigned(query: URLSearchParams, secret: string): boolean {
  const all = [...query]
  const names = new Set(all.map(([name]) => name))
  const hmac = query.get('hmac') ?? ''
  if (names.size !== all.length || !HEX_OF_32_BYTES.test(hmac)) return false
  const signed = all.filter(([name]) => name !== 'hmac').sort(([a], [b]) => (a < b ? -1 : 1))
  const written = new URLSearchParams(signed).toString()
  const given = Buffer.from(hmac, 'hex')
  let matches = false
  for (const text of [written, written.replaceAll('+', '%20')]) {
    const expected = createHmac('sha256', secret).update(text).digest()
    matches = timingSafeEqual(expected, given) || matches
  }
  return matches
}
