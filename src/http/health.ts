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

/** The store decides whether this process can serve; Redis is reported, since webhooks are accepted without it. */
export function readyz({
  store,
  redisReachable,
}: Pick<HttpDeps, 'store' | 'redisReachable'>): RequestHandler {
  return async (_request, response) => {
    const context = contextOf(response)
    context.route = '/readyz'
    const [storeUp, redisUp] = await Promise.all([
      inTime(store.ping().then(() => true)),
      inTime(redisReachable()),
    ])
    const upOrDown = { store: storeUp ? 'up' : 'down', redis: redisUp ? 'up' : 'down' }
    const data = { ...upOrDown, zoneData: zoneData().version }
    if (storeUp) return sendJson(response, 200, { data })
    const error = new AppError('STORE_UNAVAILABLE', `The store did not answer within ${CHECK_TIMEOUT_MS} ms`)
    sendJson(response, error.status, { data, error: errorBody(error, context.requestId) })
  }
}

function inTime(check: Promise<boolean>): Promise<boolean> {
  let timer: NodeJS.Timeout | undefined
  const late = new Promise<boolean>((resolve) => {
    timer = setTimeout(() => resolve(false), CHECK_TIMEOUT_MS)
  })
  return Promise.race([check.catch(() => false), late]).finally(() => clearTimeout(timer))
}
