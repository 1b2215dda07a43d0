import { isUtf8 } from 'node:buffer'
import Stripe from 'stripe'
import type { Verification, VerifyInput } from '../../src/ports/connector.ts'
import { headerOf, keepHeaders, refuse } from '../headers.ts'
import { type Json, member, members, readJson } from '../json.ts'
import { isId } from '../profile.ts'
import { parseSignatureHeader, type SignatureHeader } from './signature-header.ts'

/** Stripe's own recommendation; each retry is signed anew. */
export const TOLERANCE_SECONDS = 300

const EVENT = members({ id: true, type: true })

/** Turns off the library's own check, which lets timestamps of any future day pass. */
const NO_TOLERANCE = 0

/**
 * `Stripe-Signature` signs the raw body and the time of sending (https://docs.stripe.com/webhooks). Everything a
 * delivery says, its id and topic included, is inside the signed body.
 */
export function verify(input: VerifyInput): Verification {
  const header = headerOf(input.headers, 'stripe-signature')
  if (header === null) return refuse('SIGNATURE_MISSING', 'no Stripe-Signature header')
  const signature = parseSignatureHeader(header)
  if (signature === null) {
    return refuse('SIGNATURE_MALFORMED', 'Stripe-Signature is not of the form t={seconds},v1={64 hex digits}')
  }
  if (!isSigned(input, signature)) {
    return refuse('SIGNATURE_MISMATCH', 'the body was not signed with any secret of this connector')
  }
  const ageSeconds = Math.floor(input.now / 1000) - signature.timestampSeconds
  if (Math.abs(ageSeconds) > TOLERANCE_SECONDS) {
    const direction = ageSeconds > 0 ? 'before' : 'after'
    const message = `signed ${Math.abs(ageSeconds)} s ${direction} its receipt, at most ${TOLERANCE_SECONDS} s are allowed`
    return refuse('SIGNATURE_STALE', message)
  }
  return describe(input)
}

/** Every secret is tried, also after a match: the time taken says nothing about which one signed. */
function isSigned(input: VerifyInput, signature: SignatureHeader): boolean {
  const text = decodeExactly(input.rawBody)
  if (text === null) return false
  let signed = false
  for (const secret of input.secrets) signed = isSignedWith(secret, text, signature.canonical) || signed
  return signed
}

function isSignedWith(secret: string, text: string, header: string): boolean {
  try {
    return Stripe.webhooks.signature?.verifyHeader(text, header, secret, NO_TOLERANCE) === true
  } catch {
    return false
  }
}

/**
 * null when the bytes are not UTF-8. The library signs decoded text: left to decode by itself it would take other
 * bytes for the signed ones, since broken ones all become U+FFFD and a byte order mark disappears.
 */
function decodeExactly(bytes: Uint8Array): string | null {
  if (!isUtf8(bytes)) return null
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('utf8')
}

/** The type of the event. */
export function topicOf(rawBody: Uint8Array): string {
  return typeOf(readJson(rawBody, EVENT))
}

function typeOf(event: Json | undefined): string {
  const type = member(event, 'type')
  return isId(type) ? type.toLowerCase() : ''
}

function describe(input: VerifyInput): Verification {
  const event = readJson(input.rawBody, EVENT)
  const webhookId = member(event, 'id')
  return {
    ok: true,
    webhookId: isId(webhookId) ? webhookId : null,
    topic: typeOf(event),
    headers: keepHeaders(input.headers, ['user-agent']),
  }
}
