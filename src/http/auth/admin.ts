import { randomBytes, timingSafeEqual } from 'node:crypto'
import type { IncomingHttpHeaders } from 'node:http'
import { AppError } from '../../errors.ts'
import { type ApiKeys, sha256 } from './api-keys.ts'
import type { Admin } from './caller.ts'

/**
 * Checks `x-api-key` and `x-api-secret` together. Secrets are compared by their hashes, in constant time, and a key
 * that does not exist costs the same comparison.
 */
export function createAdminCheck(keys: ApiKeys): (headers: IncomingHttpHeaders) => Promise<Admin> {
  const nobody = randomBytes(32)
  return async (headers) => {
    const { apiKey, apiSecret } = credentialsOf(headers)
    const row = await keys.find(apiKey)
    const expected = row === undefined ? nobody : keys.digestOf(row)
    const matches = timingSafeEqual(sha256(apiSecret), expected)
    if (row === undefined || !matches || row.status !== 'live') {
      throw new AppError('UNAUTHENTICATED', 'x-api-key and x-api-secret are not those of a live API key')
    }
    const actor = { kind: 'key', id: row.id, name: row.name } as const
    return { kind: 'admin', accountId: row.accountId, actor, role: null }
  }
}

function credentialsOf(headers: IncomingHttpHeaders): { apiKey: string; apiSecret: string } {
  const apiKey = headers['x-api-key']
  const apiSecret = headers['x-api-secret']
  if (typeof apiKey === 'string' && apiKey !== '' && typeof apiSecret === 'string' && apiSecret !== '') {
    return { apiKey, apiSecret }
  }
  throw new AppError(
    'UNAUTHENTICATED',
    'Send both x-api-key and x-api-secret, or both x-enduser-access-token and x-account-id',
  )
}
