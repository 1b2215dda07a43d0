import { commitPlanned, findRow, standsStill } from '../commit/planned.ts'
import { AppError } from '../errors.ts'
import { insert, remove, revise } from '../ports/changes.ts'
import type { Clock, Instant } from '../ports/clock.ts'
import { all, ascending, equal, otherThan } from '../ports/conditions.ts'
import type { ConsoleRole } from '../ports/schema/console-values.ts'
import type { Row } from '../ports/schema.ts'
import type { Change, Store } from '../ports/store.ts'
import { hashPassword } from './passwords.ts'
import { drawToken, hashOf } from './secrets.ts'

export type ConsoleUser = Row<'console_user'>

export interface UserDeps {
  readonly store: Store
  readonly clock: Clock
  readonly newId: () => string
}

/** A link is good once and for so long. */
export const LINK_MS = 3_600_000
/** The address of the owner that an installation begins with, until they say their own. */
export const FIRST_OWNER = 'owner@localhost'

/** Addresses are one however they are written. */
export function foldEmail(email: string): string {
  return email.trim().normalize('NFKC').toLowerCase()
}

/** A user with the token of the link by which they set a password; it is shown here and never again. */
export interface Invited {
  readonly user: ConsoleUser
  readonly token: string
}

/**
 * Makes a user of an account, who sets a password by the link. Atomic.
 * @throws AppError DUPLICATE_VALUE where the address is taken in this installation, NOT_FOUND without the account
 */
export async function addUser(
  deps: UserDeps,
  accountId: string,
  { email, role }: { readonly email: string; readonly role: ConsoleRole },
): Promise<Invited> {
  const account = await findRow(deps.store, 'account', accountId, accountId)
  if (account === null) throw new AppError('NOT_FOUND', `there is no account ${accountId}`)
  const invited = newUser(deps, accountId, email, role)
  const changes = [insert('console_user', invited.user)]
  await commitPlanned(deps.store, async () => ({ changes, result: undefined }), taken)
  return invited
}

/** A user who is not stored yet, with the token of their link. */
export function newUser(
  { clock, newId }: Omit<UserDeps, 'store'>,
  accountId: string,
  email: string,
  role: ConsoleRole,
): Invited {
  const now = clock.now()
  const { token, hash } = drawToken()
  const common = { id: newId(), accountId, createdAt: now, updatedAt: now, revision: 1 }
  const named = { email: email.trim(), emailKey: foldEmail(email), role }
  return { user: { ...common, ...named, passwordHash: null, sessionEpoch: 1, ...linkOf(hash, now) }, token }
}

/** The users of an account, the oldest first. */
export function listUsers(store: Store, accountId: string): Promise<ConsoleUser[]> {
  return store.find('console_user', {
    where: equal({ accountId }),
    sort: ascending('createdAt', 'id'),
    limit: 1000,
  })
}

/** The user of an address, whoever's account it is; null: nobody has it. */
export async function findUser(store: Store, email: string): Promise<ConsoleUser | null> {
  const [user] = await store.findByKeys('console_user', ['emailKey'], [[foldEmail(email)]])
  return user ?? null
}

/**
 * Gives a user a new link and ends all their sessions; older links are over. The password stays good until the link is
 * used. Atomic. @throws AppError NOT_FOUND
 */
export function resetUser(deps: UserDeps, accountId: string, id: string): Promise<Invited> {
  const { token, hash } = drawToken()
  return commitPlanned(deps.store, async () => {
    const user = await userOf(deps.store, accountId, id)
    const now = deps.clock.now()
    const set = { ...linkOf(hash, now), sessionEpoch: user.sessionEpoch + 1, updatedAt: now }
    return { changes: [revise('console_user', user, set)], result: { user: { ...user, ...set }, token } }
  })
}

/** Gives another role, which ends the user's sessions. @throws AppError NOT_FOUND | LAST_OWNER */
export function changeRole(
  deps: UserDeps,
  accountId: string,
  id: string,
  role: ConsoleRole,
): Promise<ConsoleUser> {
  return commitPlanned(deps.store, async () => {
    const user = await userOf(deps.store, accountId, id)
    if (user.role === role) return { changes: [], result: user }
    const set = { role, sessionEpoch: user.sessionEpoch + 1, updatedAt: deps.clock.now() }
    const also = user.role === 'owner' ? [await whileAnOwnerStays(deps.store, user)] : []
    const next = { ...user, ...set, revision: user.revision + 1 }
    return { changes: [revise('console_user', user, set), ...also], result: next }
  })
}

/** Removes a user, whose sessions end with it. @throws AppError NOT_FOUND | LAST_OWNER */
export function removeUser(deps: Pick<UserDeps, 'store'>, accountId: string, id: string): Promise<void> {
  return commitPlanned(deps.store, async () => {
    const user = await userOf(deps.store, accountId, id)
    const also = user.role === 'owner' ? [await whileAnOwnerStays(deps.store, user)] : []
    return {
      changes: [remove('console_user', user, { revision: user.revision }), ...also],
      result: undefined,
    }
  })
}

/**
 * Sets the password of the user whom the link names, with the address they say; the link is spent by it and all
 * sessions are over. Atomic. @returns the user
 * @throws AppError LINK_NOT_GOOD for an unknown, used or old one, DUPLICATE_VALUE where the address is taken
 */
export async function setPasswordByLink(
  { store, clock }: Pick<UserDeps, 'store' | 'clock'>,
  token: string,
  password: string,
  email?: string,
): Promise<ConsoleUser> {
  const linkHash = hashOf(token)
  const find = async (): Promise<ConsoleUser> => {
    const [user] = await store.findByKeys('console_user', ['linkHash'], [[linkHash]])
    if (user === undefined || (user.linkUntil ?? 0) <= clock.now()) {
      throw new AppError(
        'LINK_NOT_GOOD',
        'The link was used, is older than an hour, or a newer one replaced it',
      )
    }
    return user
  }
  await find()
  const passwordHash = await hashPassword(password)
  return commitPlanned(
    store,
    async () => {
      const user = await find()
      const named = email === undefined ? {} : { email: email.trim(), emailKey: foldEmail(email) }
      const set = {
        ...named,
        ...newPassword(user, passwordHash, clock.now()),
        linkHash: null,
        linkUntil: null,
      }
      const next = { ...user, ...set, revision: user.revision + 1 }
      return { changes: [revise('console_user', user, set)], result: next }
    },
    taken,
  )
}

/** Sets another password for a user who told the old one; it ends all their sessions. @throws AppError NOT_FOUND */
export async function changePassword(
  { store, clock }: Pick<UserDeps, 'store' | 'clock'>,
  { accountId, id }: Pick<ConsoleUser, 'accountId' | 'id'>,
  password: string,
): Promise<ConsoleUser> {
  const passwordHash = await hashPassword(password)
  return commitPlanned(store, async () => {
    const user = await userOf(store, accountId, id)
    const set = newPassword(user, passwordHash, clock.now())
    return {
      changes: [revise('console_user', user, set)],
      result: { ...user, ...set, revision: user.revision + 1 },
    }
  })
}

function newPassword({ sessionEpoch }: ConsoleUser, passwordHash: string, now: Instant) {
  return { passwordHash, sessionEpoch: sessionEpoch + 1, updatedAt: now }
}

function linkOf(linkHash: string, now: Instant) {
  return { linkHash, linkUntil: now + LINK_MS }
}

async function userOf(store: Store, accountId: string, id: string): Promise<ConsoleUser> {
  const user = await findRow(store, 'console_user', accountId, id)
  if (user === null) throw new AppError('NOT_FOUND', `there is no user of the console ${id}`)
  return user
}

/** The account stands still, so of two owners who go at once one is refused. @throws AppError LAST_OWNER */
async function whileAnOwnerStays(store: Store, { id, accountId }: ConsoleUser): Promise<Change> {
  const account = (await findRow(store, 'account', accountId, accountId))!
  const [other] = await store.find('console_user', {
    where: all(equal({ accountId, role: 'owner' }), otherThan('id', id)),
    limit: 1,
  })
  if (other === undefined) {
    throw new AppError(
      'LAST_OWNER',
      'This is the last owner of the account: make another user an owner first',
    )
  }
  return standsStill('account', account)
}

async function taken(): Promise<AppError> {
  const message = 'is already that of a user of this installation'
  return new AppError('DUPLICATE_VALUE', `email ${message}`, { details: [{ path: 'email', message }] })
}
