import type { RequestHandler } from 'express'
import { AppError } from '../errors.ts'
import { zoneData } from '../streaks/zone-data.ts'
import { contextOf } from './context.ts'
import type { HttpDeps } from './deps.ts'
import { errorBody } from './error-handler.ts'
import { sendJson } from './json/write-json.ts'

const CHECK_TIMEOUT_MS = 2000

/** The process runs. */
export const healthz: RequestHandler = (_request, response) => {
  contextOf(response).route = '/healthz'
  sendJson(response, 200, { data: { status: 'ok' } })
}

/** @throws AppError METHOD_NOT_ALLOWED */
export const refuseOtherVerbs: RequestHandler = (request, response) => {
  contextOf(response).route = request.path
  throw new AppError(
    'METHOD_NOT_ALLOWED',
    `${request.method} is not a verb of ${request.path}, which is only read`,
    {
      allow: ['GET', 'HEAD'],
    },
  )
}

/**
 * The store decides whether this process can serve, and whether it can read the secrets in it; Redis is reported, since
 * webhooks are accepted without it.
 */
export function readyz({
  store,
  redisReachable,
  checkKey,
}: Pick<HttpDeps, 'store' | 'redisReachable' | 'checkKey'>): RequestHandler {
  return async (_request, response) => {
    const context = contextOf(response)
    context.route = '/readyz'
    const [storeFault, keyFault, redisUp] = await Promise.all([
      faultOf(store.ping()),
      faultOf(checkKey()),
      faultOf(redisReachable().then(orThrow)).then((fault) => fault === null),
    ])
    const upOrDown = { store: storeFault === null ? 'up' : 'down', redis: redisUp ? 'up' : 'down' }
    const data = { ...upOrDown, zoneData: zoneData().version }
    const error = storeFault ?? keyFault
    if (error === null) return sendJson(response, 200, { data })
    sendJson(response, error.status, { data, error: errorBody(error, context.requestId) })
  }
}

function orThrow(reachable: boolean): void {
  if (!reachable) throw new Error('not reachable')
}

/** What a check found, in words for whoever watches; null when all is well. */
async function faultOf(check: Promise<unknown>): Promise<AppError | null> {
  let timer: NodeJS.Timeout | undefined
  const late = new Promise<AppError>((resolve) => {
    timer = setTimeout(() => resolve(unanswered()), CHECK_TIMEOUT_MS)
  })
  const found = check.then(
    () => null,
    (error: unknown) => (error instanceof AppError ? error : unanswered()),
  )
  return await Promise.race([found, late]).finally(() => clearTimeout(timer))
}

function unanswered(): AppError {
  return new AppError('STORE_UNAVAILABLE', `The store did not answer within ${CHECK_TIMEOUT_MS} ms`)
}
