import { findRow } from '../commit/planned.ts'
import { untilWritten } from '../commit/until-written.ts'
import { happen } from '../engine/happen.ts'
import type { TellRewardDeps } from '../engine/tell-reward.ts'
import { AppError, invalid } from '../errors.ts'
import { next } from '../life/life.ts'
import { change, insert } from '../ports/changes.ts'
import type { Clock, Instant } from '../ports/clock.ts'
import type { Row } from '../ports/schema.ts'
import type { Change, Store } from '../ports/store.ts'
import { codeFault, foldCode, foldedForms, trimCode } from './code.ts'

const MAX_ROUNDS = 10
const PATCHABLE = ['couponCode', 'rewardIssuedAt', 'rewardExpiryAt'] as const

export interface PatchDeps extends TellRewardDeps {
  readonly store: Store
  readonly clock: Clock
  readonly newId: () => string
}

/** The merchant's three fields, their shape already checked. Absent: stays as it is; null: to be cleared. */
export interface RewardLogPatch {
  readonly couponCode?: string | null
  readonly rewardIssuedAt?: Instant | null
  readonly rewardExpiryAt?: Instant | null
}

type Reward = Row<'reward_log'>

type Fields = Pick<Reward, (typeof PATCHABLE)[number]>

/**
 * Writes down how the merchant fulfilled a reward: a manual one (its milestone has no `reward`) or one that could not
 * be made. Giving it a `couponCode` makes it issued; a manual reward may be corrected afterwards, another code
 * included. A patch that changes nothing is accepted and writes nothing.
 *
 * The code may be one that is shared (`STREAK7`), but not one that belongs to another reward; an unused one of a pool
 * is taken out of the pool in the same commit, and one that is new is kept from pools from then on. Atomic; a refused
 * patch changes nothing.
 * @returns the row as stored
 * @throws AppError NOT_FOUND, REWARD_HELD, REWARD_REVOKED, REWARD_BEING_FULFILLED, FIELD_IS_FIXED, INVALID_INPUT,
 * DUPLICATE_VALUE, STORE_BUSY, STORE_UNAVAILABLE
 */
export function patchRewardLog(
  deps: PatchDeps,
  accountId: string,
  id: string,
  sent: RewardLogPatch,
): Promise<Reward> {
  return untilWritten(`reward_log ${id}`, MAX_ROUNDS, async () => {
    const reward = await findRow(deps.store, 'reward_log', accountId, id)
    if (reward === null) throw new AppError('NOT_FOUND', `there is no reward_log ${id}`)
    const patch = withReadCode(sent, reward)
    // What is fixed for the merchant may still be repeated.
    if (reward.fulfilmentStatus === 'issued' && changesNothing(reward, patch)) return reward
    const now = deps.clock.now()
    refuseUnlessMerchants(reward, now)
    const fields = patchedFields(reward, patch, now)
    if (changesNothing(reward, fields)) return reward
    const claim = fields.couponCode === reward.couponCode ? [] : await claimCode(deps, reward, fields, now)
    return happen(deps, reward, { kind: 'given_code', fields }, claim)
  })
}

function changesNothing(reward: Reward, patch: RewardLogPatch): boolean {
  return PATCHABLE.every((field) => patch[field] === undefined || patch[field] === reward[field])
}

/** The patch with its code as it is stored. One that is there may be of before codes were looked at, and be repeated. */
function withReadCode(patch: RewardLogPatch, reward: Reward): RewardLogPatch {
  const { couponCode } = patch
  if (typeof couponCode !== 'string' || couponCode === reward.couponCode) return patch
  const fault = codeFault(couponCode)
  if (fault !== null) throw invalid('couponCode', fault)
  return { ...patch, couponCode: trimCode(couponCode) }
}

/** Who may not change it at all is told so before what he sent is looked at. */
function refuseUnlessMerchants(reward: Reward, now: Instant): void {
  const { couponCode, rewardIssuedAt, rewardExpiryAt } = reward
  const fields = { couponCode, rewardIssuedAt, rewardExpiryAt }
  const turn = next(reward, { kind: 'given_code', fields }, now)
  if (turn.to === 'refused') throw new AppError(turn.code, turn.message)
}

function patchedFields(reward: Reward, patch: RewardLogPatch, now: Instant): Fields {
  const issued = reward.fulfilmentStatus === 'issued'
  if (issued && patch.couponCode === null) throw fixed('couponCode', 'an issued code cannot be cleared')
  if (issued && patch.rewardIssuedAt === null) {
    throw fixed('rewardIssuedAt', 'an issued reward has a time of issue')
  }
  const couponCode = merged(patch.couponCode, reward.couponCode)
  const issuedAt = merged(patch.rewardIssuedAt, reward.rewardIssuedAt)
  const rewardIssuedAt = couponCode === null ? issuedAt : (issuedAt ?? now)
  const rewardExpiryAt = merged(patch.rewardExpiryAt, reward.rewardExpiryAt)
  if (rewardIssuedAt !== null && rewardExpiryAt !== null && rewardExpiryAt <= rewardIssuedAt) {
    const path = patch.rewardExpiryAt == null ? 'rewardIssuedAt' : 'rewardExpiryAt'
    const message = `rewardExpiryAt (${iso(rewardExpiryAt)}) must be after rewardIssuedAt (${iso(rewardIssuedAt)})`
    throw new AppError('INVALID_INPUT', message, { details: [{ path, message }] })
  }
  return { couponCode, rewardIssuedAt, rewardExpiryAt }
}

function merged<T>(patched: T | undefined, current: T): T {
  return patched === undefined ? current : patched
}

/** What has to be written so that no pool and no other reward has a code that is not shared. */
async function claimCode(
  { store, newId }: PatchDeps,
  reward: Reward,
  { couponCode }: Fields,
  now: Instant,
): Promise<Change[]> {
  const { accountId, id: rewardLogId } = reward
  if (couponCode === null) return []
  const foldedCode = foldCode(couponCode)
  const keys = foldedForms(couponCode).map((form) => [accountId, form])
  const [known] = await store.findByKeys('coupon_code', ['accountId', 'foldedCode'], keys)
  if (known === undefined) {
    const common = { id: newId(), accountId, createdAt: now, updatedAt: now }
    const code = { code: couponCode, foldedCode, source: 'own', providerId: null, rewardLogId: null } as const
    return [insert('coupon_code', { ...common, ...code })]
  }
  if (known.source === 'own' || known.rewardLogId === rewardLogId) return []
  if (known.rewardLogId !== null) {
    const message = 'this code belongs to another reward'
    throw new AppError('DUPLICATE_VALUE', `couponCode: ${message}`, {
      details: [{ path: 'couponCode', message }],
    })
  }
  return [change('coupon_code', known, { rewardLogId: null }, { rewardLogId, updatedAt: now })]
}

function fixed(path: string, message: string): AppError {
  return new AppError('FIELD_IS_FIXED', `${path}: ${message}`, { details: [{ path, message }] })
}

function iso(instant: Instant): string {
  return new Date(instant).toISOString()
}
