import type { RewardLog } from '../../client/schema.ts'
import type { Tone } from '../parts/states.ts'
import { money } from './format.ts'

type Said = readonly [words: string, tone: Tone]

const STATES: Readonly<Record<RewardLog['fulfilmentStatus'], Said>> = {
  pending: ['to be issued', 'waiting'],
  held: ['held', 'waiting'],
  issuing: ['being issued', 'waiting'],
  issued: ['issued', 'good'],
  failed: ['could not be issued', 'bad'],
  revoking: ['being taken back', 'waiting'],
  revoked: ['taken back', 'plain'],
}

const HELD = {
  hold_period: 'held until its waiting time is over',
  cap: 'held until there is room below a limit',
  provider_paused: 'held until its provider answers again',
} as const

/** How a coupon stands: `issued`, `used`, `held until there is room below a limit`. */
export function rewardWords({ fulfilmentStatus, heldReason, couponUsed, reward }: RewardLog): Said {
  if (fulfilmentStatus === 'issued' && couponUsed === 'yes') return ['used', 'good']
  if (fulfilmentStatus === 'pending' && reward === null) return ['to be issued by you', 'waiting']
  if (heldReason !== null) return [HELD[heldReason], 'waiting']
  return STATES[fulfilmentStatus]
}

/** Why it waits, with when that ends where it is known; null: it does not. */
export function waitWords({ waitsFor }: RewardLog, at: (instant: string) => string): string | null {
  if (waitsFor === null) return null
  const { message, until } = waitsFor
  return until === null ? `${message}.` : `${message}. Until ${at(until)}.`
}

/** `10 %`, `5.00 EUR`; what somebody of the merchant's gives by hand has no amount. */
export function discountWords(reward: RewardLog['reward']): string {
  if (reward === null) return 'given by you'
  const { discount } = reward
  return 'percentage' in discount ? `${discount.percentage} %` : money(discount.amount, discount.currency)
}

/** `PROVIDER_REFUSED: The plan ended` in two parts, the code for small print. */
export function reasonParts(reason: string): { readonly code: string | null; readonly words: string } {
  const [, code, words] = /^([A-Z][A-Z_]+): (.*)$/s.exec(reason) ?? []
  return { code: code ?? null, words: words ?? reason }
}
