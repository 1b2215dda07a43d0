import type { z } from 'zod'
import type { Instant } from './clock.ts'
import type { Discount, Platform, ProviderKind, RewardSpec } from './schema/values.ts'
import type { Row } from './schema.ts'
import type { Change } from './store.ts'

export interface CouponRequest {
  readonly accountId: string
  readonly providerId: string
  /** Whose access the provider works with; null where it needs none. */
  readonly connectorId: string | null
  readonly rewardLogId: string
  /** The same for every attempt at one reward: a provider that saw it before answers with the same coupon. */
  readonly idempotencyKey: string
  /** The code to make, where the provider lets us choose. */
  readonly code: string
  readonly discount: Discount
  readonly minimumSubtotal: string | null
  /** When the coupon should lapse; null = never. */
  readonly expiresAt: Instant | null
  /** When the reward was granted. */
  readonly grantedAt: Instant
  /** It was asked for before, and nobody may know what came of that: a provider that can look does so before it makes one. */
  readonly mayExist: boolean
  readonly member: { readonly id: string; readonly externalId: string }
  readonly streakId: string
  readonly milestoneId: string
  /** As stored on the coupon provider. */
  readonly settings: Readonly<Record<string, unknown>>
  readonly credentials: Readonly<Record<string, unknown>>
  /** Ends when the time to answer is over, which is 10 s, or the worker stops. */
  readonly signal: AbortSignal
}

/**
 * Passing trouble. `reason` is safe to show: no secrets, no addresses of people, and begins with its code and a colon.
 * - `fault`: the provider is in trouble; some in a row and it is left alone for a while
 * - `running`: an earlier request for the same is still running
 * - `throttled`: the provider wants to be left alone for `retryAfterMs`; no try is spent
 * - `waiting`: something else has to happen first, such as an upload of codes
 * - `exhausted`: it answered that it has no coupon to give yet, and made none; looked at again within 15 minutes, no try
 *   is spent
 * - `ended`: nothing comes of asking, such as with a plan that ended: it is left alone at once, but for probes; no try is
 *   spent
 * - `access`: it refuses us (401, 403, a connector that is not installed): nobody asks before somebody saw to that
 *   (`resume`, other credentials, an installation that was checked); no try is spent
 */
export interface Trouble {
  readonly outcome: 'retry'
  readonly trouble: 'fault' | 'running' | 'throttled' | 'waiting' | 'exhausted' | 'ended' | 'access'
  readonly reason: string
  readonly retryAfterMs: number | null
}

export type IssueOutcome =
  | {
      readonly outcome: 'issued'
      readonly code: string
      /** null: the expiry asked for stands. */
      readonly expiresAt: Instant | null
      /**
       * Writes that must go with the reward's own, such as taking a code out of a pool; their conflict means: ask
       * again.
       */
      readonly changes?: readonly Change[]
    }
  | Trouble
  | { readonly outcome: 'failed'; readonly reason: string }

/** Which coupon to disable. */
export interface RevokeRequest
  extends Pick<
    CouponRequest,
    'accountId' | 'providerId' | 'connectorId' | 'rewardLogId' | 'settings' | 'credentials' | 'signal'
  > {
  /** The same for every attempt at one reward, and another than that of `issue`. */
  readonly idempotencyKey: string
  /** The code that was issued, or the one that was asked for when nobody knows whether it was. */
  readonly code: string
  /** The provider answered with this code, so there was a coupon: one that is not to be found is gone, not unmade. */
  readonly wasIssued: boolean
}

export type RevokeOutcome =
  /** `no`: it will never be used; `unknown`: the provider cannot disable it, or cannot say. */
  | { readonly outcome: 'revoked'; readonly used: 'yes' | 'no' | 'unknown' }
  | Trouble
  | { readonly outcome: 'failed'; readonly reason: string }

export type UsedOutcome =
  /** `unknown`: it cannot say, for the coupon is not there any more. `at`: when it was used, null where it does not say. */
  | { readonly outcome: 'known'; readonly used: 'yes' | 'no' | 'unknown'; readonly at: Instant | null }
  | Trouble
  | { readonly outcome: 'failed'; readonly reason: string }

/** What a provider needs of the connector that it works through. */
export interface ConnectorNeeds {
  readonly platform: Platform
  /** Scopes or permissions without which it makes no coupon, as `installation.missingScopes` names them. */
  readonly scopes: readonly string[]
}

/** What of a reward cannot be had of a provider. `path` is that of the milestone, such as `reward.discount`. */
export interface RewardFault {
  readonly path: string
  readonly code: 'INVALID_INPUT' | 'CURRENCY_MISMATCH'
  /** Goes on after the path: `must be …`. */
  readonly message: string
}

/** A provider as it is stored. */
export type ProviderStanding = Pick<Row<'coupon_provider'>, 'accountId' | 'id' | 'connectorId' | 'settings'>

/**
 * Makes coupons. `issue` is called at least once per reward and must be idempotent by `idempotencyKey` (or claim
 * within `changes`): through any crash or repetition one reward has one coupon. Answers within 10 s.
 */
export interface CouponProvider {
  readonly kind: ProviderKind
  /** Whether a coupon comes into being only with the commit of its `changes`: until then there surely is none. */
  readonly claims: boolean
  readonly settings: z.ZodType<Record<string, unknown>>
  /** null: takes none. */
  readonly credentials: z.ZodType<Record<string, unknown>> | null
  /** null, or absent: it works without a connector. */
  readonly connector?: ConnectorNeeds | null
  /**
   * What of a milestone's reward it cannot make; null: nothing. Asked when the milestone is saved, of a provider whose
   * connector is installed and lacks no scope. May ask the platform. @throws AppError PLATFORM_UNAVAILABLE
   */
  faultOf?(reward: RewardSpec, standing: ProviderStanding): Promise<RewardFault | null>
  issue(request: CouponRequest): Promise<IssueOutcome>
  /** Disables a coupon and says whether it was used before. Idempotent; a coupon that was never made is `no`. */
  revoke(request: RevokeRequest): Promise<RevokeOutcome>
  /**
   * Says whether an issued coupon was used; asked once a day until it lapses. Changes nothing. Absent where nobody can
   * be asked, or where orders tell.
   */
  used?(request: RevokeRequest): Promise<UsedOutcome>
}
