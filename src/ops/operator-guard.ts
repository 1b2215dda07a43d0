import { createHash, timingSafeEqual } from 'node:crypto'
import type { NextFunction, Request, RequestHandler, Response } from 'express'
import type { Clock } from '../ports/clock.ts'
import type { Logger } from '../ports/logger.ts'
import { WrongPasswords } from './wrong-passwords.ts'

export interface OperatorCredentials {
  readonly user: string
  readonly password: string
}

export interface GuardDeps {
  readonly clock: Clock
  readonly logger: Logger
  /** Where a request comes from. */
  readonly addressOf: (request: Request) => string
}

/**
 * Pages for operators: HTTP Basic credentials from the environment, compared in constant time. With `deps`, an address
 * that sent 10 wrong ones within 15 minutes has to wait, even with the right ones.
 */
export function operatorGuard(operator: OperatorCredentials, deps?: GuardDeps): RequestHandler {
  const expected = digest(`${operator.user}:${operator.password}`)
  const wrong = deps === undefined ? undefined : new WrongPasswords(deps.clock, deps.logger)
  return (request: Request, response: Response, next: NextFunction) => {
    const address = deps?.addressOf(request) ?? ''
    const waitMs = wrong?.waitMs(address) ?? 0
    if (waitMs > 0) {
      response.setHeader('Retry-After', Math.ceil(waitMs / 1000))
      response.status(429).type('text/plain').send('Too many wrong passwords from this address.\n')
      return
    }
    const [scheme = '', encoded = ''] = (request.headers.authorization ?? '').split(' ')
    const given = digest(Buffer.from(encoded, 'base64').toString('utf8'))
    if (scheme.toLowerCase() === 'basic' && timingSafeEqual(given, expected)) {
      next()
      return
    }
    if (request.headers.authorization !== undefined) wrong?.note(address)
    response.setHeader('WWW-Authenticate', 'Basic realm="Streakline operations", charset="UTF-8"')
    response.status(401).type('text/plain').send('Operator credentials are required.\n')
  }
}

/**
 * Browsers send Basic credentials along with any request, so a page elsewhere could press buttons here. Requests that
 * change something must come from our own pages: Fetch Metadata says so (every current browser sends it), else Origin.
 */
export function sameOriginOnly(request: Request, response: Response, next: NextFunction): void {
  if (['GET', 'HEAD', 'OPTIONS'].includes(request.method) || isSameOrigin(request)) {
    next()
    return
  }
  response.status(403).type('text/plain').send('This request did not come from these pages.\n')
}

function isSameOrigin(request: Request): boolean {
  const site = request.headers['sec-fetch-site']
  if (site !== undefined) return site === 'same-origin'
  const { origin, host } = request.headers
  // neither header: not a browser, so nobody's credentials are being borrowed
  if (origin === undefined) return true
  return URL.canParse(origin) && new URL(origin).host === host
}

/** Whether a request says which page it comes from, as every browser has it say. */
export function namesItsPage({ headers }: Request): boolean {
  return headers['sec-fetch-site'] !== undefined || headers.origin !== undefined
}

function digest(text: string): Buffer {
  return createHash('sha256').update(text).digest()
}

/** Whether a request carries this token as `Authorization: Bearer …`; compared in constant time. */
export function tokenMatches(authorization: string | undefined, token: string): boolean {
  const given = /^Bearer ([^\s]+)$/i.exec(authorization ?? '')?.[1] ?? ''
  return timingSafeEqual(digest(given), digest(token))
}
