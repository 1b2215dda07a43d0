import { randomBytes } from 'node:crypto'
import { Webhook } from 'standardwebhooks'
import type { Instant } from '../ports/clock.ts'
import type { Row } from '../ports/schema.ts'
import type { SecretBox, SecretPlace } from '../ports/secret-box.ts'
import { DAY_MS } from './schedule.ts'

type Endpoint = Row<'webhook_endpoint'>

const SECRET_BYTES = 32
/** So long the secret before a new one signs too. */
const OLD_SECRET_MS = DAY_MS

/** A secret in the form of the Standard Webhooks specification. */
export function newSecret(): string {
  return `whsec_${randomBytes(SECRET_BYTES).toString('base64')}`
}

function placeOf(id: string, field: 'sealedSecret' | 'sealedOldSecret'): SecretPlace {
  return { collection: 'webhook_endpoint', id, field }
}

export function sealSecret(secretBox: SecretBox, endpointId: string, secret: string): string {
  return secretBox.seal(secret, placeOf(endpointId, 'sealedSecret'))
}

/** The new secret signs from now on, the present one beside it for a day; an older one no more. */
export function rotated(
  secretBox: SecretBox,
  { id, sealedSecret }: Endpoint,
  secret: string,
  now: Instant,
): Partial<Endpoint> {
  const old = secretBox.open(sealedSecret, placeOf(id, 'sealedSecret'))
  return {
    sealedSecret: sealSecret(secretBox, id, secret),
    sealedOldSecret: secretBox.seal(old, placeOf(id, 'sealedOldSecret')),
    oldSecretUntil: now + OLD_SECRET_MS,
    updatedAt: now,
  }
}

/** The headers of one try: signed with every secret that is good at the moment, the newest first. */
export function signedHeaders(
  secretBox: SecretBox,
  { id, sealedSecret, sealedOldSecret, oldSecretUntil }: Endpoint,
  messageId: string,
  body: string,
  now: Instant,
): Record<string, string> {
  const secrets = [secretBox.open(sealedSecret, placeOf(id, 'sealedSecret'))]
  if (sealedOldSecret !== null && oldSecretUntil !== null && now < oldSecretUntil) {
    secrets.push(secretBox.open(sealedOldSecret, placeOf(id, 'sealedOldSecret')))
  }
  const at = new Date(now)
  return {
    'content-type': 'application/json; charset=utf-8',
    'user-agent': 'Streakline',
    'webhook-id': messageId,
    'webhook-timestamp': String(Math.floor(now / 1000)),
    'webhook-signature': secrets.map((secret) => new Webhook(secret).sign(messageId, at, body)).join(' '),
  }
}
