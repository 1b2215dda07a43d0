import type { Verification, VerifyInput } from '../../src/ports/connector.ts'
import { headerOf, keepHeaders, refuse } from '../headers.ts'
import { isSigned, readSignature } from '../hmac.ts'
import { isId } from '../profile.ts'

const KEPT_HEADERS = ['topic', 'resource', 'event', 'source', 'id', 'delivery-id'].map(
  (name) => `x-wc-webhook-${name}`,
)
const FORM = /^application\/x-www-form-urlencoded\s*(?:;|$)/i
const PING = /^webhook_id=\d{1,20}$/
const MAX_PING_BYTES = 64

/**
 * `X-WC-Webhook-Signature` is the base64 HMAC-SHA256 of the raw body under the webhook's secret
 * (https://woocommerce.com/document/webhooks/). It covers the body alone: topic and ids are unsigned.
 */
export function verify(input: VerifyInput): Verification {
  const sent = headerOf(input.headers, 'x-wc-webhook-signature')
  if (sent === null) return refuse('SIGNATURE_MISSING', 'no X-WC-Webhook-Signature header')
  const signature = readSignature(sent)
  if (signature === null) {
    return refuse('SIGNATURE_MALFORMED', 'X-WC-Webhook-Signature is not the base64 form of 32 bytes')
  }
  if (!isSigned(input.rawBody, signature, input.secrets)) {
    return refuse('SIGNATURE_MISMATCH', 'the body was not signed with any secret of this connector')
  }
  const webhookId = headerOf(input.headers, 'x-wc-webhook-delivery-id')
  const topic = headerOf(input.headers, 'x-wc-webhook-topic')?.toLowerCase()
  return {
    ok: true,
    webhookId: isId(webhookId) ? webhookId : null,
    topic: isId(topic) ? topic : '',
    headers: keepHeaders(input.headers, KEPT_HEADERS),
  }
}

/** What a webhook sends when it is made or switched on: its own number as a form, unsigned (`deliver_ping`). */
export function isPing(headers: VerifyInput['headers'], rawBody: Uint8Array): boolean {
  return (
    rawBody.byteLength <= MAX_PING_BYTES &&
    headerOf(headers, 'x-wc-webhook-signature') === null &&
    FORM.test(headerOf(headers, 'content-type') ?? '') &&
    PING.test(Buffer.from(rawBody).toString('latin1'))
  )
}
