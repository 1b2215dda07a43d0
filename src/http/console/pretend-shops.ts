import { type Request, type Response, Router } from 'express'
import { AppError } from '../../errors.ts'
import { findSession } from '../../users/sessions.ts'
import { sessionTokenOf } from '../auth/cookie.ts'
import { contextOf } from '../context.ts'
import type { HttpDeps } from '../deps.ts'
import { sendJson } from '../json/write-json.ts'
import type { Limits } from '../limits/limits.ts'

const PATH = '/console/pretend-shops'

/** `/console/pretend-shops`: what to connect to without an account, where the operator allows it. */
export function createPretendShopRoutes(
  deps: Pick<HttpDeps, 'store' | 'clock' | 'pretendShops'>,
  limits: Limits,
): Router {
  const router = Router({ caseSensitive: true })

  async function show(request: Request, response: Response): Promise<void> {
    const token = sessionTokenOf(request.headers)
    const session = token === null ? null : await findSession(deps, token)
    if (session === null) {
      limits.countAddress(request, response)
      throw new AppError('UNAUTHENTICATED', 'Nobody is signed in')
    }
    const { role, accountId } = session.user
    contextOf(response).logFields.accountId = accountId
    if (role === 'viewer') throw new AppError('FORBIDDEN', 'Viewers read: they connect no shop')
    sendJson(response, 200, { data: await deps.pretendShops() })
  }

  router.get(PATH, show)
  router.all(PATH, ({ method }: Request): never => {
    throw new AppError('METHOD_NOT_ALLOWED', `${method} is not a verb of this address`, { allow: ['GET'] })
  })
  return router
}
