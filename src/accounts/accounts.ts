import { randomBytes } from 'node:crypto'
import { findRow } from '../commit/planned.ts'
import { AppError } from '../errors.ts'
import { insert } from '../ports/changes.ts'
import type { Clock } from '../ports/clock.ts'
import { ascending } from '../ports/conditions.ts'
import type { Row } from '../ports/schema.ts'
import type { SecretBox } from '../ports/secret-box.ts'
import type { Store } from '../ports/store.ts'

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

/** A key with a fresh pair, not stored yet. `apiSecret` is all that can ever tell the secret. */
export function makeApiKey(
  { secretBox, newId, clock }: Omit<AccountDeps, 'store'>,
  accountId: string,
  { name, description, status }: Pick<Row<'api_key'>, 'name' | 'description' | 'status'>,
): { row: Row<'api_key'>; apiSecret: string } {
  const { apiKey, apiSecret } = drawApiKey()
  const now = clock.now()
  const id = newId()
  const common = { id, accountId, createdAt: now, updatedAt: now, revision: 1 }
  const sealedSecret = secretBox.seal(apiSecret, { collection: 'api_key', id, field: 'sealedSecret' })
  return { row: { ...common, name, description, status, apiKey, sealedSecret }, apiSecret }
}

/**
 * Makes an account and its first API key in one commit.
 * @throws AppError DUPLICATE_VALUE when the name is taken; nothing is made then
 */
export async function createAccount(deps: AccountDeps, name: string, timezone: string): Promise<NewAccount> {
  // only the command line learns of other accounts' names: over the API two accounts may come to have the same
  if ((await deps.store.findByKeys('account', ['name'], [[name]])).length > 0) {
    throw new AppError('DUPLICATE_VALUE', `an account with the name ${JSON.stringify(name)} exists already`)
  }
  const now = deps.clock.now()
  const id = deps.newId()
  const common = { id, accountId: id, createdAt: now, updatedAt: now, revision: 1 }
  const account: Row<'account'> = { ...common, name, timezone, endUserOrigins: [], caps: null }
  const description = 'made together with the account'
  const key = makeApiKey(deps, id, { name: 'first key', description, status: 'live' })
  const result = await deps.store.commit([insert('account', account), insert('api_key', key.row)])
  if (result.outcome === 'conflict')
    throw new AppError('STORE_BUSY', 'the account could not be made: try again')
  return { account, apiKey: key.row.apiKey, apiSecret: key.apiSecret }
}

/**
 * Gives an account another live key, for whoever has lost the ones they had.
 * @throws AppError NOT_FOUND for an unknown account, DUPLICATE_VALUE when it has a key of this name
 */
export async function addApiKey(deps: AccountDeps, accountId: string, name: string): Promise<NewAccount> {
  const account = await findRow(deps.store, 'account', accountId, accountId)
  if (account === null) throw new AppError('NOT_FOUND', `there is no account ${accountId}`)
  const description = 'made on the command line'
  const key = makeApiKey(deps, account.id, { name, description, status: 'live' })
  const result = await deps.store.commit([insert('api_key', key.row)])
  if (result.outcome === 'conflict') {
    throw new AppError(
      'DUPLICATE_VALUE',
      `the account has a key with the name ${JSON.stringify(name)} already`,
    )
  }
  return { account, apiKey: key.row.apiKey, apiSecret: key.apiSecret }
}

/** The accounts of this installation, oldest first; at most 1,000. */
export async function listAccounts(store: Store): Promise<Row<'account'>[]> {
  return store.find('account', { sort: ascending('createdAt'), limit: 1000 })
}
