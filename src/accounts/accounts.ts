import { randomBytes } from 'node:crypto'
import { AppError } from '../errors.ts'
import type { Clock } from '../ports/clock.ts'
import type { Row } from '../ports/schema.ts'
import type { SecretBox } from '../ports/secret-box.ts'
import type { Change, Store } from '../ports/store.ts'

export interface AccountDeps {
  readonly store: Store
  readonly secretBox: SecretBox
  readonly clock: Clock
  readonly newId: () => string
}

/** An account with a fresh key. The secret is shown here and never again. */
export interface NewAccount {
  readonly account: Row<'account'>
  readonly apiKey: string
  readonly apiSecret: string
}

const KEY_BYTES = 15
const SECRET_BYTES = 32

/** A key pair: `apiKey` names it (≤ 32 characters), `apiSecret` proves it (≤ 64 characters, 256 bits). */
export function drawApiKey(): { apiKey: string; apiSecret: string } {
  return {
    apiKey: `sk_${randomBytes(KEY_BYTES).toString('base64url')}`,
    apiSecret: randomBytes(SECRET_BYTES).toString('base64url'),
  }
}

/**
 * Makes an account and its first API key in one commit.
 * @throws AppError DUPLICATE_VALUE when the name is taken; nothing is made then
 */
export async function createAccount(deps: AccountDeps, name: string, timezone: string): Promise<NewAccount> {
  const now = deps.clock.now()
  const id = deps.newId()
  const common = { accountId: id, createdAt: now, updatedAt: now, revision: 1 }
  const account: Row<'account'> = { ...common, id, name, timezone, endUserOrigins: [] }
  const { apiKey, apiSecret } = drawApiKey()
  const key: Row<'api_key'> = {
    ...common,
    id: deps.newId(),
    name: 'first key',
    description: 'made together with the account',
    apiKey,
    sealedSecret: deps.secretBox.seal(apiSecret),
    status: 'live',
  }
  const changes: Change[] = [
    { op: 'insert', collection: 'account', row: account },
    { op: 'insert', collection: 'api_key', row: key },
  ]
  const result = await deps.store.commit(changes)
  if (result.outcome === 'conflict') {
    throw new AppError('DUPLICATE_VALUE', `an account with the name ${JSON.stringify(name)} exists already`)
  }
  return { account, apiKey, apiSecret }
}

/** The accounts of this installation, oldest first; at most 1,000. */
export async function listAccounts(store: Store): Promise<Row<'account'>[]> {
  return store.find('account', { sort: [{ field: 'createdAt', order: 'asc' }], limit: 1000 })
}
