import { insert } from '../ports/changes.ts'
import { ascending } from '../ports/conditions.ts'
import type { Row } from '../ports/schema.ts'
import {
  addUser,
  FIRST_OWNER,
  findUser,
  type Invited,
  listUsers,
  newUser,
  resetUser,
  type UserDeps,
} from './users.ts'

/**
 * Sees to it that somebody can sign in: the first owner of the oldest account, which is made where there is none. As long
 * as no password was set each call gives a new link, and the last one is over. Safe in several processes at once.
 * @returns null: somebody has a password already
 */
export async function inviteFirstOwner(deps: UserDeps): Promise<Invited | null> {
  const [account] = await deps.store.find('account', { sort: ascending('createdAt', 'id'), limit: 1 })
  if (account === undefined) return (await makeAccountWithOwner(deps)) ?? inviteAgain(deps)
  const users = await listUsers(deps.store, account.id)
  if (users.some(({ passwordHash }) => passwordHash !== null)) return null
  const owner = users.find(({ role }) => role === 'owner')
  return owner === undefined
    ? addUser(deps, account.id, { email: FIRST_OWNER, role: 'owner' })
    : resetUser(deps, account.id, owner.id)
}

/** Of an owner whom another process made at the same moment. */
async function inviteAgain(deps: UserDeps): Promise<Invited | null> {
  const owner = await findUser(deps.store, FIRST_OWNER)
  return owner === null || owner.passwordHash !== null ? null : resetUser(deps, owner.accountId, owner.id)
}

/**
 * An account without a key: the owner says its name and its time zone in the console, and makes keys there. One commit with
 * its owner, of whom there can be only one. @returns null: another process was faster
 */
async function makeAccountWithOwner(deps: UserDeps): Promise<Invited | null> {
  const now = deps.clock.now()
  const id = deps.newId()
  const common = { id, accountId: id, createdAt: now, updatedAt: now, revision: 1 }
  const account: Row<'account'> = {
    ...common,
    name: 'My shop',
    timezone: 'UTC',
    endUserOrigins: [],
    caps: null,
  }
  const invited = newUser(deps, id, FIRST_OWNER, 'owner')
  const changes = [insert('account', account), insert('console_user', invited.user)]
  return (await deps.store.commit(changes)).outcome === 'committed' ? invited : null
}
