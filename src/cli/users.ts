import { Command, Option } from 'commander'
import type { Installation } from '../compose.ts'
import { AppError } from '../errors.ts'
import { CONSOLE_ROLES, type ConsoleRole } from '../ports/schema/console-values.ts'
import { readEmail } from '../read/values.ts'
import { type Act, actAs } from '../users/audit.ts'
import { addUser, type ConsoleUser, findUser, listUsers, removeUser, resetUser } from '../users/users.ts'
import { onlyAccount, readId } from './account-option.ts'
import { printedLink } from './start-link.ts'
import { actOfCommand, checked, print, withInstallation } from './visit.ts'

const EXPLANATION = `
Whoever is added sets a password by the link, which is good once and for an hour; "reset" gives another one.
Roles: owner (everything), staff (all but keys, users and the account), viewer (reads).

Examples:
  streakline users add someone@example.com --role staff
  streakline users reset someone@example.com`

/** `streakline users add | list | reset | remove`: who may sign in to the console. The program goes on. */
export function usersCommand(): Command {
  const users = new Command('users')
    .description('Say who may sign in to the console.')
    .addHelpText('after', EXPLANATION)
  users
    .command('add <email>')
    .description('Add a user, and print the link by which they set a password.')
    .addOption(new Option('--role <role>', 'what they may do').choices(CONSOLE_ROLES).default('staff'))
    .option('--account <id>', 'of this account; needed where there are several')
    .action((email: string, { role, account }: { role: ConsoleRole; account?: string }) =>
      withInstallation('visiting', async (installation) => {
        const accountId =
          account === undefined ? await onlyAccount(installation.store) : readId('--account', account)
        const address = checked('email', readEmail(email))
        const act = actOfCommand(accountId, 'users', {
          action: 'create',
          slug: 'console_user',
          recordId: null,
        })
        const { token } = await actAs(act, () => addUser(installation, accountId, { email: address, role }))
        print(printedLink(token))
      }),
    )
  users
    .command('list')
    .description('List the users.')
    .option('--account <id>', 'of this account; needed where there are several')
    .action(({ account }: { account?: string }) =>
      withInstallation('visiting', async ({ store }) => {
        const accountId = account === undefined ? await onlyAccount(store) : readId('--account', account)
        for (const user of await listUsers(store, accountId)) print(lineOf(user))
      }),
    )
  users
    .command('reset <email>')
    .description('End a user’s sessions and print a new link to set a password; older links are over.')
    .action((email: string) =>
      withUser(email, 'reset', async (installation, { accountId, id }) => {
        const { token } = await resetUser(installation, accountId, id)
        print(printedLink(token))
      }),
    )
  users
    .command('remove <email>')
    .description('Remove a user, and end their sessions. The last owner stays.')
    .action((email: string) =>
      withUser(email, 'delete', async (installation, { accountId, id }) => {
        await removeUser(installation, accountId, id)
        print('Removed.')
      }),
    )
  return users
}

const lineOf = ({ email, role, passwordHash }: ConsoleUser): string =>
  `${email}  ${role}${passwordHash === null ? '  (no password yet)' : ''}`

/** @throws AppError NOT_FOUND */
function withUser(
  email: string,
  action: Act['action'],
  use: (installation: Installation, user: ConsoleUser) => Promise<void>,
): Promise<void> {
  return withInstallation('visiting', async (installation) => {
    const user = await findUser(installation.store, checked('email', readEmail(email)))
    if (user === null) throw new AppError('NOT_FOUND', `there is no user ${JSON.stringify(email)}`)
    const { accountId, id: recordId } = user
    const act = actOfCommand(accountId, 'users', { action, slug: 'console_user', recordId })
    await actAs(act, () => use(installation, user))
  })
}
