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
  quantity,
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
      /** When the order was made that named the coupon, and which it was; a provider that was asked knows of no order. */
      redeemedAt: optional(instant),
      redeemedOrderId: optional(text()),
      /** When its provider is asked next whether the coupon was used; null: never, or never again. */
      useCheckAt: optional(instant),
      /** When its provider was first asked for the coupon: from then on there may be one. null: there surely is none. */
      askedAt: optional(instant),
      /** When it was let through and took its place in what caps count; null while it has none. */
      placeAt: optional(instant),
      /** The time of its grant, while it waits for room below a cap: the oldest goes first. */
      waitsForRoomSince: optional(instant),
      /** A code that its provider chose, in the form in which codes are compared; null where it is the one asked for. */
      chosenFoldedCode: optional(text()),
      /** Drawn in the commit that grants the reward; every provider is asked for this code. Shown only once issued. */
      drawnCode: optional(text()),
      couponCode: optional(text()),
      rewardIssuedAt: optional(instant),
      rewardExpiryAt: optional(instant),
      /** Set while a worker has something to do; the sweep looks for these. */
      dueAt: optional(instant),
      /** Part of the job id; raised each time the work is queued anew after a job that ended. */
      attempt: integer,
      /** The rewards whose work became due in one commit and that share a job; null: none. */
      batchId: optional(id),
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
      reward_log_room: {
        fields: ['accountId', 'milestoneId', 'waitsForRoomSince', 'id'],
        where: { notNull: ['waitsForRoomSince'] },
      },
      reward_log_use_check: { fields: ['useCheckAt', 'id'], where: { notNull: ['useCheckAt'] } },
      reward_log_chosen_code: {
        fields: ['accountId', 'chosenFoldedCode', 'createdAt', 'id'],
        where: { notNull: ['chosenFoldedCode'] },
      },
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
      /** Whose access it makes coupons with; null where it needs none. */
      connectorId: optional(id),
      sealedCredentials: optional(text()),
      settings: json<Readonly<Record<string, unknown>>>(),
      /** Set when a milestone that has granted rewards turns away from it: reward logs may name it for ever. */
      hasRewards: boolean,
    },
    indexes: {
      coupon_provider_name: { fields: ['accountId', 'name'], unique: true },
      coupon_provider_created: newestFirst('accountId'),
      coupon_provider_connector: {
        fields: ['accountId', 'connectorId', 'id'],
        where: { notNull: ['connectorId'] },
      },
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
  /**
   * What was let through below the caps of an account or a milestone, whose id it has. Made when caps are set, in one
   * commit with them, and gone with them. Internal.
   */
  cap_use: {
    fields: {
      ...revised,
      /** null: of the account's own caps. */
      milestoneId: optional(id),
      /** null: what was let through before there were caps is still to be counted, and nothing is let through. */
      countedAt: optional(instant),
      /** The last day and month in which anything was let through, in the account's time zone. */
      day: text(),
      dayCount: integer,
      month: text(),
      monthCount: integer,
      monthAmount: quantity,
      totalCount: integer,
      totalAmount: quantity,
    },
    indexes: { cap_use_account: { fields: ['accountId', 'id'] } },
  },
  /**
   * What every commit passes that lets a reward through or takes its place back: one of the account's gates, guarded by
   * the epoch that it knows. Whoever changes caps raises the epoch of all gates, so that nothing is let through by caps
   * that are no more. Several, so that writers who have nothing to do with each other seldom meet. Internal.
   */
  cap_gate: {
    fields: {
      ...common,
      epoch: integer,
      /** Another one with each passage, for the store to see that two met. */
      passage: integer,
    },
    indexes: { cap_gate_account: { fields: ['accountId', 'id'] } },
  },
  /** Codes that an order named, until they were looked up: each an order's own. Internal. */
  code_use: {
    fields: {
      ...common,
      orderId: text(),
      orderedAt: instant,
      codes: json<readonly string[]>(),
    },
    indexes: { code_use_created: { fields: ['createdAt', 'id'] } },
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
