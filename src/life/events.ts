import type { ErrorCode } from '../errors.ts'
import type { Instant } from '../ports/clock.ts'
import type { Row } from '../ports/schema.ts'

export type Reward = Row<'reward_log'>

/** Asked where a reward takes a place below caps, and takes it; false: it has to wait for room. */
interface Admits {
  readonly admits: () => boolean
}

/** What can happen to a reward. Where it cannot happen to one in its state, the reward stays the same. */
export type LifeEvent =
  /** A worker looks at a reward in its hold. */
  | ({ readonly kind: 'hold_ended' } & Admits)
  /** A cap that held it has room. */
  | ({ readonly kind: 'room_found' } & Admits)
  /** Its provider is going to be asked for the coupon. */
  | { readonly kind: 'asked' }
  | {
      readonly kind: 'issued'
      readonly code: string
      readonly expiresAt: Instant | null
      /** As the code is compared, where its provider chose it; else null. */
      readonly chosenFoldedCode: string | null
      /** When to ask whether it was used; null: never. */
      readonly useCheckAt: Instant | null
    }
  | {
      readonly kind: 'failed'
      readonly reason: string
      /** The provider said no for good: there is no coupon. Else there may be one, if it was ever asked. */
      readonly saidNo: boolean
    }
  /** The provider said that it has no coupon to give yet. */
  | { readonly kind: 'none_yet' }
  /** It was written that its provider is asked, and its turn did not come: there surely is no coupon. */
  | { readonly kind: 'not_asked' }
  /** Its provider is paused. `wasNotAsked`: as in `not_asked`. */
  | { readonly kind: 'parked'; readonly wasNotAsked?: boolean }
  /** Its provider is asked again. */
  | { readonly kind: 'let_go' }
  /** What it waits for has come: it is queued anew. */
  | { readonly kind: 'woken' }
  /** What it was granted for was taken back. */
  | { readonly kind: 'ground_gone' }
  /** What it was granted for is there again. */
  | ({ readonly kind: 'brought_back' } & Admits)
  /** Its provider was asked to disable the coupon. */
  | {
      readonly kind: 'taken_back'
      readonly used: 'yes' | 'no' | 'unknown'
      readonly reason: string | null
    }
  /** A coupon was made after all, when its reward had been revoked. */
  | { readonly kind: 'made_late' }
  /** Its member was erased. */
  | { readonly kind: 'erased' }
  /** Somebody wants it tried again; with another code where the one of before was taken. */
  | ({ readonly kind: 'replayed'; readonly drawnCode?: string } & Admits)
  /** Somebody gave it up. */
  | { readonly kind: 'abandoned'; readonly reason: string }
  /** The merchant says how he fulfilled it. */
  | {
      readonly kind: 'given_code'
      readonly fields: Pick<Reward, 'couponCode' | 'rewardIssuedAt' | 'rewardExpiryAt'>
    }
  /** An order named its coupon (`orderId`), or its provider says that it was used. */
  | { readonly kind: 'used'; readonly at: Instant; readonly orderId: string | null }
  /** Its provider was asked whether the coupon was used. `nextAt` null: it is not asked again. */
  | { readonly kind: 'looked_at'; readonly nextAt: Instant | null }

export type LifeOf<K extends LifeEvent['kind']> = Extract<LifeEvent, { readonly kind: K }>

export type Turn =
  /** To be written, guarded by the reward's revision. */
  | { readonly to: 'next'; readonly set: Partial<Omit<Reward, 'revision'>> }
  /** Nothing is to be written. */
  | { readonly to: 'same' }
  /** It cannot be, and whoever wants it is told so. */
  | { readonly to: 'refused'; readonly code: ErrorCode; readonly message: string }

/** How a reward begins, or begins anew. */
export type Beginning = Pick<
  Reward,
  'fulfilmentStatus' | 'heldReason' | 'fulfilAfter' | 'dueAt' | 'placeAt' | 'waitsForRoomSince'
>

/** What a reward that was just granted has of its life. */
export type Granted = Beginning &
  Pick<
    Reward,
    | 'couponUsed'
    | 'redeemedAt'
    | 'redeemedOrderId'
    | 'useCheckAt'
    | 'askedAt'
    | 'chosenFoldedCode'
    | 'failureReason'
    | 'waitingForProviderId'
  >
