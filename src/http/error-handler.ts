import type { ErrorRequestHandler, RequestHandler, Response } from 'express'
import { AppError } from '../errors.ts'
import type { Logger } from '../ports/logger.ts'
import { contextOf } from './context.ts'
import { sendJson } from './json/write-json.ts'

/** The caller went away before its request was read; there is nobody to answer. */
export class CallerGone extends Error {
  override readonly name = 'CallerGone'
}

/** A 503 without an own time says when to come back. */
const RETRY_AFTER_MS = 1000

/** The one shape of errors. */
export function errorBody(error: AppError, requestId: string) {
  return { code: error.code, message: error.message, details: error.details, requestId }
}

export function sendError(response: Response, error: AppError): void {
  const retryAfterMs = error.retryAfterMs ?? (error.status === 503 ? RETRY_AFTER_MS : undefined)
  if (retryAfterMs !== undefined) response.setHeader('Retry-After', Math.ceil(retryAfterMs / 1000))
  if (error.allow !== undefined) response.setHeader('Allow', error.allow.join(', '))
  const { requestId, logFields } = contextOf(response)
  logFields.code = error.code
  sendJson(response, error.status, { error: errorBody(error, requestId) })
}

export const notFoundHandler: RequestHandler = (_request, response) => {
  sendError(response, new AppError('NOT_FOUND', 'There is nothing at this address'))
}

/** Every failure as its answer; what nobody expected is logged in full and answered without details. */
export function errorHandler(logger: Logger): ErrorRequestHandler {
  return (error: unknown, _request, response, _next) => {
    const { requestId } = contextOf(response)
    if (error instanceof CallerGone || response.headersSent || response.writableEnded) {
      response.destroy()
      if (!(error instanceof CallerGone))
        logger.error({ requestId, err: error }, 'failed after the answer began')
      return
    }
    const answer = asAppError(error)
    if (answer.code === 'INTERNAL') logger.error({ requestId, err: error }, 'unexpected failure')
    else if (answer.status === 503) logger.warn({ requestId, err: error }, 'could not serve')
    sendError(response, answer)
  }
}

function asAppError(error: unknown): AppError {
  if (error instanceof AppError) return error
  // the router's complaint about a path that cannot be percent-decoded
  if (error instanceof Error && error.name === 'URIError')
    return new AppError('NOT_FOUND', 'There is nothing at this address')
  return new AppError('INTERNAL', 'Something went wrong on our side; the request id helps to find it')
}
