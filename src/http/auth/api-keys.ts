import { createHash, webcrypto } from 'node:crypto'
import type { Row } from '../../ports/schema.ts'
import type { SecretBox } from '../../ports/secret-box.ts'
import type { Store } from '../../ports/store.ts'

const OPENED_SECRETS_KEPT = 1000
export const HMAC_SHA256 = { name: 'HMAC', hash: 'SHA-256' } as const

export type HmacKey = webcrypto.CryptoKey

/** API keys and what their secrets are needed for; the secrets themselves never leave here. */
export interface ApiKeys {
  /** Read anew each time, so a paused or deleted key is out at once. `apiKey` is the public half. */
  find(apiKey: string): Promise<Row<'api_key'> | undefined>
  /** SHA-256 of the secret. @throws Error when it was sealed with a key this installation does not have */
  digestOf(row: Row<'api_key'>): Buffer
  /** The secret as a key that verifies HMAC-SHA256. @throws as `digestOf` */
  hmacKeyOf(row: Row<'api_key'>): Promise<HmacKey>
}

/**
 * Opened secrets are kept by the revision of their row, at most 1,000 of each form, in forms they cannot be read from.
 */
export function createApiKeys(store: Store, secretBox: SecretBox): ApiKeys {
  const digests = new Map<string, Buffer>()
  const hmacKeys = new Map<string, Promise<HmacKey>>()
  const secretOf = ({ id, sealedSecret }: Row<'api_key'>): string =>
    secretBox.open(sealedSecret, { collection: 'api_key', id, field: 'sealedSecret' })
  return {
    async find(apiKey) {
      const [row] = await store.findByKeys('api_key', ['apiKey'], [[apiKey]])
      return row
    },
    digestOf: (row) => kept(digests, row, () => sha256(secretOf(row))),
    hmacKeyOf: async (row) => kept(hmacKeys, row, () => importHmacKey(Buffer.from(secretOf(row), 'utf8'))),
  }
}

function kept<T>(known: Map<string, T>, row: Row<'api_key'>, make: () => T): T {
  const name = `${row.id}:${row.revision}`
  const present = known.get(name)
  if (present !== undefined) return present
  const made = make()
  const oldest = known.keys().next()
  if (known.size >= OPENED_SECRETS_KEPT && oldest.done === false) known.delete(oldest.value)
  known.set(name, made)
  return made
}

/** A key that can verify and nothing else, and cannot be read again. */
export function importHmacKey(secret: Uint8Array): Promise<HmacKey> {
  return webcrypto.subtle.importKey('raw', secret, HMAC_SHA256, false, ['verify'])
}

export function sha256(text: string): Buffer {
  return createHash('sha256').update(text, 'utf8').digest()
}
