import type { NextFunction, Request, RequestHandler, Response } from 'express'
import { AppError } from '../errors.ts'
import type { Logger } from '../ports/logger.ts'
import { FloodLog } from './flood-log.ts'
import { addressLater } from './limits/address.ts'

/** What is known of a request while it is served; the log line is made of it. */
export interface RequestContext {
  readonly requestId: string
  /** The pattern, never the path: paths hold ids. */
  route: string
  /** Ids that belong into the log line: `deliveryId`, `streakLogId`, `accountId`. */
  readonly logFields: Record<string, string | number>
}

/** HTTP/1.1 wants a Host; Node would refuse its absence without a word. */
export const requireHost: RequestHandler = (request, _response, next) => {
  if (request.headers.host === undefined && request.httpVersion === '1.1') {
    throw new AppError('INVALID_INPUT', 'The request has no Host header')
  }
  next()
}

const REQUEST_ID = /^[A-Za-z0-9._:-]{1,64}$/

export function contextOf(response: Response): RequestContext {
  return response.locals as RequestContext
}

/**
 * Gives each request an id, kept from `x-request-id` when it is safe to repeat, and writes one log line at its end; of
 * strangers who are refused again and again not each: see `FloodLog`.
 */
export function requestContext(logger: Logger, newId: () => string): RequestHandler {
  const flood = new FloodLog(logger)
  return (request: Request, response: Response, next: NextFunction) => {
    const startedMs = performance.now()
    const offered = request.headers['x-request-id']
    const requestId = typeof offered === 'string' && REQUEST_ID.test(offered) ? offered : newId()
    const context: RequestContext = { requestId, route: 'none', logFields: {} }
    response.locals = context as unknown as Response['locals']
    response.setHeader('X-Request-Id', requestId)
    const addressOf = addressLater(request)
    response.once('close', () => {
      const { statusCode: status } = response
      const { route, logFields } = context
      if (isRefused(status, logFields)) {
        const address = addressOf()
        logFields.address = address
        const kind = { route, status, code: String(logFields.code) }
        if (isStranger(logFields) && !flood.admits(kind, address)) return
      }
      logRequest(logger, request.method, response, context, startedMs)
    })
    next()
  }
}

type LogFields = RequestContext['logFields']

/** By what it is, not for what it asks: a request that is let in and gets a 400 or a 404 is not. */
function isRefused(status: number, logFields: LogFields): boolean {
  if (status === 403 || status === 429) return true
  return isStranger(logFields) && ((status >= 400 && status < 500) || logFields.code === 'OVERLOADED')
}

function isStranger({ accountId }: LogFields): boolean {
  return accountId === undefined
}

function logRequest(
  logger: Logger,
  method: string,
  response: Response,
  context: RequestContext,
  startedMs: number,
): void {
  const durationMs = Math.round((performance.now() - startedMs) * 10) / 10
  const { requestId, route, logFields } = context
  const status = response.writableFinished ? response.statusCode : null
  const line = { requestId, method, route, status, durationMs, ...logFields }
  if (status === null) logger.warn(line, 'request aborted by the caller')
  else if (status >= 500) logger.error(line, 'request')
  else if (route === '/healthz' || route === '/readyz') logger.debug(line, 'request')
  else logger.info(line, 'request')
}
