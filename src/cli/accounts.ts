import { setTimeout as wait } from 'node:timers/promises'
import { Command } from 'commander'
import { addApiKey, createAccount, listAccounts, type NewAccount } from '../accounts/accounts.ts'
import type { Installation } from '../compose.ts'
import { AppError } from '../errors.ts'
import { equal } from '../ports/conditions.ts'
import { readText, readUuid } from '../read/values.ts'
import { patchRow } from '../setup/change-row.ts'
import { isTimezone } from '../streaks/period.ts'
import { actAs } from '../users/audit.ts'
import { inviteFirstOwner } from '../users/first-owner.ts'
import { deleteCommand } from './accounts-delete.ts'
import { exportCommand } from './accounts-export.ts'
import { printedLink } from './start-link.ts'
import { actOfCommand, checked, print, withInstallation } from './visit.ts'

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
        await makeFirst(installation, checkedOne, zone)
        const invited = await inviteFirstOwner(installation)
        if (invited !== null) {
          print('Set the password of the console here; the link is good once and for an hour:')
          print(printedLink(invited.token))
        }
      }),
    )
}

/** The first account and its key; the one that a first start has made, which has none, is given a name and one. */
async function makeFirst(installation: Installation, name: string, zone: string): Promise<void> {
  const { store } = installation
  const [first] = await listAccounts(store)
  if (first === undefined) return show(await createAccount(installation, name, zone))
  const [key] = await store.find('api_key', { where: equal({ accountId: first.id }), limit: 1 })
  if (key !== undefined) {
    return print(`There is an account already: ${first.id} (${first.name}). Nothing was changed.`)
  }
  const target = { collection: 'account', noun: 'account', accountId: first.id, id: first.id } as const
  await patchRow(store, target, installation.clock.now(), { given: { name, timezone: zone } })
  show(await addApiKey(installation, first.id, 'first key'))
}

/** `streakline accounts create | list | add-key | export | delete`. */
export function accountsCommand(): Command {
  const accounts = new Command('accounts').description(
    'Make, list, export and delete accounts, and give them API keys.',
  )
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
        const act = actOfCommand(id, 'accounts', { action: 'create', slug: 'api_key', recordId: null })
        show(await actAs(act, () => addApiKey(installation, id, checkedName(keyName))))
      }),
    )
  accounts.addCommand(exportCommand())
  accounts.addCommand(deleteCommand())
  return accounts
}
