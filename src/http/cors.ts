import type { Request, Response } from 'express'
import { AppError } from '../errors.ts'
import { ACCOUNT_HEADER, accountOf, TOKEN_HEADER } from './auth/end-user.ts'
import type { HttpDeps } from './deps.ts'
import { createOriginBook } from './origin-book.ts'

const METHODS = 'GET, HEAD'
/** How long a browser may remember a preflight. */
const PREFLIGHT_MAX_AGE_S = 600
const EXPOSED_HEADERS = 'X-Request-Id, Retry-After, RateLimit, RateLimit-Policy'

/**
 * Lets pages of an account's `endUserOrigins` read what is open to end users. A preflight names no account, so it is
 * granted to an origin that any account lists; it opens nothing by itself. The answer can be read by the page only if
 * the account named by `x-account-id` lists the origin: a token of another account gets no data with it, and a refused
 * one can be told from a broken network. Cookies are never asked for.
 */
export interface EndUserCors {
  /** @throws AppError FORBIDDEN for another origin or a write */
  answerPreflight(request: Request, response: Response): Promise<void>
  /** Sets the headers of an answer that is still to come, whatever it will be. */
  mark(request: Request, response: Response): Promise<void>
}

export function createEndUserCors(deps: Pick<HttpDeps, 'store' | 'clock'>): EndUserCors {
  const book = createOriginBook(deps)
  return {
    async answerPreflight(request, response) {
      response.vary('Origin')
      const method = request.headers['access-control-request-method']
      if (method !== 'GET' && method !== 'HEAD') {
        throw new AppError('FORBIDDEN', `Pages of other origins can only read: ${METHODS}`)
      }
      const origin = originOf(request)
      const { anywhere } = await book.read()
      if (origin === null || !anywhere.has(origin)) {
        throw new AppError('FORBIDDEN', "This page's origin is not one of the endUserOrigins of an account")
      }
      response.setHeader('Access-Control-Allow-Origin', origin)
      response.setHeader('Access-Control-Allow-Methods', METHODS)
      response.setHeader('Access-Control-Allow-Headers', `${TOKEN_HEADER}, ${ACCOUNT_HEADER}`)
      response.setHeader('Access-Control-Max-Age', PREFLIGHT_MAX_AGE_S)
      response.status(204).end()
    },
    async mark(request, response) {
      response.vary('Origin')
      const origin = originOf(request)
      const accountId = accountOf(request.headers)
      if (origin === null || accountId === null || request.headers[TOKEN_HEADER] === undefined) return
      const { byAccount } = await book.read()
      if (!byAccount.get(accountId)?.has(origin)) return
      response.setHeader('Access-Control-Allow-Origin', origin)
      response.setHeader('Access-Control-Expose-Headers', EXPOSED_HEADERS)
    },
  }
}

/** A browser asks whether it may send what a page wants to send. */
export function isPreflight({ method, headers }: Request): boolean {
  return (
    method === 'OPTIONS' &&
    headers.origin !== undefined &&
    headers['access-control-request-method'] !== undefined
  )
}

/** `null` is what sandboxed pages and files call themselves: nobody in particular. */
function originOf({ headers }: Request): string | null {
  const { origin } = headers
  return origin === undefined || origin === 'null' ? null : origin
}
