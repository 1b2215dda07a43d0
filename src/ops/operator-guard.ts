import { createHash, timingSafeEqual } from 'node:crypto'
import type { NextFunction, Request, RequestHandler, Response } from 'express'

export interface OperatorCredentials {
  readonly user: string
  readonly password: string
}

/** Pages for operators: HTTP Basic credentials from the environment, compared in constant time. */
export function operatorGuard(operator: OperatorCredentials): RequestHandler {
  const expected = digest(`${operator.user}:${operator.password}`)
  return (request: Request, response: Response, next: NextFunction) => {
    const [scheme = '', encoded = ''] = (request.headers.authorization ?? '').split(' ')
    const given = digest(Buffer.from(encoded, 'base64').toString('utf8'))
    if (scheme.toLowerCase() === 'basic' && timingSafeEqual(given, expected)) {
      next()
      return
    }
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

function digest(text: string): Buffer {
  return createHash('sha256').update(text).digest()
}
