import { v7 as uuidv7 } from 'uuid'
import { deliveryRows } from '../../src/inbox/rows.ts'
import type { RuleOutcome, Translation } from '../../src/ports/connector.ts'
import { activityJobOf } from '../../src/ports/queue.ts'
import type { ConnectorRule, OrderReport, PurchaseActivity } from '../../src/ports/schema/values.ts'
import type { Row } from '../../src/ports/schema.ts'
import type { Change } from '../../src/ports/store.ts'
import { createProcessItems } from '../../workers/activity/process.ts'
import { EngineKit } from './engine-kit.ts'
import { quietLogger } from './quiet-logger.ts'
import { rule } from './rules.ts'

type Item = Row<'delivery_item'>
type Platform = Row<'connector'>['platform']

/** Deliveries of two platforms that report the same sales, and a worker for them: what a shop's orders go through. */
export class OrderWorld extends EngineKit {
  readonly connectors = new Map<Platform, Row<'connector'>>()

  /** Connectors that feed these streaks, all in one purchase space. */
  async connect(streaks: readonly Row<'streak'>[], purchaseSpace = 'shop'): Promise<void> {
    const rules = streaks.map(({ id, aggregationMethod }) =>
      aggregationMethod === 'sum'
        ? rule({ streakId: id, value: 'order_total', currency: 'EUR' })
        : rule({ streakId: id }),
    )
    for (const platform of ['shopify', 'stripe'] as const) {
      const row = connectorRow(this, platform, purchaseSpace, rules)
      this.connectors.set(platform, row)
      await this.store.commit([{ op: 'insert', collection: 'connector', row }])
    }
  }

  /** A paid order of 100 EUR, unless it says otherwise. */
  async purchase(fields: Partial<PurchaseActivity> = {}, platform: Platform = 'shopify'): Promise<Item[]> {
    const { rules } = this.connectors.get(platform)!
    const orderId = fields.orderId ?? '1001'
    const outcomes = rules.map((each): RuleOutcome => {
      const isAmount = each.value === 'order_total'
      const total = fields.orderTotal ?? '100'
      const activity: PurchaseActivity = {
        externalId: `${platform}:1`,
        profile: {},
        profileAt: this.now,
        activityAt: this.now,
        activityId: 'made_a_purchase',
        activityValue: isAmount ? total : null,
        orderId,
        orderReference: null,
        orderTotal: total,
        currency: 'EUR',
        isAmount,
        purchaseSpace: 'shop',
        droppedFields: [],
        ...fields,
      }
      return { kind: 'log', activity }
    })
    const orderReference = fields.orderReference ?? null
    return this.deliver(platform, { kind: 'translated', orderId, orderReference, outcomes })
  }

  async report(report: OrderReport, orderKey = '1001'): Promise<Item[]> {
    const platform = report.object.startsWith('stripe:') ? 'stripe' : 'shopify'
    return this.deliver(platform, {
      kind: 'reported',
      orderId: orderKey,
      orderKey,
      externalId: null,
      reports: [report],
    })
  }

  async deliver(platform: Platform, translation: Translation): Promise<Item[]> {
    const { delivery, items } = deliveryRows(
      {
        connector: this.connectors.get(platform)!,
        rawBody: new Uint8Array([1]),
        receivedAt: this.now,
        reading: {
          verified: { ok: true, webhookId: uuidv7(), topic: 'any', headers: {} },
          translation,
          identities: [],
          bodySha256: 'a'.repeat(64),
        },
      },
      uuidv7,
    )
    const inserts = items.map((row): Change => ({ op: 'insert', collection: 'delivery_item', row }))
    await this.store.commit([{ op: 'insert', collection: 'delivery', row: delivery }, ...inserts])
    return items
  }

  /** Works off these items as they stand now, as a worker of its own would. */
  async work(items: readonly Item[], recorder = this.recorder): Promise<void> {
    const clock = { now: () => this.now }
    const process = createProcessItems({ store: this.store, recorder, clock, logger: quietLogger })
    const context = { tryNumber: 1, lastTry: false, jobId: 'job', signal: new AbortController().signal }
    const keys = items.map(({ id }) => [id])
    for (const item of await this.store.findByKeys('delivery_item', ['id'], keys)) {
      await process(activityJobOf(item), context)
    }
  }

  /** What jobs and the sweep would do until nothing is left to do. */
  async workOff(statuses: readonly Item['status'][] = ['pending']): Promise<void> {
    for (;;) {
      const open = (await this.items()).filter(({ status }) => statuses.includes(status))
      if (open.length === 0) return
      await this.work(open)
      if (statuses.includes('waiting')) return this.workOff()
    }
  }

  items(): Promise<Item[]> {
    const where = { field: 'accountId', op: 'eq', value: this.accountId } as const
    return this.store.find('delivery_item', { where, sort: [{ field: 'id', order: 'asc' }], limit: 1_000 })
  }
}

function connectorRow(
  kit: EngineKit,
  platform: Platform,
  purchaseSpace: string,
  rules: readonly ConnectorRule[],
): Row<'connector'> {
  return {
    ...kit.common(),
    name: platform,
    platform,
    status: 'live',
    sealedCredentials: '',
    settings: {},
    purchaseSpace,
    orderIdFrom: platform === 'stripe' ? 'metadata.order_id' : null,
    rules,
    hasDeliveries: false,
    hasPurchases: false,
    refusedCount: 0,
    recentRefusals: [],
    siteNumber: null,
  }
}
