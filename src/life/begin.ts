import type { Instant } from '../ports/clock.ts'
import type { Beginning, Reward } from './events.ts'

const DAY_MS = 24 * 60 * 60 * 1000
const AT_ONCE = { heldReason: null, fulfilAfter: null, dueAt: null, waitsForRoomSince: null } as const

/** A reward that is granted, or comes back: manual ones wait for the merchant, others for their hold, or for room. */
export function begin(
  { reward, placeAt, createdAt }: Pick<Reward, 'reward' | 'placeAt' | 'createdAt'>,
  now: Instant,
  admits: () => boolean,
): Beginning {
  if (reward === null) return { fulfilmentStatus: 'pending', placeAt, ...AT_ONCE }
  const { holdDays = 0 } = reward
  if (holdDays > 0) {
    const endsAt = now + holdDays * DAY_MS
    const held = { fulfilmentStatus: 'held', heldReason: 'hold_period' } as const
    return { ...held, placeAt, fulfilAfter: endsAt, dueAt: endsAt, waitsForRoomSince: null }
  }
  if (placeAt !== null || admits())
    return { fulfilmentStatus: 'pending', placeAt: placeAt ?? now, ...AT_ONCE, dueAt: now }
  const held = { fulfilmentStatus: 'held', heldReason: 'cap' } as const
  return { ...held, placeAt, fulfilAfter: null, dueAt: null, waitsForRoomSince: createdAt }
}

/** The same where its hold is over or was served before; when its lifetime began stays what it was. */
export function beginAnew(reward: Reward, now: Instant, admits: () => boolean): Beginning {
  const { holdDays: _served, ...spec } = reward.reward!
  const anew = begin({ ...reward, reward: spec }, now, admits)
  return anew.heldReason === 'cap' ? anew : { ...anew, fulfilAfter: reward.fulfilAfter }
}

/** The same for one that was given up: where its hold is not over it goes on. */
export function goOn(reward: Reward, now: Instant, admits: () => boolean): Beginning {
  const { fulfilAfter, placeAt } = reward
  const isInHold = (reward.reward?.holdDays ?? 0) > 0 && fulfilAfter !== null && fulfilAfter > now
  if (!isInHold) return beginAnew(reward, now, admits)
  const held = { fulfilmentStatus: 'held', heldReason: 'hold_period' } as const
  return { ...held, placeAt, fulfilAfter, dueAt: fulfilAfter, waitsForRoomSince: null }
}

export function hasHoldEnded(reward: Reward, now: Instant): boolean {
  const { fulfilmentStatus: status, heldReason, fulfilAfter } = reward
  return status === 'held' && heldReason === 'hold_period' && (fulfilAfter ?? 0) <= now
}
