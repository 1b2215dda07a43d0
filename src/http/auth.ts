import { AppError } from '../errors.ts'
import { createAdminCheck } from './auth/admin.ts'
import { createApiKeys } from './auth/api-keys.ts'
import type { Authenticate } from './auth/caller.ts'
import { createEndUserCheck, TOKEN_HEADER } from './auth/end-user.ts'
import type { HttpDeps } from './deps.ts'

/** Who calls, by the credentials of a request: those of a backend or those of an end user, never both. */
export function createAuthenticate({
  store,
  secretBox,
  clock,
}: Pick<HttpDeps, 'store' | 'secretBox' | 'clock'>): Authenticate {
  const keys = createApiKeys(store, secretBox)
  const admin = createAdminCheck(keys)
  const endUser = createEndUserCheck(keys, store, clock)

  return async (headers) => {
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
