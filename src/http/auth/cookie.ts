import type { IncomingHttpHeaders } from 'node:http'
import { AppError } from '../../errors.ts'
import { findSession } from '../../users/sessions.ts'
import type { UserDeps } from '../../users/users.ts'
import type { Admin } from './caller.ts'

export const SESSION_COOKIE = 'streakline_session'
/** Longer than any that we make. */
const MAX_TOKEN_CHARACTERS = 128

/** The value of the session's cookie (RFC 6265, §5.4: pairs with "; " between them); null without one. */
export function sessionTokenOf({ cookie }: IncomingHttpHeaders): string | null {
  const prefix = `${SESSION_COOKIE}=`
  const pair = (cookie ?? '').split(';').find((part) => part.trim().startsWith(prefix))
  const token = pair?.trim().slice(prefix.length) ?? ''
  return token === '' || token.length > MAX_TOKEN_CHARACTERS ? null : token
}

/** Finds who is signed in by a session's cookie. */
export function createSessionCheck(
  deps: Pick<UserDeps, 'store' | 'clock'>,
): (token: string) => Promise<Admin> {
  return async (token) => {
    const session = await findSession(deps, token)
    if (session === null) throw new AppError('UNAUTHENTICATED', 'The session is over: sign in again')
    const { id, email, role, accountId } = session.user
    return { kind: 'admin', accountId, actor: { kind: 'user', id, name: email }, role }
  }
}
