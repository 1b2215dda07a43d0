import type { Instant } from '../ports/clock.ts'
import type { RewardSpec } from '../ports/schema/values.ts'
import type { Row } from '../ports/schema.ts'
import { begin, beginAnew, goOn, hasHoldEnded } from './begin.ts'
import type { Granted, LifeEvent, LifeOf, Reward, Turn } from './events.ts'
import { ABANDONED, cut, refused, SAME, to } from './turn.ts'
import { waitingFor } from './waiting.ts'

/**
 * The life of a reward: what becomes of its row by each thing that can happen to it. The one place that knows; drawn in
 * docs/rewards.md. Pure: whoever has something happen to a reward writes what `set` says in a commit guarded by the
 * reward's revision, together with what caps count of it (`Places`).
 */
export function next(reward: Reward, event: LifeEvent, now: Instant): Turn {
  const turn = (LIFE[event.kind] as (reward: Reward, event: LifeEvent, now: Instant) => Turn)(
    reward,
    event,
    now,
  )
  if (turn.to !== 'next') return turn
  const waitingForProviderId = waitingFor({ ...reward, ...turn.set })
  // whoever queues several anew says which of them share a job
  const alone = turn.set.attempt !== undefined && reward.batchId !== null ? { batchId: null } : {}
  return { to: 'next', set: { ...turn.set, ...alone, waitingForProviderId, updatedAt: now } }
}

/** How the row of a reward begins that is granted now. `admits` is asked where it takes a place, and takes it. */
export function granted(reward: RewardSpec | null, now: Instant, admits: () => boolean): Granted {
  const first = begin({ reward, placeAt: null, createdAt: now }, now, admits)
  return {
    ...first,
    couponUsed: null,
    redeemedAt: null,
    redeemedOrderId: null,
    useCheckAt: null,
    askedAt: null,
    chosenFoldedCode: null,
    failureReason: null,
    waitingForProviderId: waitingFor({ reward, ...first }),
  }
}

/** Whether somebody may be asked for the coupon now; a probe may ask for one that was set aside. */
export function isToBeMade(
  { fulfilmentStatus: status, heldReason, reward }: Pick<Row<'reward_log'>, keyof Reward>,
  isProbe: boolean,
): boolean {
  if (reward === null) return false
  const isParked = status === 'held' && heldReason === 'provider_paused'
  return status === 'pending' || status === 'issuing' || (isProbe && isParked)
}

type Life = { readonly [K in LifeEvent['kind']]: (reward: Reward, event: LifeOf<K>, now: Instant) => Turn }

/** Nobody was ever asked for a coupon, so there surely is none: its place is free. */
const placeOfNone = ({ askedAt, fulfilmentStatus: status }: Reward) =>
  askedAt === null && status !== 'issuing' ? { placeAt: null } : {}
const NOTHING_DUE = { heldReason: null, dueAt: null, waitsForRoomSince: null } as const

const LIFE: Life = {
  hold_ended(reward, { admits }, now) {
    return hasHoldEnded(reward, now) ? to(beginAnew(reward, now, admits)) : SAME
  },

  room_found(reward, { admits }, now) {
    const { fulfilmentStatus: status, heldReason, attempt } = reward
    if (status !== 'held' || heldReason !== 'cap' || !admits()) return SAME
    const times = { placeAt: now, fulfilAfter: now, dueAt: now, waitsForRoomSince: null }
    return to({ fulfilmentStatus: 'pending', heldReason: null, ...times, attempt: attempt + 1 })
  },

  asked(reward, _event, now) {
    if (!isToBeMade(reward, true)) return SAME
    if (reward.fulfilmentStatus === 'issuing') return SAME
    // a probe of a paused provider stays parked until it is answered
    return to({ fulfilmentStatus: 'issuing', askedAt: reward.askedAt ?? now })
  },

  issued(reward, { code, expiresAt, chosenFoldedCode, useCheckAt }, now) {
    if (!isToBeMade(reward, true)) return SAME
    const coupon = { couponCode: code, rewardIssuedAt: now, rewardExpiryAt: expiresAt }
    const used =
      reward.redeemedAt === null ? { useCheckAt } : { couponUsed: 'yes' as const, useCheckAt: null }
    const rest = { failureReason: null, chosenFoldedCode, ...used, ...NOTHING_DUE }
    return to({ fulfilmentStatus: 'issued', ...coupon, ...rest })
  },

  failed(reward, { reason, saidNo }) {
    if (!isToBeMade(reward, true)) return SAME
    // what was asked for and not answered may be there, and counts; what an order has used is there, whoever denies it
    const place = saidNo && reward.redeemedAt === null ? { placeAt: null } : placeOfNone(reward)
    return to({ fulfilmentStatus: 'failed', failureReason: cut(reason), ...NOTHING_DUE, ...place })
  },

  none_yet(reward) {
    return unasked(reward)
  },

  not_asked(reward) {
    return unasked(reward)
  },

  parked(reward, { wasNotAsked = false }) {
    const { fulfilmentStatus: status, askedAt } = reward
    if (status !== 'pending' && status !== 'issuing' && status !== 'revoking') return SAME
    const parked = { heldReason: 'provider_paused', dueAt: null } as const
    if (status === 'issuing' && wasNotAsked) return to({ fulfilmentStatus: 'held', askedAt: null, ...parked })
    const held = askedAt === null ? 'held' : 'issuing'
    return to({ fulfilmentStatus: status === 'pending' ? held : status, ...parked })
  },

  let_go(reward, _event, now) {
    const { fulfilmentStatus: status, heldReason, attempt } = reward
    if (heldReason !== 'provider_paused') return SAME
    const fulfilmentStatus = status === 'held' ? 'pending' : status
    return to({ fulfilmentStatus, heldReason: null, dueAt: now, attempt: attempt + 1 })
  },

  woken(reward) {
    return reward.fulfilmentStatus === 'pending' ? to({ attempt: reward.attempt + 1 }) : SAME
  },

  ground_gone(reward, _event, now) {
    const { fulfilmentStatus: status, onWithdrawal, couponUsed } = reward
    if (status === 'pending' || status === 'held' || status === 'failed') {
      const gone = { fulfilmentStatus: 'revoked', standing: false, ...NOTHING_DUE } as const
      return to({ ...gone, ...placeOfNone(reward) })
    }
    const isOut = status === 'issuing' || status === 'issued'
    if (!isOut || onWithdrawal === 'keep') return SAME
    const out = { heldReason: null, useCheckAt: null }
    // an order told of it already
    if (status === 'issued' && couponUsed === 'yes') return to({ fulfilmentStatus: 'revoked', ...out })
    // a code of the merchant's own is his to take back; nobody can be asked
    if (reward.reward === null || reward.drawnCode === null)
      return to({ fulfilmentStatus: 'revoked', couponUsed: couponUsed ?? 'unknown', ...out })
    const again = { dueAt: now, attempt: reward.attempt + 1 }
    return to({ fulfilmentStatus: 'revoking', ...out, ...again })
  },

  brought_back(reward, { admits }, now) {
    if (reward.fulfilmentStatus !== 'revoked') return SAME
    // what is left of its lifetime counts from now on
    const anew = begin(reward, now, admits)
    const fulfilAfter = anew.fulfilmentStatus === 'held' ? anew.fulfilAfter : now
    const rest = { standing: true, failureReason: null, attempt: reward.attempt + 1 }
    return to({ ...anew, fulfilAfter, ...rest })
  },

  taken_back(reward, { used, reason }, now) {
    if (reward.fulfilmentStatus !== 'revoking') return SAME
    // an order that named it knows better
    const couponUsed = reward.couponUsed === 'yes' ? 'yes' : used
    const isFree = couponUsed === 'no'
    const rest = { standing: reward.standing && !isFree, ...(isFree ? { placeAt: null } : {}) }
    const failureReason = reason === null ? null : cut(reason)
    const redeemedAt = reward.redeemedAt ?? (used === 'yes' ? now : null)
    return to({ fulfilmentStatus: 'revoked', couponUsed, redeemedAt, failureReason, ...rest, ...NOTHING_DUE })
  },

  made_late(reward, _event, now) {
    const { fulfilmentStatus: status, couponUsed, attempt } = reward
    // otherwise it counts as used, and stands
    if (status !== 'revoked' || couponUsed !== 'no') return SAME
    return to({ fulfilmentStatus: 'revoking', dueAt: now, attempt: attempt + 1 })
  },

  erased(reward) {
    const { fulfilmentStatus: status, couponUsed } = reward
    const isUnminted = status === 'pending' || status === 'held' || status === 'failed'
    if (!isUnminted && !(status === 'revoked' && couponUsed === null)) return SAME
    const ended = { fulfilmentStatus: 'revoked', standing: false, couponUsed: 'no', placeAt: null } as const
    return to({ ...ended, ...NOTHING_DUE })
  },

  replayed(reward, { admits, drawnCode }, now) {
    const { fulfilmentStatus: status, id } = reward
    if (isTakenBack(reward)) return takenBack(reward)
    if (status === 'held')
      return refused('REWARD_HELD', `reward_log ${id} is held: its hold has to end first`)
    if (status !== 'failed' || reward.reward === null) return SAME
    const code = drawnCode === undefined ? {} : { drawnCode }
    const again = { failureReason: null, attempt: reward.attempt + 1, ...code }
    return to({ ...goOn(reward, now, admits), ...again })
  },

  abandoned(reward, { reason }) {
    const { fulfilmentStatus: status, id } = reward
    if (isTakenBack(reward)) return takenBack(reward)
    if (status === 'failed') return SAME
    if (status === 'issued')
      return refused('CONFLICT', `reward_log ${id} is issued: there is nothing left to abandon`)
    if (reward.reward === null)
      return refused('CONFLICT', `reward_log ${id} is the merchant's to fulfil: nothing is tried for it`)
    const failureReason = cut(`${ABANDONED} ${reason}`)
    return to({ fulfilmentStatus: 'failed', failureReason, ...NOTHING_DUE, ...placeOfNone(reward) })
  },

  given_code(reward, { fields }) {
    const { fulfilmentStatus: status, id } = reward
    const is = `reward_log ${id} is ${status}`
    if (status === 'held') return refused('REWARD_HELD', `${is}: it cannot be changed before its hold ends`)
    if (status === 'revoked' || status === 'revoking')
      return refused('REWARD_REVOKED', `${is}: a revoked reward is not fulfilled`)
    if (reward.reward !== null && status !== 'failed') {
      const why = 'the platform fulfils it; only manual and failed rewards can be patched'
      return refused('REWARD_BEING_FULFILLED', `${is}: ${why}`)
    }
    if (fields.couponCode === null) return to(fields)
    // a code of the merchant's own: no provider was asked for it, and none can be asked to take it back
    const own = {
      drawnCode: null,
      chosenFoldedCode: null,
      useCheckAt: null,
      failureReason: null,
      dueAt: null,
    }
    return to({ ...fields, fulfilmentStatus: 'issued', ...own })
  },

  used(reward, { at, orderId }) {
    // the first order stays, and tells more than a provider; of a code of the merchant's own nobody can say whose it was
    const { redeemedAt, redeemedOrderId, drawnCode } = reward
    const isTold = redeemedOrderId !== null || (orderId === null && redeemedAt !== null)
    if (isTold || drawnCode === null) return SAME
    const { fulfilmentStatus: status, couponUsed } = reward
    // of one without a coupon nobody says what became of it: by that it is known that it may come back
    const isOut = status === 'issuing' || status === 'issued' || status === 'revoking' || couponUsed !== null
    const known = isOut ? { couponUsed: 'yes' as const } : {}
    return to({ redeemedAt: at, redeemedOrderId: orderId, ...known, useCheckAt: null })
  },

  looked_at(reward, { nextAt }) {
    return reward.useCheckAt === nextAt ? SAME : to({ useCheckAt: nextAt })
  },
}

/** There surely is no coupon. */
function unasked({ fulfilmentStatus: status }: Reward): Turn {
  if (status !== 'issuing') return SAME
  return to({ fulfilmentStatus: 'pending', askedAt: null, heldReason: null })
}

function isTakenBack({ fulfilmentStatus: status, standing }: Reward): boolean {
  return status === 'revoked' || status === 'revoking' || !standing
}

function takenBack({ id, fulfilmentStatus: status }: Reward): Turn {
  return refused('REWARD_REVOKED', `reward_log ${id} is ${status}: it is not fulfilled any more`)
}
