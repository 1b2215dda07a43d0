import type Stripe from 'stripe'
import type { OrderPage } from '../../../src/ports/hands.ts'
import { READ_PURCHASE, READ_REPORTS } from '../read.ts'
import { chargeOf } from './read-reports.ts'

/** A charge as far as it was read, with what became of it. */
export interface ReadCharge {
  /** null: only what became of it was told. */
  readonly charge: Stripe.Charge | null
  readonly refunds: readonly Stripe.Refund[]
  readonly disputes: readonly Stripe.Dispute[]
  /** By which the charge is shown. */
  readonly apiVersion: string | null
}

type ReadOrder = OrderPage['orders'][number]

/** What the translator reads, and nothing more: it is kept for a while. */
const CHARGE_FIELDS =
  `object id paid status captured refunded metadata presentment_details payment_intent created
  livemode currency amount amount_captured amount_refunded billing_details receipt_email customer`.split(
    /\s+/,
  )
const REPORT_FIELDS = 'object id status amount currency charge payment_intent'.split(' ')

/** The purchase with what is known of it, and what is known of it alone: for orders that counted before. */
export function orderOf({ charge, refunds, disputes, apiVersion }: ReadCharge): ReadOrder {
  const data = {
    object: charge === null ? null : pick(charge, CHARGE_FIELDS),
    refunds: byId(refunds).map((refund) => pick(refund, REPORT_FIELDS)),
    disputes: byId(disputes).map((dispute) => pick(dispute, REPORT_FIELDS)),
  }
  const bodyOf = (type: string) => ({
    topic: type,
    rawBody: Buffer.from(JSON.stringify({ type, api_version: apiVersion, livemode: charge?.livemode, data })),
  })
  const hasReports = refunds.length + disputes.length > 0 || (charge?.amount_refunded ?? 0) > 0
  const first = charge ?? refunds[0] ?? disputes[0]
  return {
    activityAt: (first?.created ?? 0) * 1_000,
    bodies: [
      ...(charge === null ? [] : [bodyOf(READ_PURCHASE)]),
      ...(hasReports ? [bodyOf(READ_REPORTS)] : []),
    ],
  }
}

/** What events tell, by charge; of each object the newest state. @param events the newest first, as Stripe lists them */
export function ordersOfEvents(events: readonly Stripe.Event[]): readonly ReadOrder[] {
  const groups = Map.groupBy(events, ({ data }) => chargeIdOf(data.object as unknown as Told))
  return [...groups.values()].map((group) => {
    const newest = newestOfEach(group)
    const told = newest.find(({ data }) => isA(data.object, 'charge'))
    return orderOf({
      charge: (told?.data.object ?? null) as Stripe.Charge | null,
      refunds: newest.flatMap(({ data }) =>
        isA(data.object, 'refund') ? [data.object as Stripe.Refund] : [],
      ),
      disputes: newest.flatMap(({ data }) =>
        isA(data.object, 'dispute') ? [data.object as Stripe.Dispute] : [],
      ),
      // events are shown as they were made
      apiVersion: told?.api_version ?? null,
    })
  })
}

interface Told {
  readonly object: string
  readonly id: string
}

function isA(object: unknown, kind: string): boolean {
  return (object as Told).object === kind
}

function chargeIdOf(object: Told): string {
  return object.object === 'charge' ? object.id : chargeOf(object as unknown as Stripe.Refund)
}

function newestOfEach(events: readonly Stripe.Event[]): Stripe.Event[] {
  const seen = new Set<string>()
  return events.filter(({ data }) => {
    const { id } = data.object as unknown as Told
    if (seen.has(id)) return false
    seen.add(id)
    return true
  })
}

/** The same state of a charge is the same bytes, however it was listed. */
function byId<T extends Told>(objects: readonly T[]): T[] {
  return [...objects].sort((a, b) => (a.id < b.id ? -1 : 1))
}

function pick(object: object, fields: readonly string[]): object {
  const entries = Object.entries(object).filter(([name]) => fields.includes(name))
  return Object.fromEntries(entries.sort(([a], [b]) => (a < b ? -1 : 1)))
}
