import type { Double } from '../../../src/doubles/parts/double.ts'
import type { Row } from '../../../src/ports/schema.ts'
import type { Body } from '../../helpers/api.ts'

export type Reward = Row<'reward_log'>

/** A coupon in a provider's own books. */
export interface Coupon {
  /** The reward that it says it is for; null where the books name none but by its code. */
  readonly rewardLogId: string | null
  readonly code: string
  /** Somebody could still use it. */
  readonly isAlive: boolean
}

/** Which request of the provider a fault is to meet. */
export interface Wanted {
  readonly method?: string
  readonly path?: string
  readonly contains?: string
}

/** A merchant at the API, as far as connecting a shop needs one. */
export interface ShopOwner {
  create(slug: string, body: object): Promise<Body>
  post(path: string, body: object): Promise<{ readonly status: number; readonly text: string }>
  patch(path: string, body: object): Promise<{ readonly status: number; readonly text: string }>
}

/** A platform that makes coupons, played by its double, and its books. */
export interface CouponShop {
  readonly kind: 'shopify' | 'stripe' | 'voucherify'
  /** For the table. */
  readonly label: string
  readonly double: Double
  /** How long coupons live, where that is not for the platform to say. */
  readonly lifetime: { readonly expiresInDays?: number }
  /** Connects it for an account. @returns the id of the coupon provider */
  connect(client: ShopOwner): Promise<string>
  /** The request by which a coupon comes into being. */
  making(reward: Reward): Wanted
  /** The two requests by which one is taken back, in their order. */
  takingBack(reward: Reward): Promise<readonly [Wanted, Wanted]>
  books(): Promise<readonly Coupon[]>
  /** What opens its doors is good no more. */
  refuse(): Promise<void>
  /** The merchant sees to that, where anybody has to. */
  readmit(client: ShopOwner): Promise<void>
  stop(): Promise<void>
}

export const EXPIRES_IN_DAYS = 30

/** Rewards are granted at this instant by the clock of the installation; the doubles' own begins there, and runs. */
export const BEGINS_AT = Date.parse('2026-11-22T12:00:00.000Z')

export function runningClock(): () => number {
  const startedAt = performance.now()
  return () => BEGINS_AT + Math.floor(performance.now() - startedAt)
}
