import { BACKFILL_KINDS, BACKFILL_STATES, type BackfillProblem } from './backfill-values.ts'
import {
  boolean,
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

/** Past orders that are read from platforms. */
export const BACKFILLS = {
  /**
   * A reading of past orders, and how far it came. Reconciles are internal: they show in `installation.reconciledAt` and
   * `missed`.
   */
  backfill: {
    fields: {
      ...revised,
      connectorId: id,
      kind: choice(BACKFILL_KINDS),
      state: choice(BACKFILL_STATES),
      /** The same as `state` `running`: one of a connector runs at a time. */
      isRunning: boolean,
      /** Activity time of the orders, or time of their change; `until` exclusive. */
      since: instant,
      until: instant,
      dryRun: boolean,
      /** Else its logs are quiet. */
      rewards: boolean,
      /** Orders: `found` is the sum of the others. */
      found: integer,
      counted: integer,
      duplicates: integer,
      ignored: integer,
      failed: integer,
      /** Everything before it is in. */
      readUpTo: instant,
      problem: optional(json<BackfillProblem>()),
      startedAt: instant,
      endedAt: optional(instant),
      /** Where the platform's list goes on. */
      cursor: optional(text()),
      /** Who works on it; and until when, or from when on it is to be worked on. null: it has ended. */
      leaseId: optional(text()),
      dueAt: optional(instant),
      /** In a row that were in vain. */
      tries: integer,
    },
    indexes: {
      backfill_running: {
        fields: ['accountId', 'connectorId', 'kind'],
        unique: true,
        where: { isTrue: ['isRunning'] },
      },
      backfill_due: { fields: ['dueAt', 'id'], where: { notNull: ['dueAt'] } },
      backfill_created: newestFirst('accountId', 'kind'),
      backfill_connector: newestFirst('accountId', 'kind', 'connectorId'),
    },
  },
} as const satisfies Record<string, CollectionSpec>
