import type Stripe from 'stripe'
import { z } from 'zod'
import type { OrderPage, OrderQuery } from '../../../src/ports/hands.ts'
import type { Told } from '../../../src/ports/platform-calls.ts'
import { TOPICS } from '../translate.ts'
import { type Asking, ask } from './ask.ts'
import { API_VERSION } from './client.ts'
import { orderOf, ordersOfEvents, type ReadCharge } from './read-bodies.ts'
import { readDisputes, readMoreRefunds } from './read-reports.ts'
import { PAGE, stepAfter, type Window } from './windows.ts'

/** Stripe keeps events for 30 days; an hour less, so that none goes while it is read. */
const EVENTS_KEPT_SECONDS = 30 * 86_400 - 3_600

const Cursor = z.object({
  at: z.number(),
  seconds: z.number(),
  after: z.string().nullable(),
  /** From here on changes are read as events; before, only charges are to be had. Absent where orders are read by activity. */
  eventsFrom: z.number().nullable(),
})
type Cursor = z.infer<typeof Cursor>

/**
 * Reads charges as they stand, with their refunds and disputes; by change, what events of the last 30 days tell, and of
 * older times the charges that were made then.
 */
export async function readOrders(asking: Asking, query: OrderQuery, now: number): Promise<Told<OrderPage>> {
  const [since, until] = [Math.ceil(query.since / 1_000), Math.ceil(query.until / 1_000)]
  const cursor =
    query.cursor === null ? begin(query.by, since, until, now) : Cursor.parse(JSON.parse(query.cursor))
  const { eventsFrom } = cursor
  const isEvents = eventsFrom !== null && cursor.at >= eventsFrom
  const end = eventsFrom === null || isEvents ? until : Math.min(eventsFrom, until)
  if (end <= cursor.at) return { outcome: 'ok', value: { orders: [], next: null, readUpTo: query.until } }
  const listed = isEvents ? await listEvents(asking, cursor) : await listCharges(asking, cursor)
  if (listed.outcome !== 'ok') return listed
  const { data, has_more: hasMore } = listed.value
  const step = stepAfter(
    cursor,
    { created: data.map(({ created }) => created), hasMore, lastId: data.at(-1)?.id ?? null },
    end,
  )
  const orders = step.isTaken ? await ordersOf(asking, data) : ({ outcome: 'ok', value: [] } as const)
  if (orders.outcome !== 'ok') return orders
  const next = step.next ?? (end < until ? { at: end, seconds: until - end, after: null } : null)
  return {
    outcome: 'ok',
    value: {
      orders: orders.value,
      next: next === null ? null : JSON.stringify({ ...next, eventsFrom } satisfies Cursor),
      readUpTo: next === null ? query.until : Math.max(query.since, step.readUpTo * 1_000),
    },
  }
}

function begin(by: OrderQuery['by'], since: number, until: number, now: number): Cursor {
  const kept = Math.floor(now / 1_000) - EVENTS_KEPT_SECONDS
  const eventsFrom = by === 'activity' ? null : Math.max(since, kept)
  const first = eventsFrom !== null && eventsFrom > since ? Math.min(eventsFrom, until) : until
  return { at: since, seconds: Math.max(1, first - since), after: null, eventsFrom }
}

function rangeOf({ at, seconds, after }: Window) {
  return {
    limit: PAGE,
    created: { gte: at, lt: at + seconds },
    ...(after === null ? {} : { starting_after: after }),
  }
}

function listCharges(asking: Asking, window: Window): Promise<Told<Stripe.ApiList<Stripe.Charge>>> {
  return ask(asking, () => asking.stripe.charges.list({ ...rangeOf(window), expand: ['data.refunds'] }))
}

function listEvents(asking: Asking, window: Window): Promise<Told<Stripe.ApiList<Stripe.Event>>> {
  return ask(asking, () => asking.stripe.events.list({ ...rangeOf(window), types: [...TOPICS] }))
}

async function ordersOf(
  asking: Asking,
  data: readonly (Stripe.Charge | Stripe.Event)[],
): Promise<Told<OrderPage['orders']>> {
  if (isEvents(data)) return { outcome: 'ok', value: ordersOfEvents(data) }
  const charges = data as readonly Stripe.Charge[]
  const more = await readMoreRefunds(asking, charges)
  if (more.outcome !== 'ok') return more
  const disputes = await readDisputes(asking, charges)
  if (disputes.outcome !== 'ok') return disputes
  const read = charges.map(
    (charge): ReadCharge => ({
      charge,
      refunds: more.value.get(charge.id) ?? [],
      disputes: disputes.value.get(charge.id) ?? [],
      apiVersion: API_VERSION,
    }),
  )
  return { outcome: 'ok', value: read.map(orderOf) }
}

function isEvents(data: readonly { readonly object: string }[]): data is readonly Stripe.Event[] {
  return data[0]?.object === 'event'
}
