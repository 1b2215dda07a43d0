import type { ErrorCode } from '../../errors.ts'
import type { Instant } from '../../ports/clock.ts'
import { isErased } from '../../ports/schema/values.ts'
import type { Row } from '../../ports/schema.ts'
import type { RecordRequest, RecordResult } from '../types.ts'

/** How far ahead of the clock an activity may lie. */
export const MAX_AHEAD_MS = 5 * 60_000

export function reject(code: ErrorCode, path: string, message: string): RecordResult {
  return { outcome: 'rejected', code, path, message }
}

/** Why a log is rejected before it is looked for: whose it is, and a value that its streak needs. */
export function unfitRequest(
  { member: named, activityValue, purchase }: RecordRequest,
  streak: Row<'streak'>,
  member: Row<'member'> | undefined,
): RecordResult | undefined {
  if ('externalId' in named && isErased(named)) {
    return reject('REFERENCE_NOT_FOUND', 'ownedBy', 'ownedBy: its externalId is that of an erased member')
  }
  if (member === undefined && 'id' in named) {
    return reject('REFERENCE_NOT_FOUND', 'ownedById', `ownedById: no member has the id ${named.id}`)
  }
  if (streak.aggregationMethod === 'sum' && activityValue === null && purchase === undefined) {
    const message = 'activityValue: required, because the streak adds up values (aggregationMethod sum)'
    return reject('INVALID_INPUT', 'activityValue', message)
  }
  return undefined
}

/** Why a log is rejected that is no duplicate: the status of its streak and member, then its time. */
export function rejection(
  request: RecordRequest,
  streak: Row<'streak'>,
  member: Row<'member'> | undefined,
  now: Instant,
): RecordResult | undefined {
  if (streak.status !== 'live') {
    const hint = streak.status === 'draft' ? ' (draft is the default; patch its status to live)' : ''
    return reject('STREAK_NOT_LIVE', 'streakId', `streakId: the streak is ${streak.status}, not live${hint}`)
  }
  if (member !== undefined && member.status !== 'live') {
    const path = 'id' in request.member ? 'ownedById' : 'ownedBy'
    return reject('MEMBER_NOT_LIVE', path, `${path}: the member is ${member.status}, not live`)
  }
  if (request.activityAt > now + MAX_AHEAD_MS) {
    const at = new Date(request.activityAt).toISOString()
    return reject('IN_FUTURE', 'activityAt', `activityAt: ${at} is more than 5 minutes in the future`)
  }
  return undefined
}

/**
 * What became of a delivery's item. A streak or member that is not live is a state of the shop, so the purchase is
 * ignored; whatever else rejects it makes it failed.
 */
export function itemOutcome(result: RecordResult): Partial<Row<'delivery_item'>> {
  if (result.outcome === 'recorded') {
    // a pending item may say why it was not counted yet
    const { id: streakLogId, quiet } = result.log
    return { status: 'counted', streakLogId, quiet, reason: null, message: null }
  }
  if (result.outcome === 'duplicate') {
    return { status: 'duplicate', reason: 'DUPLICATE', message: null, duplicateOfId: result.existingId }
  }
  if (result.outcome === 'settled') return {}
  const status = result.code === 'STREAK_NOT_LIVE' || result.code === 'MEMBER_NOT_LIVE' ? 'ignored' : 'failed'
  return { status, reason: result.code, message: result.message }
}
