import { listAccounts } from '../accounts/accounts.ts'
import { AppError } from '../errors.ts'
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
  throw new AppError('INVALID_INPUT', `there are ${accounts.length} accounts: say which one with --account`)
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
