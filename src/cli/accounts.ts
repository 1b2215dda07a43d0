import { Command } from 'commander'
import { addApiKey, createAccount, listAccounts, type NewAccount } from '../accounts/accounts.ts'
import { createLogger, openInstallation } from '../compose.ts'
import { readConfig } from '../config.ts'
import { AppError } from '../errors.ts'
import { isTimezone } from '../streaks/period.ts'

const print = (line: string): void => void process.stdout.write(`${line}\n`)

async function withInstallation<T>(
  use: (installation: Awaited<ReturnType<typeof openInstallation>>) => Promise<T>,
): Promise<T> {
  const config = readConfig(process.env)
  const installation = await openInstallation(config, createLogger({ ...config, logLevel: 'warn' }))
  try {
    return await use(installation)
  } finally {
    await installation.close()
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

const MAX_NAME_CHARACTERS = 256

function checkedName(name: string): string {
  if (name.trim() === '') throw new AppError('INVALID_INPUT', 'the name of a key must not be blank')
  const characters = [...name].length
  if (characters <= MAX_NAME_CHARACTERS) return name
  throw new AppError(
    'INVALID_INPUT',
    `the name of a key has ${characters} characters, at most ${MAX_NAME_CHARACTERS} are allowed`,
  )
}

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
      withInstallation(async (installation) => {
        const zone = checkedTimezone(timezone)
        const accounts = await listAccounts(installation.store)
        if (accounts.length === 0) show(await createAccount(installation, name, zone))
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
      withInstallation(async (installation) =>
        show(await createAccount(installation, name, checkedTimezone(timezone))),
      ),
    )
  accounts
    .command('list')
    .description('List the accounts.')
    .action(() =>
      withInstallation(async ({ store }) => {
        for (const { id, name, timezone } of await listAccounts(store)) print(`${id}  ${name}  ${timezone}`)
      }),
    )
  accounts
    .command('add-key <account-id>')
    .description('Give an account another API key, for a backend that has lost its own.')
    .option('--name <name>', 'name of the key, unique in the account (default: with the present time)')
    .action((accountId: string, { name }: { name?: string }) =>
      withInstallation(async (installation) => {
        const keyName = name ?? `added ${new Date(installation.clock.now()).toISOString()}`
        show(await addApiKey(installation, accountId.toLowerCase(), checkedName(keyName)))
      }),
    )
  return accounts
}
