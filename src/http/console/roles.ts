import type { Request } from 'express'
import { AppError } from '../../errors.ts'
import type { Admin } from '../auth/caller.ts'
import type { Served } from '../resource.ts'

/** What staff of a merchant has no part in. */
const OWNERS_RECORDS: ReadonlySet<string> = new Set(['api_key', 'console_user'])
/** What only reckons, though it is asked by POST. */
const READING_ACTIONS: ReadonlySet<string> = new Set(['streak/forecast'])

/**
 * Whether the role of whoever is signed in reaches so far; keys have none, and reach all but the users of the console.
 * @param action what is done to a record beside the verbs
 * @throws AppError FORBIDDEN
 */
export function refuseRole(
  { role }: Admin,
  { slug, noun, forUsersOnly }: Pick<Served, 'slug' | 'noun' | 'forUsersOnly'>,
  method: string,
  action?: string,
): void {
  const isRead = method === 'GET' || method === 'HEAD'
  if (role === null) {
    if (forUsersOnly !== true) return
    throw new AppError('FORBIDDEN', `A ${noun} is for whoever is signed in to the console, not for keys`)
  }
  if (role === 'owner') return
  if (OWNERS_RECORDS.has(slug) || slug === 'audit_log') throw onlyFor('owners', noun)
  if (isRead) return
  if (role === 'viewer' && !READING_ACTIONS.has(`${slug}/${action}`)) {
    throw new AppError(
      'FORBIDDEN',
      'Viewers read: ask somebody with the role "staff" or "owner" to change things',
    )
  }
  if (slug === 'account') throw onlyFor('owners', noun)
}

function onlyFor(who: string, noun: string): AppError {
  return new AppError('FORBIDDEN', `Only ${who} may do this to a ${noun}`)
}

/**
 * A page of somebody else must not act in the name of who is signed in: browsers say where a request comes from. What is
 * asked with a key or a token carries its own proof. @throws AppError FORBIDDEN
 */
export function refuseForeignPage(request: Request): void {
  if (request.method === 'GET' || request.method === 'HEAD' || isFromOwnPage(request)) return
  throw new AppError(
    'FORBIDDEN',
    'The request does not come from a page of this server (Origin, Sec-Fetch-Site)',
  )
}

/** Whether a browser says that the request comes from a page of this server. */
function isFromOwnPage({ headers }: Request): boolean {
  const site = headers['sec-fetch-site']
  if (site !== undefined) return site === 'same-origin'
  return headers.origin !== undefined && isOwnOrigin(headers.origin, headers.host)
}

/** Whether a browser says that it comes from elsewhere; what is no browser says nothing. */
export function isFromForeignPage(request: Request): boolean {
  const { 'sec-fetch-site': site, origin } = request.headers
  return (site !== undefined || origin !== undefined) && !isFromOwnPage(request)
}

function isOwnOrigin(origin: string, host: string | undefined): boolean {
  return URL.canParse(origin) && host !== undefined && new URL(origin).host === host.toLowerCase()
}
