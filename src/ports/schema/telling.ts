import {
  type CollectionSpec,
  choice,
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
  type EndpointProblem,
  MESSAGE_STATUSES,
  MESSAGE_TYPES,
  type MessageAttempt,
  type WatchWork,
  type WebhookEvent,
} from './telling-values.ts'
import { STATUSES } from './values.ts'

/** Telling merchants' own systems of what happens: outgoing webhooks. */
export const TELLING = {
  webhook_endpoint: {
    fields: {
      ...revised,
      url: text(),
      events: json<readonly WebhookEvent[]>(),
      status: choice(STATUSES),
      description: text(),
      sealedSecret: text(),
      /** The secret before it, which signs too until `oldSecretUntil`. */
      sealedOldSecret: optional(text()),
      oldSecretUntil: optional(instant),
      /** Why it was paused by itself; null: it was not. */
      problem: optional(json<EndpointProblem>()),
      /** The first failure since the last success; null: the last try was a success, or there was none. */
      failingSince: optional(instant),
      /** Since when it is live; null while it is not. */
      liveSince: optional(instant),
      /** It is live again, and its messages that waited meanwhile are still to go on. */
      dueAt: optional(instant),
    },
    indexes: {
      webhook_endpoint_created: newestFirst('accountId'),
      webhook_endpoint_status: { fields: ['status', 'id'] },
      webhook_endpoint_due: { fields: ['dueAt', 'id'], where: { notNull: ['dueAt'] } },
    },
  },
  /** One message to one endpoint: made in the commit of its cause, and kept for 30 days. */
  webhook_message: {
    fields: {
      ...revised,
      endpointId: id,
      type: choice(MESSAGE_TYPES),
      /** What it tells of: there is one message of a cause for an endpoint. */
      cause: text(),
      /** Whom it tells of; null: nobody. */
      memberId: optional(id),
      status: choice(MESSAGE_STATUSES),
      /** JSON, byte for byte as it is sent; null once the member is erased. */
      body: optional(text()),
      attempts: json<readonly MessageAttempt[]>(),
      /** Tries that failed since it was made, or sent anew. */
      failures: integer,
      /** When it is tried next; null when it is over, and while its endpoint is not live. */
      dueAt: optional(instant),
      /** Part of the job id. */
      attempt: integer,
    },
    indexes: {
      webhook_message_cause: { fields: ['accountId', 'endpointId', 'cause'], unique: true },
      webhook_message_created: newestFirst('accountId'),
      webhook_message_endpoint: newestFirst('accountId', 'endpointId'),
      webhook_message_open: { fields: ['accountId', 'endpointId', 'status', 'id'] },
      webhook_message_member: {
        fields: ['accountId', 'memberId', 'id'],
        where: { notNull: ['memberId'] },
      },
      webhook_message_due_of_account: {
        fields: ['accountId', 'dueAt', 'id'],
        where: { notNull: ['dueAt'] },
      },
      webhook_message_age: { fields: ['createdAt', 'id'] },
    },
  },
  /**
   * How far a streak's members were looked at for what time brings: its id is the streak's. Made when there is something
   * to note. Internal.
   */
  streak_watch: {
    fields: {
      ...revised,
      /** The last period at whose end its members were looked at for breaks. */
      brokenPeriod: optional(integer),
      /** The last period in which its members were looked at for being at risk. */
      atRiskPeriod: optional(integer),
      /** What was begun and is not done; null: nothing. */
      work: optional(json<WatchWork>()),
    },
    indexes: { streak_watch_account: { fields: ['accountId', 'id'] } },
  },
} as const satisfies Record<string, CollectionSpec>
