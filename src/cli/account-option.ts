import { listAccounts } from '../accounts/accounts.ts'
import { AppError } from '../errors.ts'
import type { Row } from '../ports/schema.ts'
import type { Store } from '../ports/store.ts'
import { readUuid } from '../read/values.ts'

/** The id that an option gives. @throws AppError INVALID_INPUT, naming the option */
export function readId(option: string, text: string): string {
  const id = readUuid(text)
  if (id.ok) return id.value
  throw new AppError('INVALID_INPUT', `${option} ${JSON.stringify(text)} ${id.message}`)
}

/** The account there is, where there is no other. @throws AppError INVALID_INPUT */
export async function onlyAccount(store: Store): Promise<string> {
  const accounts = await listAccounts(store)
  if (accounts.length === 1) return accounts[0]!.id
  if (accounts.length === 0) {
    throw new AppError('INVALID_INPUT', 'there is no account yet: make one with "streakline init"')
  }
  throw new AppError('INVALID_INPUT', `there are ${accounts.length} accounts: say which one with --account`)
}

/**
 * The account that an argument names, by its id, or by its name where it is the only one of that.
 * @throws AppError NOT_FOUND | INVALID_INPUT
 */
export async function accountNamed(store: Store, text: string): Promise<Row<'account'>> {
  const id = readUuid(text)
  const named = await store.findByKeys('account', ['name'], [[text]])
  const found = id.ok ? [...(await store.findByKeys('account', ['id'], [[id.value]])), ...named] : named
  if (found.length === 0) throw new AppError('NOT_FOUND', `there is no account ${JSON.stringify(text)}`)
  if (found.length > 1 && !id.ok) {
    throw new AppError('INVALID_INPUT', `${found.length} accounts have this name: say which one by its id`)
  }
  return found[0]!
}

/** The same; by its id also one that is gone already, of which something may be left. */
export async function accountToDelete(
  store: Store,
  text: string,
): Promise<{ readonly id: string; readonly account: Row<'account'> | null }> {
  const id = readUuid(text)
  if (id.ok && (await store.findByKeys('account', ['id'], [[id.value]])).length === 0) {
    return { id: id.value, account: null }
  }
  const account = await accountNamed(store, text)
  return { id: account.id, account }
}

/**
 * The account that was named, else that of the connector, else the only one there is.
 * @throws AppError INVALID_INPUT, NOT_FOUND
 */
export async function accountOf(
  store: Store,
  account: string | undefined,
  connectorId: string | undefined,
): Promise<string> {
  const [connector] =
    connectorId === undefined ? [] : await store.findByKeys('connector', ['id'], [[connectorId]])
  if (connectorId !== undefined && connector === undefined) {
    throw new AppError('NOT_FOUND', `there is no connector ${connectorId}`)
  }
  if (account !== undefined) {
    const id = readId('--account', account)
    if (connector !== undefined && connector.accountId !== id) {
      throw new AppError('NOT_FOUND', `the account ${id} has no connector ${connectorId}`)
    }
    return id
  }
  if (connector !== undefined) return connector.accountId
  return onlyAccount(store)
}
