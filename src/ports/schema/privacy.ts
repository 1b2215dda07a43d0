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

/** What platforms pass on of what privacy law asks for: what is kept of a customer, or that it goes; or a shop's. */
export const PRIVACY_KINDS = ['data_request', 'customer_redact', 'shop_redact'] as const
export type PrivacyKind = (typeof PRIVACY_KINDS)[number]
/** `not_ours`: nothing here names the customer, or the shop is installed. */
export const PRIVACY_STATES = ['open', 'done', 'not_ours'] as const

/** Whom a request is about. */
export interface PrivacySubject {
  /** As members would be called that rules of either identity make. */
  readonly identities: readonly string[]
  /** Orders that the platform names beside them. */
  readonly orderIds: readonly string[]
}

/** What a redaction took away: nothing of the person. */
export interface RedactionCounts {
  readonly members: number
  readonly deliveries: number
  readonly codes: number
}

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
