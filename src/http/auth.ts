import { AppError } from '../errors.ts'
import { createAdminCheck } from './auth/admin.ts'
import { createApiKeys } from './auth/api-keys.ts'
import type { Authenticate } from './auth/caller.ts'
import { createSessionCheck, sessionTokenOf } from './auth/cookie.ts'
import { createEndUserCheck, TOKEN_HEADER } from './auth/end-user.ts'
import type { HttpDeps } from './deps.ts'

const CREDENTIALS = ['x-api-key', 'x-api-secret', TOKEN_HEADER] as const

/**
 * Who calls, by the credentials of a request: those of a backend, of an end user, or the cookie of somebody who is signed
 * in to the console; never two of them.
 */
export function createAuthenticate({
  store,
  secretBox,
  clock,
}: Pick<HttpDeps, 'store' | 'secretBox' | 'clock'>): Authenticate {
  const keys = createApiKeys(store, secretBox)
  const admin = createAdminCheck(keys)
  const endUser = createEndUserCheck(keys, store, clock)
  const session = createSessionCheck({ store, clock })

  return async (headers) => {
    const token = sessionTokenOf(headers)
    if (token !== null) {
      if (CREDENTIALS.every((name) => headers[name] === undefined)) return session(token)
      throw new AppError(
        'UNAUTHENTICATED',
        'Send the cookie of a session or the headers of a key or a token, not both: a request has one caller',
      )
    }
    if (headers[TOKEN_HEADER] === undefined) return admin(headers)
    if (headers['x-api-key'] !== undefined || headers['x-api-secret'] !== undefined) {
      // whichever of the two won, somebody would see what they should not, or miss what they should see
      throw new AppError(
        'UNAUTHENTICATED',
        `Send x-api-key and x-api-secret or ${TOKEN_HEADER}, not both: a request has one caller`,
      )
    }
    return endUser(headers)
  }
}
