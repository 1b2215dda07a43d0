import { setTimeout as wait } from 'node:timers/promises'
import { Command } from 'commander'
import { addApiKey, createAccount, listAccounts, type NewAccount } from '../accounts/accounts.ts'
import { createLogger, type Installation, openInstallation } from '../compose.ts'
import { AppError } from '../errors.ts'
import { type Read, readText, readUuid } from '../read/values.ts'
import { isTimezone } from '../streaks/period.ts'
import { readSettings } from './settings.ts'

const print = (line: string): void => void process.stdout.write(`${line}\n`)

/** Claimed: nobody else has the installation. Visiting: the program may run, and two visitors at once see each other's commits alone. */
type Access = 'claimed' | 'visiting'

async function withInstallation<T>(
  access: Access,
  use: (installation: Installation) => Promise<T>,
): Promise<T> {
  const config = readSettings()
  const logger = createLogger({ ...config, logLevel: 'warn' })
  const installation = await openInstallation(config, logger, { claim: access === 'claimed' })
  try {
    return await use(installation)
  } finally {
    await installation.close()
  }
}

/** How long another `init` may take; the program itself stays longer. */
const OTHER_INIT_MS = 1000
const AGAIN_MS = 50

/**
 * Claimed where that can be had within a moment, so that of two at once the second finds the account of the first;
 * else the program runs, and it is a visit.
 */
async function claimedOrVisiting<T>(use: (installation: Installation) => Promise<T>): Promise<T> {
  const deadlineMs = performance.now() + OTHER_INIT_MS
  let isOpen = false
  for (;;) {
    try {
      return await withInstallation('claimed', (installation) => {
        isOpen = true
        return use(installation)
      })
    } catch (error) {
      if (isOpen || !(error instanceof AppError && error.code === 'CONFLICT')) throw error
      if (performance.now() > deadlineMs) return await withInstallation('visiting', use)
      await wait(AGAIN_MS)
    }
  }
}

function checkedTimezone(timezone: string): string {
  if (!isTimezone(timezone)) {
    throw new AppError(
      'INVALID_INPUT',
      `${JSON.stringify(timezone)} is not an IANA time zone such as Europe/Berlin`,
    )
  }
  return timezone
}

/** What the API says of a field. @throws AppError INVALID_INPUT */
function checked<T>(what: string, read: Read<T>): T {
  if (read.ok) return read.value
  throw new AppError('INVALID_INPUT', `${what} ${read.message}`)
}

/** The name of an account or of a key: the limits of the contract. */
const checkedName = (name: string): string => checked('name', readText(256)(name))

function show({ account, apiKey, apiSecret }: NewAccount): void {
  print(`account     ${account.id}  ${account.name}  ${account.timezone}`)
  print(`x-api-key     ${apiKey}`)
  print(`x-api-secret  ${apiSecret}`)
  print('The secret is shown this once: keep it now.')
}

/** `streakline init`: the first account and key; run again it changes nothing. */
export function initCommand(): Command {
  return new Command('init')
    .description(
      'Prepare the store and make the first account with an API key; does nothing when there is one.',
    )
    .option('--name <name>', 'name of the account', 'default')
    .option('--timezone <zone>', 'IANA time zone that new streaks get', 'UTC')
    .action(({ name, timezone }: { name: string; timezone: string }) =>
      claimedOrVisiting(async (installation) => {
        const [zone, checkedOne] = [checkedTimezone(timezone), checkedName(name)]
        const accounts = await listAccounts(installation.store)
        if (accounts.length === 0) show(await createAccount(installation, checkedOne, zone))
        else
          print(
            `There is an account already: ${accounts[0]!.id} (${accounts[0]!.name}). Nothing was changed.`,
          )
      }),
    )
}

/** `streakline accounts create | list | add-key`. */
export function accountsCommand(): Command {
  const accounts = new Command('accounts').description('Make and list accounts, and give them API keys.')
  accounts
    .command('create <name>')
    .description('Make an account with an API key.')
    .option('--timezone <zone>', 'IANA time zone that new streaks get', 'UTC')
    .action((name: string, { timezone }: { timezone: string }) =>
      withInstallation('visiting', async (installation) =>
        show(await createAccount(installation, checkedName(name), checkedTimezone(timezone))),
      ),
    )
  accounts
    .command('list')
    .description('List the accounts.')
    .action(() =>
      withInstallation('visiting', async ({ store }) => {
        for (const { id, name, timezone } of await listAccounts(store)) print(`${id}  ${name}  ${timezone}`)
      }),
    )
  accounts
    .command('add-key <account-id>')
    .description('Give an account another API key, for a backend that has lost its own.')
    .option('--name <name>', 'name of the key, unique in the account (default: with the present time)')
    .action((accountId: string, { name }: { name?: string }) =>
      withInstallation('visiting', async (installation) => {
        const keyName = name ?? `added ${new Date(installation.clock.now()).toISOString()}`
        const id = checked('account-id', readUuid(accountId))
        show(await addApiKey(installation, id, checkedName(keyName)))
      }),
    )
  return accounts
}
