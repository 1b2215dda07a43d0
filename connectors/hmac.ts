import { createHmac, timingSafeEqual } from 'node:crypto'

const BASE64_OF_32_BYTES = /^[A-Za-z0-9+/]{43}=$/

/** The bytes of an HMAC-SHA256 in base64; null for anything else. */
export function readSignature(text: string): Uint8Array | null {
  return BASE64_OF_32_BYTES.test(text) ? Buffer.from(text, 'base64') : null
}

/**
 * Whether one of the secrets signed the bytes with HMAC-SHA256. Every secret is tried, also after a match: the time
 * taken says nothing about which one signed. Nobody signs with a blank one.
 */
export function isSigned(rawBody: Uint8Array, signature: Uint8Array, secrets: readonly string[]): boolean {
  let signed = false
  for (const secret of secrets) {
    if (secret.trim() === '') continue
    const expected = createHmac('sha256', secret).update(rawBody).digest()
    signed = timingSafeEqual(expected, signature) || signed
  }
  return signed
}
