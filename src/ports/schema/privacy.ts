import { PRIVACY_KINDS, PRIVACY_STATES, type PrivacySubject, type RedactionCounts } from './news-values.ts'
import {
  type CollectionSpec,
  choice,
  common,
  id,
  instant,
  integer,
  json,
  newestFirst,
  optional,
} from './spec.ts'

/** What privacy law asks for, as platforms pass it on. */
export const PRIVACY = {
  privacy_request: {
    fields: {
      ...common,
      connectorId: id,
      /** That told of it; its body is not kept. */
      deliveryId: id,
      kind: choice(PRIVACY_KINDS),
      /** null of a shop, and once a redaction is done. */
      subject: optional(json<PrivacySubject>()),
      /** Members that are meant; [] once they are erased. */
      customerExternalIds: json<readonly string[]>(),
      receivedAt: instant,
      /** 30 days later: by then the law wants it done. */
      dueAt: instant,
      state: choice(PRIVACY_STATES),
      doneAt: optional(instant),
      /** Of a redaction that is done. */
      counts: optional(json<RedactionCounts>()),
      /** When a worker sees to it next; null: it needs none. */
      workAt: optional(instant),
      tries: integer,
    },
    indexes: {
      privacy_request_created: newestFirst('accountId'),
      privacy_request_connector: newestFirst('accountId', 'connectorId'),
      privacy_request_work: { fields: ['workAt', 'id'], where: { notNull: ['workAt'] } },
    },
  },
} as const satisfies Record<string, CollectionSpec>
