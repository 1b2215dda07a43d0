import { createHmac, createSecretKey, type KeyObject, timingSafeEqual } from 'node:crypto'

/** Signatures in the form of the Standard Webhooks specification: https://www.standardwebhooks.com */
const MIN_SECRET_BYTES = 24
const MAX_SECRET_BYTES = 64
/** Base64 of so many bytes, whose last character says nothing beyond them; padded or not. */
export const SIGNING_SECRET =
  /^whsec_((?:(?:[A-Za-z0-9+/]{4}){8,20}(?:[A-Za-z0-9+/][AQgw]|[A-Za-z0-9+/]{2}[AEIMQUYcgkosw048])?|(?:[A-Za-z0-9+/]{4}){21}(?:[A-Za-z0-9+/][AQgw])?)={0,2})$/

export const SIGNING_SECRET_RULE = `must be whsec_ followed by base64 of ${MIN_SECRET_BYTES} to ${MAX_SECRET_BYTES} random bytes`

export interface SignedMessage {
  /** The same for every attempt to deliver one message. */
  readonly id: string
  /** Of the attempt, in seconds. */
  readonly timestampSeconds: number
  readonly body: string | Uint8Array
}

/**
 * The key inside a `whsec_…` secret; null when the secret does not keep to SIGNING_SECRET_RULE. A KeyObject: of bytes
 * Node finds out by two exceptions that they are none, which cost several times what the signature does.
 */
export function signingKey(secret: string): KeyObject | null {
  const encoded = SIGNING_SECRET.exec(secret)?.[1]
  return encoded === undefined ? null : createSecretKey(encoded, 'base64')
}

/** The value of `webhook-signature`. */
export function sign(key: KeyObject, message: SignedMessage): string {
  const mac = createHmac('sha256', key)
    .update(`${message.id}.${message.timestampSeconds}.`)
    .update(message.body)
  return `v1,${mac.digest('base64')}`
}

/** Whether one of the signatures in the header (there are several while a secret is rotated) is ours. Constant time. */
export function isSignedBy(key: KeyObject, message: SignedMessage, header: string): boolean {
  const expected = Buffer.from(sign(key, message))
  return header.split(' ').some((given) => {
    const bytes = Buffer.from(given)
    return bytes.length === expected.length && timingSafeEqual(bytes, expected)
  })
}
