import type { Quantity } from '../streaks/quantity.ts'
import type { Instant } from './clock.ts'

/**
 * What is stored, said once: fields, types, unique keys and indexes of every collection. Both stores build their
 * tables from this, `Row<'streak'>` is the type of a row, and list filters know a field's type from it.
 */
export type FieldType = 'id' | 'text' | 'integer' | 'boolean' | 'instant' | 'quantity' | 'json' | 'bytes'

export interface FieldSpec<T = unknown> {
  readonly type: FieldType
  readonly nullable: boolean
  /** Carries the TypeScript type; never set. */
  readonly value?: T
}

export interface IndexSpec {
  readonly fields: readonly string[]
  readonly unique?: boolean
  /** Fields of the index that are kept in descending order; all others ascend. */
  readonly descending?: readonly string[]
  /** Partial index: only rows in which these booleans are true and these fields are not null. */
  readonly where?: { readonly isTrue?: readonly string[]; readonly notNull?: readonly string[] }
}

export interface CollectionSpec {
  readonly fields: Readonly<Record<string, FieldSpec>>
  /** By name; `commit` names the index that a duplicate violates. `id` is unique in every collection. */
  readonly indexes: Readonly<Record<string, IndexSpec>>
}

function field<T>(type: FieldType): FieldSpec<T> {
  return { type, nullable: false }
}
function optional<T>(spec: FieldSpec<T>): FieldSpec<T | null> {
  return { type: spec.type, nullable: true }
}
const id = field<string>('id')
const text = <T extends string = string>() => field<T>('text')
const integer = field<number>('integer')
const boolean = field<boolean>('boolean')
const instant = field<Instant>('instant')
const quantity = field<Quantity>('quantity')
const json = <T>() => field<T>('json')
const bytes = field<Uint8Array>('bytes')

export type Status = 'draft' | 'live' | 'paused'
export type Platform = 'shopify' | 'stripe'
export type ProviderKind = 'pool' | 'http'
export type Discount =
  | { readonly percentage: string }
  | { readonly amount: string; readonly currency: string }
/** What a milestone gives; copied onto the reward log when it is crossed. Amounts are decimal digits as text. */
export interface RewardSpec {
  readonly providerId: string
  readonly discount: Discount
  readonly expiresInDays?: number
  readonly minimumSubtotal?: string
  readonly prefix?: string
}
export type FulfilmentStatus = 'pending' | 'held' | 'issuing' | 'issued' | 'failed' | 'revoking' | 'revoked'
/**
 * `waiting`: a report whose purchase has not come yet. `applied`: a report that has done what it does. `abandoned`: an
 * operator decided to leave it; a replay takes it up again.
 */
export const ITEM_STATUSES = [
  'pending',
  'counted',
  'duplicate',
  'ignored',
  'failed',
  'abandoned',
  'waiting',
  'applied',
] as const
export type ItemStatus = (typeof ITEM_STATUSES)[number]
export type PurchaseValue = 'one' | 'order_total' | 'order_subtotal' | 'item_count'
/** Which purchases of a connector feed which streak. Amounts are decimal digits as text. */
export interface ConnectorRule {
  readonly streakId: string
  readonly activityId: string
  readonly value: PurchaseValue
  readonly currency: string | null
  readonly minimumValue: string | null
  readonly identifyBy: 'customer_id' | 'email'
  readonly guests: 'by_email' | 'ignore'
  readonly testOrders: 'ignore' | 'count'
}
export interface MemberProfile {
  readonly firstName?: string
  readonly lastName?: string
  readonly email?: string
  readonly phoneNumber?: string
}
export type ProfileTimes = { readonly [F in keyof MemberProfile]?: Instant }
/** A purchase as one rule sees it: everything the engine needs to record it. */
export interface PurchaseActivity {
  readonly externalId: string
  readonly profile: MemberProfile
  /** When the source last changed the profile; older profiles never overwrite newer ones. */
  readonly profileAt: Instant
  readonly activityAt: Instant
  readonly activityId: string
  /** Decimal digits; null where the rule counts `one`. */
  readonly activityValue: string | null
  readonly orderId: string
  /** The name by which refunds and disputes call the order, where that is not its id. */
  readonly orderReference: string | null
  /** Of the whole order, decimal digits, and its currency; null where the body states none. */
  readonly orderTotal: string | null
  readonly currency: string | null
  /** Whether `activityValue` is an amount in that currency: then a refund takes its amount, else only the whole. */
  readonly isAmount: boolean
  readonly purchaseSpace: string
  /** Names of profile fields that were invalid and dropped. */
  readonly droppedFields: readonly string[]
  /** Set by a replay: the profile is old news, so it only fills what is blank. */
  readonly fillsBlanks?: true
}
/** What a platform says of an order after the sale, as it stood when the webhook was made. */
export interface OrderReport {
  /** The platform's own object: `stripe:refund:re_1`, `stripe:dispute:dp_1`, `shopify:cancellation:{order id}`. */
  readonly object: string
  /**
   * `refund_total` says how much of an order was given back so far without naming the refunds: of several the
   * greatest amount counts, and refunds that are known by themselves are part of it.
   */
  readonly kind: 'refund' | 'refund_total' | 'dispute' | 'cancellation'
  /** How far the object has come; of several reports of one object the furthest counts, in this order. */
  readonly state: 'open' | 'taken' | 'given_back'
  /** Decimal digits, with `currency`; null = the whole order. */
  readonly amount: string | null
  /** ISO 4217, upper case; null where the body names none, which means the order's own. */
  readonly currency: string | null
}
export interface Refusal {
  readonly at: Instant
  readonly reason: string
}

/**
 * Begins the externalId of a member that was erased, followed by its id: the row stays as the anonymous id that the
 * ledger refers to, and counts as absent everywhere else. No input may begin with it.
 */
export const ERASED_PREFIX = 'erased:'

/** Whether the row only stands for somebody who was erased: callers must not learn that it is there. */
export function isErased({ externalId }: { readonly externalId: string }): boolean {
  return externalId.startsWith(ERASED_PREFIX)
}

/** On every row. `accountId` of an account is its own id. */
const common = { id, accountId: id, createdAt: instant, updatedAt: instant }
/** Rows that several writers change carry a `revision`: an update is guarded by the one it read. */
const revised = { ...common, revision: integer }
/** Serves lists in their default order: the newest first, ties by id. */
const newestFirst = <const F extends readonly string[]>(...fields: F) => ({
  fields: [...fields, 'createdAt', 'id'],
  descending: ['createdAt'],
})
const journey = ['accountId', 'ownedById', 'streakId'] as const

export const SCHEMA = {
  account: {
    fields: { ...revised, name: text(), timezone: text(), endUserOrigins: json<readonly string[]>() },
    indexes: { account_name: { fields: ['name'] } },
  },
  api_key: {
    fields: {
      ...revised,
      name: text(),
      description: text(),
      apiKey: text(),
      sealedSecret: text(),
      status: text<Status>(),
    },
    indexes: {
      api_key_key: { fields: ['apiKey'], unique: true },
      api_key_name: { fields: ['accountId', 'name'], unique: true },
      api_key_created: newestFirst('accountId'),
    },
  },
  streak: {
    fields: {
      ...revised,
      name: text(),
      description: text(),
      status: text<Status>(),
      aggregationMethod: text<'count' | 'sum'>(),
      aggregationPeriod: text<'daily' | 'weekly' | 'monthly'>(),
      aggregationTargetValue: quantity,
      completionTargetValue: optional(integer),
      timezone: text(),
      weekStartsOn: text<'monday' | 'sunday'>(),
      /** Set by the commit of the first log, of any status; from then on the rules are fixed. */
      hasLogs: boolean,
    },
    indexes: { streak_created: newestFirst('accountId') },
  },
  milestone: {
    fields: {
      ...revised,
      linkedSchemaSlug: text<'streak'>(),
      linkedSchemaRecordId: id,
      name: text(),
      description: text(),
      milestoneTargetValue: quantity,
      status: text<Status>(),
      eudMilestoneRewardInstructionMessage: optional(text()),
      milestoneMetric: text<'consecutive_count' | 'current_progress_value'>(),
      milestoneRepeat: text<'every_streak' | 'every_period' | 'once'>(),
      reward: optional(json<RewardSpec>()),
      onWithdrawal: text<'keep' | 'revoke'>(),
      /** Set by the commit of the first reward log; from then on target, metric, repeat and streak are fixed. */
      hasRewardLogs: boolean,
    },
    indexes: {
      milestone_created: newestFirst('accountId'),
      milestone_streak: newestFirst('accountId', 'linkedSchemaRecordId'),
    },
  },
  member: {
    fields: {
      ...revised,
      externalId: text(),
      firstName: optional(text()),
      lastName: optional(text()),
      email: optional(text()),
      phoneNumber: optional(text()),
      status: text<Status>(),
      /** By field: the time of its value, the source's for a connector's, that of the request for the API's. */
      profileTimes: json<ProfileTimes>(),
    },
    indexes: {
      member_external_id: { fields: ['accountId', 'externalId'], unique: true },
      member_created: newestFirst('accountId'),
      member_email: newestFirst('accountId', 'email'),
    },
  },
  /** An erasure of a member that is under way; its `id` is the member's. Internal, and gone when all is done. */
  erasure: {
    fields: {
      ...common,
      /** Of the member, who has lost it: what still names it is found by it. */
      externalId: text(),
    },
    indexes: {
      erasure_created: { fields: ['createdAt', 'id'] },
    },
  },
  streak_log: {
    fields: {
      ...common,
      ownedById: id,
      streakId: id,
      activityAt: instant,
      activityId: text(),
      uniqueIdentifier: text(),
      activityValue: optional(quantity),
      status: text<Status>(),
      periodKey: text(),
      periodNumber: integer,
      /** What the log counts for now: 1 or its value, less what was withdrawn; 0 for logs that are not live. */
      effectiveValue: quantity,
      /** Withdrawals and reinstatements of this log: each is guarded by how many there were. */
      entryCount: integer,
      /** The rewards this log was granted, in the order of the response; null when none. */
      rewardLogIds: optional(json<readonly string[]>()),
      deliveryId: optional(id),
    },
    indexes: {
      // what comes in the order of time, as order ids mostly do, stays together: one page is written, not one a member
      streak_log_unique: { fields: ['accountId', 'streakId', 'uniqueIdentifier', 'ownedById'], unique: true },
      streak_log_period: { fields: [...journey, 'periodNumber', 'activityAt'] },
      streak_log_created: newestFirst('accountId'),
      streak_log_member: newestFirst('accountId', 'ownedById'),
      streak_log_streak: newestFirst('accountId', 'streakId'),
      streak_log_identifier: newestFirst('accountId', 'uniqueIdentifier'),
      streak_log_activity: { fields: ['accountId', 'activityAt', 'id'], descending: ['activityAt'] },
    },
  },
  streak_progress: {
    fields: {
      ...common,
      ownedById: id,
      streakId: id,
      periodKey: text(),
      periodNumber: integer,
      periodStartAt: instant,
      periodEndAt: instant,
      currentProgressValue: quantity,
      aggregationTargetValue: quantity,
      completed: boolean,
      /** `activityAt` of the first and last effective log; null when there is none. */
      firstEffectiveAt: optional(instant),
      lastEffectiveAt: optional(instant),
      /** `activityAt` at which the target was reached; kept only on streaks with a completionTargetValue. */
      targetReachedAt: optional(instant),
    },
    indexes: {
      streak_progress_unique: { fields: [...journey, 'periodNumber'], unique: true },
      streak_progress_created: newestFirst('accountId'),
      streak_progress_member: newestFirst('accountId', 'ownedById'),
      streak_progress_streak: newestFirst('accountId', 'streakId'),
    },
  },
  /** A maximal row of consecutive completed periods of a member on a streak. Internal. */
  run: {
    fields: {
      ...common,
      ownedById: id,
      streakId: id,
      firstPeriod: integer,
      lastPeriod: integer,
      length: integer,
      /** True when the run's end does not close a cycle: missing the next period breaks it. */
      breakable: boolean,
      /** Standing `every_streak` rewards anchored inside the run, by milestone id. */
      standing: json<Readonly<Record<string, number>>>(),
    },
    indexes: {
      run_first: { fields: [...journey, 'firstPeriod'], unique: true },
      run_last: { fields: [...journey, 'lastPeriod'] },
    },
  },
  member_streak: {
    fields: {
      ...common,
      ownedById: id,
      streakId: id,
      /** Guards everything about this member on this streak: each commit raises it by one. */
      version: integer,
      lastActivityAt: instant,
      longestRunLength: integer,
      completedCycles: integer,
      /** False until the first reward of this member on this streak: spares looking for them. */
      hasRewards: boolean,
      /** Rewards revoked before they were minted: they may come back. */
      revokedRewards: integer,
      /** Set when the member is erased: from then on it takes no logs and is granted no rewards. */
      closed: boolean,
    },
    indexes: {
      member_streak_unique: { fields: [...journey], unique: true },
      member_streak_created: newestFirst('accountId'),
      member_streak_member: newestFirst('accountId', 'ownedById'),
      member_streak_streak: newestFirst('accountId', 'streakId'),
    },
  },
  reward_log: {
    fields: {
      ...revised,
      ownedById: id,
      linkedSchemaSlug: text<'streak'>(),
      linkedSchemaRecordId: id,
      milestoneId: id,
      streakLogId: id,
      periodKey: text(),
      /** The anchor: the period in which the count or value reached the target. */
      periodNumber: integer,
      once: boolean,
      /** Not revoked, or revoked after its coupon was used. */
      standing: boolean,
      reward: optional(json<RewardSpec>()),
      onWithdrawal: text<'keep' | 'revoke'>(),
      fulfilmentStatus: text<FulfilmentStatus>(),
      heldReason: optional(text<'hold_period' | 'cap' | 'provider_paused'>()),
      fulfilAfter: optional(instant),
      failureReason: optional(text()),
      couponUsed: optional(text<'yes' | 'no' | 'unknown'>()),
      /** Drawn in the commit that grants the reward; every provider is asked for this code. Shown only once issued. */
      drawnCode: optional(text()),
      couponCode: optional(text()),
      rewardIssuedAt: optional(instant),
      rewardExpiryAt: optional(instant),
      /** Set while a worker has something to do; the sweep looks for these. */
      dueAt: optional(instant),
      /** Part of the job id; raised each time the work is queued anew after a job that ended. */
      attempt: integer,
    },
    indexes: {
      reward_log_anchor: {
        fields: ['accountId', 'milestoneId', 'periodNumber', 'ownedById'],
        unique: true,
        where: { isTrue: ['standing'] },
      },
      reward_log_once: {
        fields: ['accountId', 'ownedById', 'milestoneId'],
        unique: true,
        where: { isTrue: ['standing', 'once'] },
      },
      reward_log_journey: {
        fields: ['accountId', 'ownedById', 'linkedSchemaRecordId', 'once', 'periodNumber'],
      },
      reward_log_created: newestFirst('accountId'),
      reward_log_member: newestFirst('accountId', 'ownedById'),
      reward_log_milestone: newestFirst('accountId', 'milestoneId'),
      reward_log_streak: newestFirst('accountId', 'linkedSchemaRecordId'),
      reward_log_due: { fields: ['dueAt', 'id'], where: { notNull: ['dueAt'] } },
    },
  },
  coupon_provider: {
    fields: {
      ...revised,
      name: text(),
      provider: text<ProviderKind>(),
      sealedCredentials: optional(text()),
      settings: json<Readonly<Record<string, unknown>>>(),
      /** Set when a milestone that has granted rewards turns away from it: reward logs may name it for ever. */
      hasRewards: boolean,
    },
    indexes: {
      coupon_provider_name: { fields: ['accountId', 'name'], unique: true },
      coupon_provider_created: newestFirst('accountId'),
    },
  },
  /** Every code the platform drew or a merchant uploaded: unique in the account, whatever its case. */
  coupon_code: {
    fields: {
      ...common,
      code: text(),
      foldedCode: text(),
      source: text<'pool' | 'drawn'>(),
      providerId: optional(id),
      rewardLogId: optional(id),
    },
    indexes: {
      coupon_code_unique: { fields: ['accountId', 'foldedCode'], unique: true },
      coupon_code_pool: { fields: ['accountId', 'providerId', 'rewardLogId', 'createdAt', 'id'] },
      coupon_code_created: newestFirst('accountId', 'source'),
      coupon_code_provider: newestFirst('accountId', 'providerId'),
      coupon_code_reward: newestFirst('accountId', 'rewardLogId'),
    },
  },
  connector: {
    fields: {
      ...revised,
      name: text(),
      platform: text<Platform>(),
      status: text<Status>(),
      sealedCredentials: text(),
      settings: json<Readonly<Record<string, unknown>>>(),
      purchaseSpace: text(),
      rules: json<readonly ConnectorRule[]>(),
      /** Set by the commit of the first delivery of any kind; from then on the connector is not deleted. */
      hasDeliveries: boolean,
      /** Set by the commit of the first delivery with a purchase; from then on the purchase space is fixed. */
      hasPurchases: boolean,
      /** Refused webhooks: how many, and the last 20. Never guarded by `revision`. */
      refusedCount: integer,
      recentRefusals: json<readonly Refusal[]>(),
    },
    indexes: {
      connector_created: newestFirst('accountId'),
    },
  },
  delivery: {
    fields: {
      ...common,
      connectorId: id,
      platform: text<Platform>(),
      topic: text(),
      webhookId: optional(text()),
      bodySha256: text(),
      /** webhook id and hash, or the hash alone: what makes a delivery the same one. */
      dedupeKey: text(),
      receivedAt: instant,
      headers: json<Readonly<Record<string, string>>>(),
      /** Raw bytes as signed; removed after the retention time. */
      body: optional(bytes),
      /** Time of receipt while the raw bytes are kept, null afterwards; pruning looks for it. */
      bodyKeptSince: optional(instant),
      orderId: optional(text()),
      /** Of a purchase: the name by which refunds and disputes call its order, where that is not its id. */
      orderReference: optional(text()),
      /** `reported`: a refund, a dispute or a cancellation. */
      outcome: text<'translated' | 'reported' | 'ignored'>(),
      reason: optional(text()),
      /** How often a replay changed it; each replay is guarded by it. */
      replayCount: integer,
    },
    indexes: {
      delivery_unique: { fields: ['connectorId', 'dedupeKey'], unique: true },
      delivery_connector: newestFirst('accountId', 'connectorId'),
      delivery_created: newestFirst('accountId'),
      delivery_body: { fields: ['bodyKeptSince', 'id'], where: { notNull: ['bodyKeptSince'] } },
      delivery_order: newestFirst('accountId', 'orderId'),
      delivery_reference: { fields: ['accountId', 'orderReference'], where: { notNull: ['orderReference'] } },
    },
  },
  /**
   * One rule's view of a purchase, or what a delivery reports of an order, and what became of it. Internal: shown
   * inside `delivery`. Where not every rule counted a purchase, items of neither rule nor report say whom it names;
   * they are never shown.
   */
  delivery_item: {
    fields: {
      ...common,
      deliveryId: id,
      connectorId: id,
      /** Of a purchase: the rule and its streak; null on reports, which concern all that the order counted. */
      ruleIndex: optional(integer),
      streakId: optional(id),
      activity: optional(json<PurchaseActivity>()),
      report: optional(json<OrderReport>()),
      /** Of a report: the id or the `orderReference` of its order, in the connector's `purchaseSpace`. */
      orderKey: optional(text()),
      /** The member that the delivery names; null without one, and once that member is erased. */
      externalId: optional(text()),
      status: text<ItemStatus>(),
      reason: optional(text()),
      message: optional(text()),
      streakLogId: optional(id),
      duplicateOfId: optional(id),
      receivedAt: instant,
      dueAt: optional(instant),
      /** Of items that were stored together: one job works them off, as long as `attempt` is 0. */
      batchId: optional(id),
      attempt: integer,
    },
    indexes: {
      delivery_item_delivery: { fields: ['accountId', 'deliveryId', 'ruleIndex'] },
      delivery_item_due: { fields: ['dueAt', 'id'], where: { notNull: ['dueAt'] } },
      delivery_item_order: { fields: ['accountId', 'orderKey', 'id'], where: { notNull: ['orderKey'] } },
      delivery_item_member: { fields: ['accountId', 'externalId', 'id'], where: { notNull: ['externalId'] } },
    },
  },
  /** Withdrawals of a log, whole or in part, and what undoes them. Append-only, like the log. */
  withdrawal: {
    fields: {
      ...common,
      ownedById: id,
      streakId: id,
      streakLogId: id,
      kind: text<'withdrawal' | 'reinstatement'>(),
      /** What is taken back, at most the log's value; null = the whole, and on reinstatements. */
      value: optional(quantity),
      reason: text(),
      uniqueIdentifier: optional(text()),
      /** Of a reinstatement: the withdrawal it undoes. */
      withdrawalId: optional(id),
      /** The delivery whose report made the entry; null when it came over the API. */
      deliveryId: optional(id),
    },
    indexes: {
      withdrawal_unique: {
        fields: ['accountId', 'ownedById', 'streakLogId', 'uniqueIdentifier'],
        unique: true,
        where: { notNull: ['uniqueIdentifier'] },
      },
      withdrawal_undone: {
        fields: ['accountId', 'ownedById', 'withdrawalId'],
        unique: true,
        where: { notNull: ['withdrawalId'] },
      },
      withdrawal_log: { fields: ['accountId', 'ownedById', 'streakLogId'] },
      withdrawal_created: newestFirst('accountId'),
      withdrawal_member: newestFirst('accountId', 'ownedById'),
      withdrawal_streak: newestFirst('accountId', 'streakId'),
      withdrawal_identifier: newestFirst('accountId', 'uniqueIdentifier'),
    },
  },
  /** The connectors' own ledger: one purchase feeds one streak once, whoever reports it and whoever bought. */
  purchase: {
    fields: {
      ...common,
      streakId: id,
      purchaseSpace: text(),
      orderId: text(),
      /** The name by which refunds and disputes call what counted, where that is not the order id. */
      orderReference: optional(text()),
      streakLogId: id,
      /** Of the whole order, and its currency, as the report that counted stated them. */
      orderTotal: optional(quantity),
      currency: optional(text()),
      /** Whether the log's value is an amount in that currency: then a refund takes its amount, else only the whole. */
      isAmount: boolean,
    },
    indexes: {
      purchase_unique: { fields: ['accountId', 'purchaseSpace', 'orderId', 'streakId'], unique: true },
    },
  },
} as const satisfies Record<string, CollectionSpec>

/** Raised when the stored shape changes; `streakline migrate` brings a store up to it. */
export const SCHEMA_VERSION = 1

export type CollectionName = keyof typeof SCHEMA
type Fields<C extends CollectionName> = (typeof SCHEMA)[C]['fields']
type ValueOf<S> = S extends FieldSpec<infer T> ? T : never

export type Row<C extends CollectionName> = {
  -readonly [F in keyof Fields<C>]: ValueOf<Fields<C>[F]>
}
export type FieldName<C extends CollectionName> = keyof Fields<C> & string

/** The spec of a collection, seen without its literal types. */
export function specOf(collection: CollectionName): CollectionSpec {
  return SCHEMA[collection]
}
