import type { Request } from 'express'
import { AppError } from '../errors.ts'
import type { Act } from '../users/audit.ts'
import type { Admin, Caller } from './auth/caller.ts'
import { refuseForeignPage, refuseRole } from './console/roles.ts'
import { addressOf } from './limits/address.ts'
import { closedToEndUsers } from './list/end-user.ts'
import type { AdminCall, Call, Served, Verb } from './resource.ts'

/** What the log line of a request says of its caller. */
export function idsOf(caller: Caller, method: string): Record<string, string> {
  const { accountId } = caller
  const isRead = method === 'GET' || method === 'HEAD'
  if (caller.kind === 'admin') {
    const { kind, id } = caller.actor
    return isRead ? { accountId } : { accountId, [kind === 'key' ? 'apiKeyId' : 'consoleUserId']: id }
  }
  return { accountId, memberId: caller.memberId ?? 'none' }
}

/**
 * End users read what is open to them, and nothing else. @throws AppError FORBIDDEN, also where a backend meets a 405
 */
export function refuseEndUser(resource: Served, verbs: Readonly<Record<string, Verb>>, method: string): void {
  if (resource.endUser === undefined) throw closedToEndUsers(resource.noun)
  const verb = Object.hasOwn(verbs, method) ? verbs[method] : undefined
  if (verb !== 'list' && verb !== 'get') throw onlyReads(resource)
}

function onlyReads({ noun }: Served): AppError {
  return new AppError('FORBIDDEN', `End users can only read: changing a ${noun} is for your backend alone`)
}

/** What the role of somebody who is signed in forbids, and pages of others. @throws AppError FORBIDDEN */
export function refuseUser(caller: Admin, resource: Served, request: Request, action?: string): void {
  if (caller.role !== null) refuseForeignPage(request)
  refuseRole(caller, resource, request.method, action)
}

/** For the log of who changed what. */
export function actOf(
  { accountId, actor }: Admin,
  request: Request,
  { slug }: Served,
  action: string,
  recordId: string | null,
): Act {
  return { actor: { ...actor, address: addressOf(request) }, accountId, action, slug, recordId }
}

/** Writes are handed to resources with an admin as their caller, so that no other can reach them. */
export function asAdmin(resource: Served, { caller, ...call }: Call): AdminCall {
  if (caller.kind !== 'admin') throw onlyReads(resource)
  return { ...call, caller }
}
