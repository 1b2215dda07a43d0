import {
  boolean,
  type CollectionSpec,
  choice,
  common,
  id,
  instant,
  integer,
  json,
  newestFirst,
  optional,
  revised,
  text,
} from './spec.ts'
import {
  CODE_SOURCES,
  COUPON_USED,
  FULFILMENT_STATUSES,
  HELD_REASONS,
  LINKED_SLUGS,
  ON_WITHDRAWAL,
  PROVIDER_STATES,
  type ProviderError,
  type ProviderKind,
  type RewardSpec,
} from './values.ts'

/** Rewards, and where their coupons come from. */
export const REWARDS = {
  reward_log: {
    fields: {
      ...revised,
      ownedById: id,
      linkedSchemaSlug: choice(LINKED_SLUGS),
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
      onWithdrawal: choice(ON_WITHDRAWAL),
      fulfilmentStatus: choice(FULFILMENT_STATUSES),
      heldReason: optional(choice(HELD_REASONS)),
      fulfilAfter: optional(instant),
      failureReason: optional(text()),
      couponUsed: optional(choice(COUPON_USED)),
      /** Drawn in the commit that grants the reward; every provider is asked for this code. Shown only once issued. */
      drawnCode: optional(text()),
      couponCode: optional(text()),
      rewardIssuedAt: optional(instant),
      rewardExpiryAt: optional(instant),
      /** Set while a worker has something to do; the sweep looks for these. */
      dueAt: optional(instant),
      /** Part of the job id; raised each time the work is queued anew after a job that ended. */
      attempt: integer,
      /** The provider that has to do something before the reward goes on; see `waitingFor`. */
      waitingForProviderId: optional(id),
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
      reward_log_due_of_account: { fields: ['accountId', 'dueAt', 'id'], where: { notNull: ['dueAt'] } },
      reward_log_waiting: {
        fields: ['waitingForProviderId', 'createdAt', 'id'],
        where: { notNull: ['waitingForProviderId'] },
      },
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
  /**
   * How a coupon provider fares, apart from what the merchant says of it: its id is the provider's. Made when there is
   * something to note. Internal.
   */
  provider_state: {
    fields: {
      ...revised,
      /** `paused`: nothing is asked of it but a probe now and then. */
      state: choice(PROVIDER_STATES),
      /** When `state` last changed. */
      since: instant,
      /** Failures in a row, over all processes. */
      failures: integer,
      /** Probes that failed since it was paused. */
      probes: integer,
      lastError: optional(json<ProviderError>()),
      /** Nothing is asked before: the provider said how long it wants to be left alone. */
      waitUntil: optional(instant),
      /** While it is paused, when the next probe is due; afterwards, that parked rewards are still to be let go. */
      dueAt: optional(instant),
    },
    indexes: { provider_state_due: { fields: ['dueAt', 'id'], where: { notNull: ['dueAt'] } } },
  },
  /** Every code that a reward has or can get: unique in the account, whatever its case. */
  coupon_code: {
    fields: {
      ...common,
      code: text(),
      foldedCode: text(),
      source: choice(CODE_SOURCES),
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
} as const satisfies Record<string, CollectionSpec>
