import { v7 as uuid } from 'uuid'
import type { Api } from './api.ts'
import { endUserToken, type Key } from './end-user-token.ts'
import { secretOfKey } from './secret-places.ts'
import { ADA, type Shop } from './shop.ts'

type Headers = Readonly<Record<string, string>>

const HOUR_MS = 3_600_000

/** A key of the shop that is paused. */
export async function pausedKey(api: Api, shop: Shop): Promise<Key> {
  const { accountId } = shop.backend
  const key = { accountId, apiKey: 'paused-key', apiSecret: 'secret of the paused key' }
  const now = api.clock.now()
  const id = uuid()
  const row = {
    id,
    accountId,
    createdAt: now,
    updatedAt: now,
    revision: 1,
    name: 'paused',
    description: '',
    apiKey: key.apiKey,
    sealedSecret: api.deps.secretBox.seal(key.apiSecret, secretOfKey(id)),
    status: 'paused' as const,
  }
  await api.store.commit([{ op: 'insert', collection: 'api_key', row }])
  return key
}

/** Headers of callers who must be kept out of a shop, by what is wrong with them. */
export function badCredentials(shop: Shop, other: Shop, paused: Key, now: number): Record<string, Headers> {
  const { key, withToken } = shop
  const token = endUserToken(key, ADA, now)
  const { apiKey, apiSecret } = key
  const fakeKey = { ...key, apiSecret: other.key.apiSecret }
  const crossKey = { ...other.key, accountId: key.accountId }
  return {
    guest: {},
    'a key alone': { 'x-api-key': apiKey },
    'a secret alone': { 'x-api-secret': apiSecret },
    'a wrong secret': { 'x-api-key': apiKey, 'x-api-secret': `${apiSecret}x` },
    "another key's secret": { 'x-api-key': apiKey, 'x-api-secret': other.key.apiSecret },
    'an unknown key': { 'x-api-key': 'unknown', 'x-api-secret': apiSecret },
    'a paused key': { 'x-api-key': paused.apiKey, 'x-api-secret': paused.apiSecret },
    'a token as bearer': { authorization: `Bearer ${token}`, 'x-account-id': key.accountId },
    'a token without its account': { 'x-enduser-access-token': token },
    'a token for another account': other.withToken(token),
    'a token signed with a wrong secret': withToken(endUserToken(fakeKey, ADA, now)),
    "a token signed with another account's key": withToken(endUserToken(crossKey, ADA, now)),
    'a token signed with a paused key': withToken(endUserToken(paused, ADA, now)),
    'an expired token': withToken(endUserToken(key, ADA, now - HOUR_MS)),
    'a token from the future': withToken(endUserToken(key, ADA, now + HOUR_MS)),
    'a token without a customer': withToken(endUserToken(key, '', now)),
    'an empty token': withToken(''),
    'backend and end user at once': { ...shop.backend.headers, ...withToken(token) },
    'half a backend and an end user': { 'x-api-key': apiKey, ...withToken(token) },
  }
}
