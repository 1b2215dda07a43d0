import type { SecretPlace } from '../../src/ports/secret-box.ts'

/** Where the secret of an API key stands, or the credentials of a connector or a coupon provider. */
export const secretOfKey = (id = ''): SecretPlace => ({ collection: 'api_key', id, field: 'sealedSecret' })
export const credentialsOf = (collection: 'connector' | 'coupon_provider', id = ''): SecretPlace => ({
  collection,
  id,
  field: 'sealedCredentials',
})
