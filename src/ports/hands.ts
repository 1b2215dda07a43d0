import type { z } from 'zod'
import type { Clock, Instant } from './clock.ts'
import type {
  CouponRequest,
  IssueOutcome,
  RevokeOutcome,
  RevokeRequest,
  RewardFault,
  UsedOutcome,
} from './coupon-provider.ts'
import type { Pace } from './pace.ts'
import type { PlatformCalls, Told } from './platform-calls.ts'
import type { ProblemCode, ShownSubscription } from './schema/installation-values.ts'
import type { Discount, Platform, RewardSpec } from './schema/values.ts'

/**
 * What opens a platform's doors, in the shape that its hands give it: tokens, keys, ids of what was made there. Opaque to
 * everyone else; sealed where it is stored, never shown or logged.
 */
export type Access = Readonly<Record<string, unknown>>

/** The connector that hands work for. */
export interface Site {
  readonly accountId: string
  readonly connectorId: string
  readonly settings: Readonly<Record<string, unknown>>
  /** Where its webhooks go: public address and path. */
  readonly webhookUrl: string
  /** Ends with it, wherever the server was when a subscription was made. */
  readonly webhookPath: string
  /** Rules that name products need more. */
  readonly readsProducts: boolean
  /** How many secrets are kept that its webhooks are checked with; they themselves are never handed out. */
  readonly keptSecrets: number
  /** Of `enter`: the access that it replaces; null: there is none. */
  readonly former: Access | null
  readonly signal?: AbortSignal
}

/** What is known of an access once the platform took it. */
export interface Standing {
  readonly access: Access
  /** When the access has to be renewed; null: it does not end by itself. */
  readonly renewAt: Instant | null
  /** The platform's own number or id of the shop or account; null where it does not say. */
  readonly externalId: string | null
  /** What was granted and what is wanted but absent, as the platform names it. */
  readonly scopes: readonly string[]
  readonly missingScopes: readonly string[]
  /** Codes that hold now, the words for a merchant beside them; the most important first. */
  readonly problems: readonly { readonly code: ProblemCode; readonly message: string }[]
}

export interface Mended extends Standing {
  readonly subscriptions: readonly ShownSubscription[]
  /** Secrets that sign the webhooks of what was made now, to be kept beside those that are; [] where they stay. */
  readonly newWebhookSecrets: readonly string[]
}

/** What a browser brings back from the platform, judged in this order: forged, other shop, denied, granted. */
export type ConsentVerdict =
  /** Not signed as the platform signs, or too long ago. */
  | { readonly verdict: 'forged'; readonly message: string }
  | { readonly verdict: 'other_shop'; readonly message: string }
  /** The merchant said no. */
  | { readonly verdict: 'denied'; readonly message: string }
  /** `code` goes into `enter`, beside what the merchant gave. */
  | { readonly verdict: 'granted'; readonly code: string }

/** A consent that the merchant is asked for in a browser. */
export interface Consent {
  /** Where the merchant is sent; `state` comes back with them. */
  url(site: Site, given: Access, state: string, redirectUri: string): string
  /**
   * Pure: whether the parameters came from the platform, for this site, and what they say. Whether the state is known
   * and unused is judged between `forged` and all else, by who keeps the states. Messages are for a page that the
   * merchant sees.
   */
  judge(query: URLSearchParams, site: Site, given: Access, now: Instant): ConsentVerdict
}

/** An order or report that is read instead of told, in the shape of the platform's webhook. */
export interface ReadBodyOfOrder {
  /** The topic by which the translator reads the body. */
  readonly topic: string
  readonly rawBody: Uint8Array
}

export interface OrderPage {
  readonly orders: readonly {
    /** Activity time of the order; pages need not be sorted by it. */
    readonly activityAt: Instant
    /** The purchase first, then what is reported of it. */
    readonly bodies: readonly ReadBodyOfOrder[]
  }[]
  /** Goes on from here; null: that was all. Plain JSON, kept in the store. */
  readonly next: string | null
  /** Everything before it has been read. */
  readonly readUpTo: Instant
}

export interface OrderQuery {
  /** `activity`: by when orders were made; `change`: by when they were last changed. */
  readonly by: 'activity' | 'change'
  readonly since: Instant
  /** Exclusive. */
  readonly until: Instant
  /** `next` of the page before; null: the first. */
  readonly cursor: string | null
}

/** A discount code of a shop as it is wanted: good once, for everything. */
export interface DiscountWish {
  readonly code: string
  /** What the shop's own pages call it. */
  readonly title: string
  readonly tags: readonly string[]
  readonly startsAt: Instant
  /** null: never. */
  readonly endsAt: Instant | null
  readonly discount: Discount
  readonly minimumSubtotal: string | null
  readonly combinesWith: { readonly order: boolean; readonly product: boolean; readonly shipping: boolean }
  /** The platform's own id of the only customer who may use it; null: everybody may. */
  readonly customerId: string | null
}

export interface FoundDiscount {
  readonly id: string
  readonly title: string
  readonly tags: readonly string[]
  /** How often it was used; null where that is not told. */
  readonly used: number | null
}

/** Discount codes in a merchant's shop. Each call is one request, which `Site.signal` ends, within 10 s. */
export interface Discounts {
  /** The shop's own, which amounts are in; null: not known yet. Asks nobody. */
  currencyOf(access: Access): string | null
  /** By its code, whatever its case; null: there is none. */
  find(site: Site, access: Access, code: string): Promise<Told<FoundDiscount | null>>
  /**
   * `taken`: there is one by this code, of whomever; `customer_gone`: the shop does not know the customer. Neither made
   * anything. After `unavailable` it may have been made: look before asking again.
   */
  create(site: Site, access: Access, wish: DiscountWish): Promise<Told<'created' | 'taken' | 'customer_gone'>>
  /** Ends it at once. Idempotent. Answers it as it is then; null: it is gone. */
  end(site: Site, access: Access, id: string): Promise<Told<FoundDiscount | null>>
}

/**
 * Coupons that the platform itself keeps, for rewards: what `CouponProvider` says of them holds. A refused access is
 * told as such; all else that came of asking is the answer. Each call ends within 10 s.
 */
export interface Promotions {
  /** What of a reward cannot be made with these settings; null: nothing. */
  faultOf(
    site: Site,
    access: Access,
    reward: RewardSpec,
    settings: CouponRequest['settings'],
  ): Promise<Told<RewardFault | null>>
  issue(site: Site, access: Access, request: CouponRequest): Promise<Told<IssueOutcome>>
  revoke(site: Site, access: Access, request: RevokeRequest): Promise<Told<RevokeOutcome>>
  used(site: Site, access: Access, request: RevokeRequest): Promise<Told<UsedOutcome>>
}

/**
 * What can be done at a platform itself, with a merchant's access. Does I/O through `PlatformCalls` alone, keeps
 * nothing, and may be asked again after any answer: what was made already is found and kept. Each call ends within 15 s
 * with its retries (2 more where trouble may pass; a create only after looking whether it is there). An access that had
 * to be renewed on the way comes back in `access`: the caller stores it before it is used again.
 */
export interface Hands {
  readonly platform: Platform
  /**
   * Ways in beside `manual`, with what each asks for (the body of `install` without `method`; strict). One that needs
   * `consent` asks the merchant first.
   */
  readonly methods: Readonly<
    Record<string, { readonly given: z.ZodType<Access>; readonly needsConsent: boolean }>
  >
  readonly consent?: Consent
  /**
   * Presents what the merchant gave (with `code` where consent brought one) and asks whose it is. Makes nothing. A
   * `refused` here keeps everything as it was. `webhookSecrets` replace those that are kept; [] leaves them.
   */
  enter(
    site: Site,
    method: string,
    given: Access,
  ): Promise<Told<Standing & { readonly webhookSecrets: readonly string[] }>>
  /** A new access for one that ends. The old one may be dead from then on. Absent where none ends. */
  renew?(site: Site, access: Access): Promise<Told<Pick<Standing, 'access' | 'renewAt'>>>
  /** Looks at scopes and subscriptions and mends them: what could not be mended is `missing` or `failing`, not a refusal. */
  mend(site: Site, access: Access): Promise<Told<Mended>>
  /** Removes what was made at the platform. A refused access means there is nothing left to remove: `ok`. */
  leave(site: Site, access: Access): Promise<Told<null>>
  /**
   * Whether the platform refuses this very access (401 or 403): what an unsigned or late word of an uninstall is checked
   * by. It renews nothing: the caller does, and asks again with what it got.
   */
  isGone(site: Site, access: Access): Promise<Told<boolean>>
  /** How far back orders can be read, unless this scope was granted. Absent: as far as there are any. */
  readonly reach?: { readonly days: number; readonly unless: string }
  /** Absent where the platform has none, or others make them. */
  readonly discounts?: Discounts
  /** Absent where the platform keeps none. */
  readonly promotions?: Promotions
  /** Reads past orders, a page a call. Absent where the platform cannot be asked. */
  readOrders?(site: Site, access: Access, query: OrderQuery): Promise<Told<OrderPage>>
}

/** What hands work with. They keep nothing, so one of each platform serves all connectors. */
export interface HandsParts {
  readonly calls: PlatformCalls
  readonly clock: Clock
  /** Without one nobody keeps to a pace. */
  readonly pace?: Pace
}

export type MakeHands = (parts: HandsParts) => Hands
