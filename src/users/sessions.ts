import { AppError } from '../errors.ts'
import { change, insert, remove } from '../ports/changes.ts'
import type { Instant } from '../ports/clock.ts'
import type { Row } from '../ports/schema.ts'
import { isPassword } from './passwords.ts'
import { drawToken, hashOf } from './secrets.ts'
import { type ConsoleUser, findUser, type UserDeps } from './users.ts'

const IDLE_MS = 12 * 3_600_000
const MOST_MS = 7 * 24 * 3_600_000
/** How far the idle time may lag behind, so that not every request writes. */
const LAG_MS = 60_000

/** Somebody who is signed in. */
export interface Session {
  readonly user: ConsoleUser
  /** When it ends if nothing is asked any more. */
  readonly expiresAt: Instant
}

/**
 * Who may sign in with these. Takes as long whoever it is. @throws AppError UNAUTHENTICATED, the same for a wrong address
 * and a wrong password
 */
export async function checkPassword({ store }: Pick<UserDeps, 'store'>, email: string, password: string) {
  const user = await findUser(store, email)
  if (!(await isPassword(password, user?.passwordHash ?? null)) || user === null) {
    throw new AppError('UNAUTHENTICATED', 'E-mail and password are not those of a user')
  }
  return user
}

/** Opens a session of a user. @returns the token of its cookie, shown here and never again */
export async function openSession(
  { store, clock, newId }: UserDeps,
  user: ConsoleUser,
): Promise<{ readonly token: string; readonly session: Session }> {
  const now = clock.now()
  const { token, hash } = drawToken()
  const row: Row<'console_session'> = {
    ...{ id: newId(), accountId: user.accountId, createdAt: now, updatedAt: now, userId: user.id },
    ...{ tokenHash: hash, epoch: user.sessionEpoch, idleUntil: now + IDLE_MS, endsAt: now + MOST_MS },
  }
  if ((await store.commit([insert('console_session', row)])).outcome === 'conflict') {
    throw new AppError('STORE_BUSY', 'the session could not be opened: try again')
  }
  return { token, session: { user, expiresAt: expiryOf(row) } }
}

/** The session of a cookie, renewed by being asked for; null: it is over, or never was. @throws AppError STORE_UNAVAILABLE */
export async function findSession(
  { store, clock }: Pick<UserDeps, 'store' | 'clock'>,
  token: string,
): Promise<Session | null> {
  const [row] = await store.findByKeys('console_session', ['tokenHash'], [[hashOf(token)]])
  const now = clock.now()
  if (row === undefined || expiryOf(row) <= now) return null
  const [user] = await store.findByKeys('console_user', ['accountId', 'id'], [[row.accountId, row.userId]])
  if (user === undefined || user.sessionEpoch !== row.epoch) return null
  const idleUntil = now + IDLE_MS
  if (idleUntil - row.idleUntil > LAG_MS) {
    // two requests at once renew it alike; whichever comes second changes nothing worth a word
    await store.commit([change('console_session', row, {}, { idleUntil, updatedAt: now })])
  }
  return { user, expiresAt: expiryOf({ ...row, idleUntil }) }
}

/** Ends the session of a cookie. Idempotent. */
export async function endSession({ store }: Pick<UserDeps, 'store'>, token: string): Promise<void> {
  const [row] = await store.findByKeys('console_session', ['tokenHash'], [[hashOf(token)]])
  if (row !== undefined) await store.commit([remove('console_session', row, {})])
}

function expiryOf({ idleUntil, endsAt }: Pick<Row<'console_session'>, 'idleUntil' | 'endsAt'>): Instant {
  return Math.min(idleUntil, endsAt)
}
