import type { Instant } from '../clock.ts'
import {
  INSTALLATION_STATES,
  type InstallationProblem,
  type ShownSubscription,
} from './installation-values.ts'
import {
  boolean,
  type CollectionSpec,
  choice,
  instant,
  integer,
  json,
  optional,
  revised,
  text,
} from './spec.ts'

/** How connectors came to their platforms. */
export const INSTALLATIONS = {
  /**
   * A connector's place at its platform: its id is the connector's. Made with the connector; of connectors from before
   * there is none, and they read as `manual`. Internal: shown inside `connector`.
   */
  installation: {
    fields: {
      ...revised,
      /** Of the connector; for finding all of a shop. */
      platform: text(),
      /** How the merchant let us in; null: not yet. */
      method: optional(text()),
      state: choice(INSTALLATION_STATES),
      /** What opens the platform's doors; null without one. */
      sealedAccess: optional(text()),
      /** When the access has to be renewed. */
      renewAt: optional(instant),
      /** The platform's own id of the shop or account. */
      externalId: optional(text()),
      scopes: json<readonly string[]>(),
      missingScopes: json<readonly string[]>(),
      subscriptions: json<readonly ShownSubscription[]>(),
      /** When a webhook that called itself by a topic of these was last refused. Never guarded by `revision`. */
      refusedByTopic: json<Readonly<Record<string, Instant>>>(),
      problem: optional(json<InstallationProblem>()),
      checkedAt: optional(instant),
      /** Of the first install ever, also by hand: what came before is nothing that webhooks missed. */
      firstInstalledAt: optional(instant),
      /** Since when it is installed without a break; null: since the first install. What was ignored before, no merchant paused. */
      installedAt: optional(instant),
      reconciledAt: optional(instant),
      /** How many orders or reports a reconcile took in that no webhook had brought, by UTC day; the last 30 days. */
      missedByDay: json<Readonly<Record<string, number>>>(),
      /** Of webhooks whose signature was right. Never guarded by `revision`; nor are the next two. */
      firstWebhookAt: optional(instant),
      lastWebhookAt: optional(instant),
      pingedAt: optional(instant),
      /**
       * Of a consent that is out, or was: the hash of its state, until when it is good, when it was used, and what the
       * merchant gave.
       */
      stateHash: optional(text()),
      stateUntil: optional(instant),
      stateUsedAt: optional(instant),
      sealedConsent: optional(text()),
      /** Who acts at the platform for this connector, and until when the others wait. Never guarded by `revision`. */
      leaseId: optional(text()),
      leaseUntil: optional(instant),
      /** An uninstall paused the connector, and nobody else did: then an install makes it live again. */
      pausedByUninstall: boolean,
      /** When something is to be done next: a renewal, a check, a reconcile. Upkeep looks for these. */
      dueAt: optional(instant),
      /** Since when the platform could not be reached; null: it could. */
      unreachableSince: optional(instant),
      /** Until when signing secrets are kept after an uninstall, for verifying alone. */
      secretsUntil: optional(instant),
      /** Since the platform last answered. */
      tries: integer,
    },
    indexes: {
      installation_reconciled: { fields: ['reconciledAt', 'id'], where: { notNull: ['reconciledAt'] } },
      installation_due: { fields: ['dueAt', 'id'], where: { notNull: ['dueAt'] } },
    },
  },
} as const satisfies Record<string, CollectionSpec>
