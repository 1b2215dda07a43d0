import { SHOP_NEWS } from './news-values.ts'
import {
  boolean,
  bytes,
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
  withDefault,
} from './spec.ts'
import {
  type ConnectorRule,
  DELIVERY_OUTCOMES,
  ITEM_STATUSES,
  type OrderReport,
  type Platform,
  type PurchaseActivity,
  type PurchaseBasis,
  type Refusal,
  STATUSES,
} from './values.ts'

/** Connectors, what arrived at them, and what they counted. */
export const CONNECTORS = {
  connector: {
    fields: {
      ...revised,
      name: text(),
      platform: text<Platform>(),
      status: choice(STATUSES),
      sealedCredentials: text(),
      settings: json<Readonly<Record<string, unknown>>>(),
      /** What the settings call the shop: see `Connector.site`. null where the platform has no name for it. */
      siteKey: optional(text()),
      /** The same as `externalId` of its installation, here for those who read webhooks. */
      ownId: optional(text()),
      purchaseSpace: text(),
      /** Where the order id of a payment is read from; null where the platform has one of its own. */
      orderIdFrom: optional(text()),
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
      connector_site: { fields: ['platform', 'siteKey', 'id'], where: { notNull: ['siteKey'] } },
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
      /** A second such name. */
      otherReference: optional(text()),
      /** What people call the order, as the body has it. */
      orderName: optional(text()),
      /** The same without one leading `#`: what it is looked up by. */
      orderNameKey: optional(text()),
      /** The platform's own number of the shop, where the signed body states it. Reports without one go by it. */
      shopNumber: optional(text()),
      outcome: choice(DELIVERY_OUTCOMES),
      reason: optional(text()),
      /** Of an order that was read: the topic by which its body is translated, and the backfill that read it. */
      readAs: optional(text()),
      backfillId: optional(id),
      /** That backfill grants nothing: what it tells makes quiet logs, also in a replay. */
      isQuiet: withDefault(boolean, false),
      /** What the platform tells of the shop, and when it is looked into; null: there is nothing to look into. */
      news: optional(choice(SHOP_NEWS)),
      newsDueAt: optional(instant),
      /** How often a replay changed it; each replay is guarded by it. */
      replayCount: integer,
    },
    indexes: {
      delivery_unique: { fields: ['connectorId', 'dedupeKey'], unique: true },
      delivery_connector: newestFirst('accountId', 'connectorId'),
      delivery_created: newestFirst('accountId'),
      delivery_body: { fields: ['bodyKeptSince', 'id'], where: { notNull: ['bodyKeptSince'] } },
      delivery_order: newestFirst('accountId', 'orderId'),
      delivery_names: {
        fields: ['accountId', 'orderId', 'orderReference'],
        where: { notNull: ['orderReference'] },
      },
      delivery_reference: { fields: ['accountId', 'orderReference'], where: { notNull: ['orderReference'] } },
      delivery_other_reference: {
        fields: ['accountId', 'otherReference'],
        where: { notNull: ['otherReference'] },
      },
      delivery_news: { fields: ['newsDueAt', 'id'], where: { notNull: ['newsDueAt'] } },
      delivery_order_name: newestFirst('accountId', 'orderNameKey'),
    },
  },
  /**
   * One rule's view of a purchase, or what a delivery reports of an order, and what became of it. Internal: shown
   * inside `delivery`. Where not every rule counted a purchase, items of neither rule nor report say whom it names, as
   * long as the body is kept; they are never shown.
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
      /** Of a purchase that was not counted when its turn came: its address, where the buyer is known otherwise. */
      addressIdentity: optional(text()),
      /** Of items that only say whom the body names: its time of receipt. Pruning ends them by it; null on others. */
      nameKeptSince: optional(instant),
      status: choice(ITEM_STATUSES),
      reason: optional(text()),
      message: optional(text()),
      streakLogId: optional(id),
      /** Whether that log is quiet; null without a log. */
      quiet: optional(boolean),
      duplicateOfId: optional(id),
      receivedAt: instant,
      dueAt: optional(instant),
      /** Of items that were stored together: one job works them off, as long as `attempt` is 0. */
      batchId: optional(id),
      attempt: integer,
    },
    indexes: {
      delivery_item_delivery: { fields: ['accountId', 'deliveryId', 'ruleIndex'] },
      delivery_item_due_of_account: { fields: ['accountId', 'dueAt', 'id'], where: { notNull: ['dueAt'] } },
      delivery_item_order: { fields: ['accountId', 'orderKey', 'id'], where: { notNull: ['orderKey'] } },
      delivery_item_member: { fields: ['accountId', 'externalId', 'id'], where: { notNull: ['externalId'] } },
      delivery_item_address: {
        fields: ['accountId', 'addressIdentity', 'id'],
        where: { notNull: ['addressIdentity'] },
      },
      delivery_item_name: { fields: ['nameKeptSince', 'id'], where: { notNull: ['nameKeptSince'] } },
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
      otherReference: optional(text()),
      streakLogId: id,
      /** Of the whole order, and its currency, as the report that counted stated them. */
      orderTotal: optional(quantity),
      currency: optional(text()),
      /** Whether the log's value is an amount in that currency: then a refund takes its amount, else only the whole. */
      isAmount: boolean,
      /** What reports are held against; null on purchases of before it was kept. */
      basis: optional(json<PurchaseBasis>()),
    },
    indexes: {
      purchase_unique: { fields: ['accountId', 'purchaseSpace', 'orderId', 'streakId'], unique: true },
    },
  },
} as const satisfies Record<string, CollectionSpec>
