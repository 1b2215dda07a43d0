import type { NextFunction, Request, RequestHandler, Response } from 'express'
import { AppError } from '../errors.ts'
import type { Logger } from '../ports/logger.ts'

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

/** Gives each request an id, kept from `x-request-id` when it is safe to repeat, and writes one log line at its end. */
export function requestContext(logger: Logger, newId: () => string): RequestHandler {
  return (request: Request, response: Response, next: NextFunction) => {
    const startedMs = performance.now()
    const offered = request.headers['x-request-id']
    const requestId = typeof offered === 'string' && REQUEST_ID.test(offered) ? offered : newId()
    const context: RequestContext = { requestId, route: 'none', logFields: {} }
    response.locals = context as unknown as Response['locals']
    response.setHeader('X-Request-Id', requestId)
    response.once('close', () => logRequest(logger, request.method, response, context, startedMs))
    next()
  }
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
