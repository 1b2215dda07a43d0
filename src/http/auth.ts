import { createHash, randomBytes, timingSafeEqual } from 'node:crypto'
import type { IncomingHttpHeaders } from 'node:http'
import { AppError } from '../errors.ts'
import type { Row } from '../ports/schema.ts'
import type { HttpDeps } from './deps.ts'

/** Who calls: the merchant's backend, with everything in its account. */
export interface Caller {
  readonly kind: 'admin'
  readonly accountId: string
  readonly apiKeyId: string
}

/** @throws AppError UNAUTHENTICATED */
export type Authenticate = (headers: IncomingHttpHeaders) => Promise<Caller>

const OPENED_SECRETS_KEPT = 1000

/**
 * Checks `x-api-key` and `x-api-secret` together. The key is looked up each time, so a paused or deleted one is out at
 * once; opened secrets are kept by the revision of their row. Secrets are compared by their hashes, in constant time,
 * and a key that does not exist costs the same comparison.
 */
export function createAuthenticate({
  store,
  secretBox,
}: Pick<HttpDeps, 'store' | 'secretBox'>): Authenticate {
  const opened = new Map<string, Buffer>()
  const nobody = randomBytes(32)

  function digestOfSecret(row: Row<'api_key'>): Buffer {
    const cacheKey = `${row.id}:${row.revision}`
    const known = opened.get(cacheKey)
    if (known !== undefined) return known
    const digest = sha256(secretBox.open(row.sealedSecret))
    const oldest = opened.keys().next()
    if (opened.size >= OPENED_SECRETS_KEPT && oldest.done === false) opened.delete(oldest.value)
    opened.set(cacheKey, digest)
    return digest
  }

  return async (headers) => {
    const { apiKey, apiSecret } = credentialsOf(headers)
    const [row] = await store.findByKeys('api_key', ['apiKey'], [[apiKey]])
    const expected = row === undefined ? nobody : digestOfSecret(row)
    const matches = timingSafeEqual(sha256(apiSecret), expected)
    if (row === undefined || !matches || row.status !== 'live') {
      throw new AppError('UNAUTHENTICATED', 'x-api-key and x-api-secret are not those of a live API key')
    }
    return { kind: 'admin', accountId: row.accountId, apiKeyId: row.id }
  }
}

function credentialsOf(headers: IncomingHttpHeaders): { apiKey: string; apiSecret: string } {
  const apiKey = headers['x-api-key']
  const apiSecret = headers['x-api-secret']
  if (typeof apiKey === 'string' && apiKey !== '' && typeof apiSecret === 'string' && apiSecret !== '') {
    return { apiKey, apiSecret }
  }
  const message =
    headers['x-enduser-access-token'] === undefined
      ? 'Send both x-api-key and x-api-secret'
      : 'End-user access tokens are not built yet: send x-api-key and x-api-secret from your backend'
  throw new AppError('UNAUTHENTICATED', message)
}

function sha256(text: string): Buffer {
  return createHash('sha256').update(text, 'utf8').digest()
}
