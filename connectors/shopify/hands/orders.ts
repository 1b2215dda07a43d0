import { z } from 'zod'
import type { OrderPage, OrderQuery, ReadBodyOfOrder } from '../../../src/ports/hands.ts'
import type { Told } from '../../../src/ports/platform-calls.ts'
import type { ShopifyAccess } from './access.ts'
import type { Admin, AskOptions, ShopDoor } from './admin.ts'
import type { Deadline } from './deadline.ts'
import type {
  GraphDispute,
  GraphLine,
  GraphOrder,
  GraphRefund,
  GraphRefundLine,
  Page,
} from './graph-order.ts'
import { numberIn } from './graph-order.ts'
import { disputeBody, orderBody } from './order-body.ts'
import { DISPUTE_QUERY, LINES_QUERY, ORDERS_QUERY, REFUND_LINES_QUERY, REFUNDS_QUERY } from './queries.ts'
import { grants } from './scopes.ts'
import { refuse } from './told.ts'

/** Null for an app that was not approved to see them; in webhooks they are null then, too. */
const OPTIONAL: ReadonlySet<string> = new Set([
  ...['firstName', 'lastName', 'email', 'phone', 'defaultEmailAddress', 'emailAddress', 'defaultPhoneNumber'],
  ...[
    'phoneNumber',
    'defaultAddress',
    'billingAddress',
    'shippingAddress',
    'countryCodeV2',
    'product',
    'variant',
    'disputes',
  ],
])

/**
 * Where the next page begins: at the time of the last order that was read, less those of this very time that were read.
 * Shopify's own cursor leads on only among orders of one time: between pages orders change, and a cursor that names an
 * order which has moved to the end would pass over all between.
 */
const cursorShape = z.object({
  from: z.number(),
  after: z.string().nullable(),
  seen: z.array(z.string()),
})
type Cursor = z.infer<typeof cursorShape>

/** Without `read_all_orders` Shopify says nothing of older ones. */
export const RECENT_DAYS = 60
const REFUNDS_A_REQUEST = 25

interface Reading {
  readonly admin: Admin
  readonly door: ShopDoor
  readonly options: AskOptions
  readonly access: ShopifyAccess
}

/** A page of orders with all that webhooks would have told of them. */
export async function readOrders(
  admin: Admin,
  door: ShopDoor,
  access: ShopifyAccess,
  query: OrderQuery,
  deadline: Deadline,
): Promise<Told<OrderPage>> {
  const options: AskOptions = { priority: 'backfill', deadline, optional: OPTIONAL }
  const reading = { admin, door, options, access }
  const cursor = readCursor(query)
  if (cursor === null) return refuse('request', 'the place to read on from cannot be read')
  const asked = await admin.ask<{ orders: Page<GraphOrder> }>(
    door,
    ORDERS_QUERY,
    {
      query: searchOf(query, cursor),
      after: cursor.after,
      sortKey: query.by === 'activity' ? 'PROCESSED_AT' : 'UPDATED_AT',
      ...withOf(access),
    },
    options,
  )
  if (asked.outcome !== 'ok') return asked
  const { orders } = asked.value
  const isIn = ({ id, processedAt }: GraphOrder): boolean =>
    !cursor.seen.includes(id) &&
    (query.by === 'change' || (at(processedAt) >= query.since && at(processedAt) < query.until))
  const wanted = orders.nodes.filter(isIn)
  const refunds = await readRefunds(reading, wanted)
  if (refunds.outcome !== 'ok') return refunds
  const read: OrderPage['orders'][number][] = []
  for (const order of wanted) {
    const bodies = await readBodies(reading, order, refunds.value)
    if (bodies.outcome !== 'ok') return bodies
    read.push({ activityAt: at(order.processedAt), bodies: bodies.value })
  }
  const next = nextOf(query, cursor, orders)
  return {
    outcome: 'ok',
    value: {
      orders: read,
      next: next === null ? null : JSON.stringify(next),
      readUpTo: next === null ? query.until : Math.max(query.since, next.from),
    },
  }
}

const at = (text: string): number => Date.parse(text)
const sortTimeOf = ({ by }: OrderQuery, order: GraphOrder): number =>
  at(by === 'activity' ? order.processedAt : order.updatedAt)

function readCursor({ cursor, since }: OrderQuery): Cursor | null {
  if (cursor === null) return { from: since, after: null, seen: [] }
  try {
    return cursorShape.parse(JSON.parse(cursor))
  } catch {
    return null
  }
}

/** Shopify compares whole seconds; what lies beyond by a part of one is left out afterwards. */
function searchOf({ by, until }: OrderQuery, { from }: Cursor): string {
  const field = by === 'activity' ? 'processed_at' : 'updated_at'
  const second = (time: number): string => `${new Date(time).toISOString().slice(0, 19)}Z`
  return `${field}:>='${second(from)}' AND ${field}:<='${second(until)}'`
}

/** null: that was all. */
function nextOf(query: OrderQuery, cursor: Cursor, { nodes, pageInfo }: Page<GraphOrder>): Cursor | null {
  const last = nodes.at(-1)
  if (!pageInfo.hasNextPage || last === undefined) return null
  const from = sortTimeOf(query, last)
  // all of one second: only Shopify's cursor tells them apart
  if (from <= secondOf(cursor.from)) return { ...cursor, after: pageInfo.endCursor }
  const seen = nodes.filter((order) => sortTimeOf(query, order) === from).map(({ id }) => id)
  return { from, after: null, seen }
}

const secondOf = (time: number): number => Math.floor(time / 1_000) * 1_000

function withOf({ scopes }: ShopifyAccess) {
  return {
    withProducts: grants(scopes, 'read_products'),
    withDisputes: grants(scopes, 'read_shopify_payments_disputes'),
  }
}

type Refunds = ReadonlyMap<string, GraphRefund>

async function readRefunds(reading: Reading, orders: readonly GraphOrder[]): Promise<Told<Refunds>> {
  const { admin, door, options } = reading
  const ids = orders.flatMap(({ refunds }) => refunds.map(({ id }) => id))
  const found = new Map<string, GraphRefund>()
  for (let from = 0; from < ids.length; from += REFUNDS_A_REQUEST) {
    const some = ids.slice(from, from + REFUNDS_A_REQUEST)
    const asked = await admin.ask<{ nodes: readonly (GraphRefund | null)[] }>(
      door,
      REFUNDS_QUERY,
      { ids: some },
      options,
    )
    if (asked.outcome !== 'ok') return asked
    for (const refund of asked.value.nodes) {
      if (refund === null) continue
      const lines = await readRest(refund.refundLineItems, (after) => restOfRefund(reading, refund.id, after))
      if (lines.outcome !== 'ok') return lines
      const { pageInfo } = refund.refundLineItems
      found.set(refund.id, { ...refund, refundLineItems: { pageInfo, nodes: lines.value } })
    }
  }
  return { outcome: 'ok', value: found }
}

async function restOfRefund(
  { admin, door, options }: Reading,
  id: string,
  after: string | null,
): Promise<Told<Page<GraphRefundLine>>> {
  type Asked = { node: { refundLineItems: Page<GraphRefundLine> } | null }
  const asked = await admin.ask<Asked>(door, REFUND_LINES_QUERY, { id, after }, options)
  return asked.outcome === 'ok'
    ? { outcome: 'ok', value: asked.value.node?.refundLineItems ?? NOTHING }
    : asked
}

async function restOfOrder(
  { admin, door, options, access }: Reading,
  id: string,
  after: string | null,
): Promise<Told<Page<GraphLine>>> {
  type Asked = { order: { lineItems: Page<GraphLine> } | null }
  const { withProducts } = withOf(access)
  const asked = await admin.ask<Asked>(door, LINES_QUERY, { id, after, withProducts }, options)
  return asked.outcome === 'ok' ? { outcome: 'ok', value: asked.value.order?.lineItems ?? NOTHING } : asked
}

const NOTHING = { pageInfo: { hasNextPage: false, endCursor: null }, nodes: [] }
/** Of 100 lines each. */
const MAX_PAGES = 100

async function readRest<T>(
  first: Page<T>,
  ask: (after: string | null) => Promise<Told<Page<T>>>,
): Promise<Told<readonly T[]>> {
  const all = [...first.nodes]
  let { pageInfo } = first
  for (let pages = 0; pageInfo.hasNextPage && pages < MAX_PAGES; pages += 1) {
    const asked = await ask(pageInfo.endCursor)
    if (asked.outcome !== 'ok') return asked
    all.push(...asked.value.nodes)
    pageInfo = asked.value.pageInfo
  }
  return { outcome: 'ok', value: all }
}

/** The order as paid, then what took it back. */
async function readBodies(
  reading: Reading,
  order: GraphOrder,
  refunds: Refunds,
): Promise<Told<readonly ReadBodyOfOrder[]>> {
  const lines = await readRest(order.lineItems, (after) => restOfOrder(reading, order.id, after))
  if (lines.outcome !== 'ok') return lines
  const own = order.refunds.flatMap(({ id }) => refunds.get(id) ?? [])
  const rawBody = orderBody(order, lines.value, own)
  const bodies: ReadBodyOfOrder[] = [{ topic: 'orders/paid', rawBody }]
  if (order.cancelledAt !== null) bodies.push({ topic: 'orders/cancelled', rawBody })
  for (const { id } of order.disputes ?? []) {
    const dispute = await readDispute(reading, id)
    if (dispute.outcome !== 'ok') return dispute
    if (dispute.value?.order?.id !== order.id) continue
    bodies.push({ topic: 'disputes/update', rawBody: disputeBody(order, dispute.value) })
  }
  return { outcome: 'ok', value: bodies }
}

/** What an order lists of a dispute is no more than its status: the dispute itself, by the same number, says how much. */
async function readDispute(
  { admin, door, options }: Reading,
  summaryId: string,
): Promise<Told<GraphDispute | null>> {
  const id = `gid://shopify/ShopifyPaymentsDispute/${numberIn(summaryId)}`
  const asked = await admin.ask<{ dispute: GraphDispute | null }>(door, DISPUTE_QUERY, { id }, options)
  return asked.outcome === 'ok' ? { outcome: 'ok', value: asked.value.dispute } : asked
}
