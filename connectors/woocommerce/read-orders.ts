import type { OrderPage, OrderQuery } from '../../src/ports/hands.ts'
import type { Told } from '../../src/ports/platform-calls.ts'
import { member, readJson } from '../json.ts'
import { ORDER, readId, readTime } from './order.ts'
import { type Asking, askShop } from './rest.ts'

const PER_PAGE = 50
const DAY_MS = 24 * 3_600_000
/** Orders are found by when they were made, and dated by when they were paid: some are paid weeks later. */
const PAID_WITHIN_MS = 31 * DAY_MS

/**
 * Where the next page begins: by time, not by number, since orders that change meanwhile leave the list, and all that
 * stand behind them would move up by one.
 */
interface Cursor {
  readonly from: number
  /** Above 1 where more orders are of that very second than a page holds. */
  readonly page: number
  /** Orders of that second which were read already. */
  readonly seen: readonly string[]
}

/**
 * A page of orders, oldest first, each as a webhook would bring it. By `activity` they are found by when they were made,
 * from a month before `since` on; by `change` by when they were modified.
 * https://woocommerce.github.io/woocommerce-rest-api-docs/#list-all-orders
 */
export async function readOrders(asking: Asking, query: OrderQuery): Promise<Told<OrderPage>> {
  const start = {
    from: query.by === 'change' ? query.since : query.since - PAID_WITHIN_MS,
    page: 1,
    seen: [],
  }
  const cursor = query.cursor === null ? start : (JSON.parse(query.cursor) as Cursor)
  const request = { method: 'GET', path: 'orders', query: parametersOf(query, cursor) } as const
  const told = await askShop(asking, request)
  if (told.outcome !== 'ok') return told
  const rows = Array.isArray(told.value.json) ? (told.value.json as readonly unknown[]) : []
  const read = rows.map((row) => readOrder(row, query))
  const isLast = rows.length < PER_PAGE
  const reached = read.at(-1)?.listedAt ?? cursor.from
  const orders = read.flatMap(({ id, activityAt, rawBody }) =>
    id === null || activityAt === null || cursor.seen.includes(id) || !isWithin(activityAt, query)
      ? []
      : [{ activityAt, bodies: [{ topic: TOPIC, rawBody }] }],
  )
  const value = {
    orders,
    next: isLast ? null : JSON.stringify(cursorAfter(cursor, read, reached)),
    readUpTo: isLast ? query.until : Math.min(Math.max(reached, query.since), query.until),
  }
  return { outcome: 'ok', value }
}

function cursorAfter(cursor: Cursor, read: readonly ReadOrder[], reached: number): Cursor {
  if (reached <= cursor.from) return { ...cursor, page: cursor.page + 1 }
  const seen = read.flatMap(({ id, listedAt }) => (id !== null && listedAt === reached ? [id] : []))
  return { from: reached, page: 1, seen }
}

/** An order that is read is one that may have changed in any way. */
const TOPIC = 'order.updated'

function isWithin(activityAt: number, { by, since, until }: OrderQuery): boolean {
  return by === 'change' || (activityAt >= since && activityAt < until)
}

/** `after` and `before` are exclusive, and the site's own clock unless it is told that they are not. */
function parametersOf({ by, until }: OrderQuery, { from, page }: Cursor): Record<string, string> {
  const prefix = by === 'change' ? 'modified_' : ''
  return {
    [`${prefix}after`]: timeOf(from - 1_000),
    // the second that `until` lies in is part of it: WooCommerce knows no parts of one
    [`${prefix}before`]: timeOf(until + 999),
    dates_are_gmt: 'true',
    orderby: by === 'change' ? 'modified' : 'date',
    order: 'asc',
    status: 'any',
    per_page: String(PER_PAGE),
    page: String(page),
  }
}

function timeOf(at: number): string {
  return new Date(Math.max(0, at)).toISOString().slice(0, 19)
}

interface ReadOrder {
  /** null: the row is no order. */
  readonly id: string | null
  readonly activityAt: number | null
  /** What the list goes by. */
  readonly listedAt: number | null
  readonly rawBody: Uint8Array
}

function readOrder(row: unknown, { by }: OrderQuery): ReadOrder {
  const rawBody = Buffer.from(JSON.stringify(row) ?? 'null')
  const order = readJson(rawBody, ORDER)
  const timeIn = (key: string): number | null => {
    const time = readTime(order, key)
    return typeof time === 'number' ? time : null
  }
  const madeAt = timeIn('date_created_gmt')
  return {
    id: readId(member(order, 'id')),
    activityAt: timeIn('date_paid_gmt') ?? madeAt,
    listedAt: by === 'change' ? timeIn('date_modified_gmt') : madeAt,
    rawBody,
  }
}
