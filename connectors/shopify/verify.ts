import type { Headers, Verification, VerifyInput } from '../../src/ports/connector.ts'
import { headerOf, keepHeaders, refuse } from '../headers.ts'
import { isSigned, readSignature } from '../hmac.ts'
import { isId } from '../profile.ts'

/** Shopify's names without their `x-`: its newer event deliveries send them so. */
const KEPT = ['topic', 'shop-domain', 'api-version', 'webhook-id', 'event-id', 'triggered-at', 'name']
const KEPT_HEADERS = KEPT.flatMap((name) => [`x-shopify-${name}`, `shopify-${name}`])

/**
 * `X-Shopify-Hmac-Sha256` is the base64 HMAC-SHA256 of the raw body under the app's client secret
 * (https://shopify.dev/docs/apps/build/webhooks/verify-deliveries). It covers the body alone: topic, shop and ids are
 * unsigned. A delivery that names no shop is accepted, since the connector's own address and secret already say whose
 * it is; one that names another shop is a mismatch.
 */
export function verify(input: VerifyInput, settings: Readonly<Record<string, unknown>>): Verification {
  const sent = shopifyHeader(input.headers, 'hmac-sha256')
  if (sent === null) return refuse('SIGNATURE_MISSING', 'no X-Shopify-Hmac-Sha256 header')
  const signature = readSignature(sent)
  if (signature === null) {
    return refuse('SIGNATURE_MALFORMED', 'X-Shopify-Hmac-Sha256 is not the base64 form of 32 bytes')
  }
  if (!isSigned(input.rawBody, signature, input.secrets)) {
    return refuse('SIGNATURE_MISMATCH', 'the body was not signed with any secret of this connector')
  }
  const webhookId = shopifyHeader(input.headers, 'webhook-id')
  const topic = shopifyHeader(input.headers, 'topic')?.toLowerCase()
  const verification = {
    ok: true,
    webhookId: isId(webhookId) ? webhookId : null,
    topic: isId(topic) ? topic : '',
    headers: keepHeaders(input.headers, KEPT_HEADERS),
  } as const
  return isFromAnotherShop(input.headers, settings)
    ? { ...verification, mismatch: 'SHOP_MISMATCH' }
    : verification
}

/** Whether these headers name another shop than the connector's own. */
export function isFromAnotherShop(headers: Headers, settings: Readonly<Record<string, unknown>>): boolean {
  const shop = shopifyHeader(headers, 'shop-domain')
  const { shopDomain } = settings
  return shop !== null && typeof shopDomain === 'string' && shop.toLowerCase() !== shopDomain.toLowerCase()
}

function shopifyHeader(headers: Headers, name: string): string | null {
  return headerOf(headers, `x-shopify-${name}`) ?? headerOf(headers, `shopify-${name}`)
}
