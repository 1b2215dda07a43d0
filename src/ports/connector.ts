import type { z } from 'zod'
import type { Quantity } from '../streaks/quantity.ts'
import type { Instant } from './clock.ts'
import type { MakeHands } from './hands.ts'
import type { RuleChoice } from './schema/choices.ts'
import type { PrivacyKind, PrivacySubject, ShopNews } from './schema/news-values.ts'
import type {
  ConnectorRule,
  OrderReport,
  Platform,
  PurchaseActivity,
  PurchaseValue,
} from './schema/values.ts'

/** HTTP headers with lower-case names; repeated ones joined by ', '. */
export type Headers = Readonly<Record<string, string | undefined>>

export interface VerifyInput {
  readonly rawBody: Uint8Array
  readonly headers: Headers
  /** Any one of them may have signed: platforms sign with the old or the new one while a secret is rotated. */
  readonly secrets: readonly string[]
  /** Time of receipt. */
  readonly now: Instant
}

export type RefusalReason =
  | 'SIGNATURE_MISSING'
  | 'SIGNATURE_MALFORMED'
  | 'SIGNATURE_MISMATCH'
  | 'SIGNATURE_STALE'

export type Verification =
  | {
      readonly ok: true
      /** The platform's id of this delivery; null when it sent none. */
      readonly webhookId: string | null
      /**
       * Chooses the translator and nothing else; lower case as the platform writes it (`orders/paid`,
       * `charge.succeeded`).
       */
      readonly topic: string
      /** What is worth keeping of the headers; no signatures. */
      readonly headers: Readonly<Record<string, string>>
      /** Set when the delivery says it is from somebody other than the connector's own shop. */
      readonly mismatch?: 'SHOP_MISMATCH'
    }
  | { readonly ok: false; readonly reason: RefusalReason; readonly message: string }

/** Why a purchase, or a rule's view of it, did not count. Shown on the delivery. */
export type IgnoreReason =
  | 'TOPIC_NOT_SUPPORTED'
  | 'CONNECTOR_NOT_LIVE'
  | 'STILL_INSTALLED'
  | 'SHOP_MISMATCH'
  | 'ACCOUNT_MISMATCH'
  | 'BODY_NOT_UNDERSTOOD'
  | 'NO_RULES'
  | 'EARLIER_RULE_COUNTS'
  | 'NOT_PAID'
  | 'CANCELLED'
  | 'NOT_CANCELLED'
  | 'NOT_CAPTURED'
  | 'NOTHING_TO_REPORT'
  | 'TEST_ORDER'
  | 'CHANNEL_NOT_WANTED'
  | 'TAG_MISSING'
  | 'CURRENCY_MISMATCH'
  | 'GIFT_CARDS_ONLY'
  | 'PRODUCT_MISSING'
  | 'BELOW_MINIMUM'
  | 'NO_EMAIL'
  | 'GUEST_IGNORED'
  | 'NO_CUSTOMER'
  | 'VALUE_OUT_OF_RANGE'

export type RuleOutcome =
  | { readonly kind: 'log'; readonly activity: PurchaseActivity }
  | { readonly kind: 'ignored'; readonly reason: IgnoreReason; readonly message: string }
  | { readonly kind: 'failed'; readonly reason: 'IN_FUTURE'; readonly message: string }

/** Why a rule does not take a purchase: each check of a rule is named after the reason that it guards. */
export type RuleReason = IgnoreReason | 'IN_FUTURE'

/** What an order has, or a rule asks for: an amount, a text or several, whether; null where there is none. */
export type CheckValue = Quantity | string | readonly string[] | boolean | null

/** One thing that a rule asks of a purchase. */
export interface RuleCheck {
  readonly check: RuleReason
  readonly passed: boolean
  /** The order's. */
  readonly value: CheckValue
  /** The rule's. */
  readonly limit: CheckValue
}

/** How a rule sees a purchase. */
export interface RuleView {
  /** Whose purchase it is to the rule; null where nobody can be told. */
  readonly externalId: string | null
  /** Always all of them, in an order that never changes: also those after one that failed. */
  readonly checks: readonly RuleCheck[]
}

/** What a body says of a purchase, whether or not it counts. */
export interface PurchaseView {
  readonly activityAt: Instant
  readonly total: Quantity | null
  readonly currency: string | null
  /** One for each rule, in their order. */
  readonly rules: readonly RuleView[]
}

/** What a body says of its order beside what it is. */
export interface OrderNames {
  /** Only where the input asks for it (`explains`), and where the body is of a purchase that can be read. */
  readonly view?: PurchaseView
  /** A name by which refunds and disputes call the order, where that is not its id; `otherReference` a second one. */
  readonly orderReference?: string | null
  readonly otherReference?: string | null
  /** What people call the order; absent or null where the body does not say it. */
  readonly orderName?: string | null
  /** Of a purchase that is paid, not cancelled and no test: the coupon codes that it names, and when it was made. */
  readonly used?: { readonly codes: readonly string[]; readonly at: Instant }
  /** The platform's own number of the shop that it is of, where the signed body says it. */
  readonly shopNumber?: string | null
}

/** What is no order, and is seen to by a worker once it is stored; also of connectors that are not live. */
export type PlatformNews =
  /** Told of the shop: believed only once the platform says the same when asked. */
  | { readonly about: 'shop'; readonly news: ShopNews }
  /** Asked by law: the body is not kept, only what it names, until it is done. */
  | { readonly about: 'privacy'; readonly kind: PrivacyKind; readonly subject: PrivacySubject | null }
  /** Kept, and nothing is done about it yet. */
  | { readonly about: 'nothing' }

export type Translation =
  /** Of a purchase that no rule looked at the references still connect the order with its refunds. */
  | ({
      readonly kind: 'ignored'
      readonly reason: IgnoreReason
      readonly orderId: string | null
    } & OrderNames)
  /** One outcome per rule, in the order of the rules. */
  | ({
      readonly kind: 'translated'
      readonly orderId: string
      readonly outcomes: readonly RuleOutcome[]
      /** What the same body lists of refunds. */
      readonly reports?: readonly OrderReport[]
    } & OrderNames)
  /**
   * Refunds, a dispute or a cancellation: what became of an order. Rules have no say in it: they take back whatever the
   * order counted. At least one, each of an object of its own.
   */
  | ({
      readonly kind: 'reported'
      /** The order's id as far as the body knows it; what the delivery is found by. */
      readonly orderId: string
      /** The order's id, or a reference of its purchase. */
      readonly orderKey: string
      /**
       * Whose data the body holds, as a rule with the default identity would name the member; null when it holds none.
       */
      readonly externalId: string | null
      readonly reports: readonly OrderReport[]
    } & OrderNames)
  | ({ readonly kind: 'noted'; readonly orderId: null; readonly news: PlatformNews } & OrderNames)

export interface TranslateInput {
  readonly rawBody: Uint8Array
  readonly topic: string
  readonly receivedAt: Instant
  readonly rules: readonly ConnectorRule[]
  readonly purchaseSpace: string
  /** `payment`, or `metadata.` and a key: see `Connector.orderIdFrom`. */
  readonly orderIdFrom: string | null
  /** The connector's own, as its schema left them. */
  readonly settings: Readonly<Record<string, unknown>>
  /** Asks for a `view` beside the translation, which stays what it is. */
  readonly explains?: true
  /** The platform's own id of the shop or account that the connector is installed at; null: not known. */
  readonly ownId?: string | null
}

/** What a page of the shop asks for, as the platform forwarded it. */
export interface ShopperProof {
  /** The query as it was sent, without the question mark. */
  readonly search: string
  /** The connector's, any of which may have signed it. */
  readonly secrets: readonly string[]
  readonly now: Instant
}

/** Who is signed in on the shop's page. */
export type ShopperCall =
  /** As rules with the default identity name the member; null: nobody is signed in. */
  | { readonly ok: true; readonly externalId: string | null }
  /** The message names what is wrong and holds nothing of anybody. */
  | { readonly ok: false; readonly message: string }

/**
 * One platform. Pure: no network, no store, no clock; never throws for anything a sender may put into a request.
 * `docs/adding-a-connector.md` is the checklist, `test/contract/connector-suite.ts` the suite each one passes.
 */
export interface Connector {
  readonly platform: Platform
  /**
   * What `credentials` must look like; `webhookSecrets` is required everywhere. It checks and alters nothing: a secret
   * that is stored goes on working, whatever is asked of new ones.
   */
  readonly credentials: z.ZodType<{ webhookSecrets: string[] }>
  /** What `settings` must look like, without `purchaseSpace`. */
  readonly settings: z.ZodType<Record<string, unknown>>
  /**
   * Of a platform whose payments may name an order of the merchant's own: what new connectors read, and what those read
   * that had purchases before there was the choice. It is a setting, `orderIdFrom`, checked by `settings`.
   */
  readonly orderIdFrom?: { readonly usual: string; readonly before: string }
  /** Values of a purchase this platform can measure. */
  readonly values: readonly PurchaseValue[]
  /** What rules may choose its purchases by: what its bodies state. */
  readonly choices: readonly RuleChoice[]
  /**
   * Checks the signature over the raw bytes, in constant time, against each secret, and reads id and topic.
   * `settings` are the connector's, for checks on who sent it.
   */
  verify(input: VerifyInput, settings: Readonly<Record<string, unknown>>): Verification
  /**
   * Whether these headers, as they were kept, say that somebody else sent it than the connector's own shop: a replay
   * asks. Absent where no header says so.
   */
  isFromElsewhere?(headers: Headers, settings: Readonly<Record<string, unknown>>): boolean
  /**
   * Who asks, where the platform forwards requests of the shop's own pages and signs them: constant time, against each
   * secret; of the connector's own shop and of now. Absent where a platform does not forward any.
   */
  readShopper?(proof: ShopperProof, settings: Readonly<Record<string, unknown>>): ShopperCall
  /**
   * The topic of a body that comes without headers: what it says itself, else that under which such a body, or a
   * purchase, comes. Never throws.
   */
  topicOf(rawBody: Uint8Array): string
  /** Turns a verified body into one outcome per rule. The same input gives the same answer, also in a replay. */
  translate(input: TranslateInput): Translation
  /**
   * Whom a verified body names, as members are called that rules of either identity would make: an erasure finds the
   * body by these, also where nothing can be made of it. A few at most.
   */
  identities(rawBody: Uint8Array, settings: Readonly<Record<string, unknown>>): readonly string[]
  /**
   * Which of the settings says which shop it is: a text that is compared as it is stored. `header`: by which webhooks
   * say it, in any case; an app with one address for all shops finds its connectors by it. `isFixedByPurchases`: members
   * are called by it, so that it stays from the first purchase on.
   */
  readonly site?: { readonly setting: string; readonly header?: string; readonly isFixedByPurchases?: true }
  /** The header that says what a webhook is about, where one does: so that refused ones can be told apart. */
  readonly topicHeader?: string
  /** Whether a request is the platform's own question if anybody is there, unsigned and about nothing. */
  isPing?(headers: Headers, rawBody: Uint8Array): boolean
  /**
   * Of a platform that a merchant can install at: what is done there. All but the translator, which is pure, so what is
   * imported for it should be light: threads that only translate load it too.
   */
  readonly hands?: MakeHands
}
