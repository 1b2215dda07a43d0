import type Stripe from 'stripe'
import type { Told } from '../../../src/ports/platform-calls.ts'
import { type Asking, ask } from './ask.ts'
import { PAGE } from './windows.ts'

type ByCharge<T> = ReadonlyMap<string, readonly T[]>

const DISPUTE_EVENTS = ['created', 'updated', 'closed', 'funds_withdrawn', 'funds_reinstated'].map(
  (name) => `charge.dispute.${name}`,
)
const MAX_PAGES = 20

/** The refunds of charges: those that came with the charge, and the rest of those that have more. */
export async function readMoreRefunds(
  asking: Asking,
  charges: readonly Stripe.Charge[],
): Promise<Told<ByCharge<Stripe.Refund>>> {
  const refunds = new Map<string, readonly Stripe.Refund[]>()
  for (const charge of charges) {
    const first = charge.refunds ?? { data: [], has_more: false }
    if (!first.has_more) {
      refunds.set(charge.id, first.data)
      continue
    }
    const all = await pagesOf(asking, (after) =>
      asking.stripe.refunds.list({ charge: charge.id, limit: PAGE, ...after }),
    )
    if (all.outcome !== 'ok') return all
    refunds.set(charge.id, all.value)
  }
  return { outcome: 'ok', value: refunds }
}

/**
 * The disputes of charges that have one. A key that may not read disputes has them from the events of the last 30 days;
 * older ones are not to be had with it.
 */
export async function readDisputes(
  asking: Asking,
  charges: readonly Stripe.Charge[],
): Promise<Told<ByCharge<Stripe.Dispute>>> {
  const disputed = charges.filter((charge) => charge.disputed)
  const disputes = new Map<string, readonly Stripe.Dispute[]>()
  for (const { id } of disputed) {
    const told = await pagesOf(asking, (after) =>
      asking.stripe.disputes.list({ charge: id, limit: PAGE, ...after }),
    )
    if (told.outcome === 'refused' && told.refused === 'permission') return disputesTold(asking, disputed)
    if (told.outcome !== 'ok') return told
    disputes.set(id, told.value)
  }
  return { outcome: 'ok', value: disputes }
}

async function disputesTold(
  asking: Asking,
  charges: readonly Stripe.Charge[],
): Promise<Told<ByCharge<Stripe.Dispute>>> {
  const events = await pagesOf(asking, (after) =>
    asking.stripe.events.list({ types: DISPUTE_EVENTS, limit: PAGE, ...after }),
  )
  if (events.outcome !== 'ok') return events
  const wanted = new Set(charges.map(({ id }) => id))
  const latest = new Map<string, Stripe.Dispute>()
  // the newest first: what is older of the same dispute is passed over
  for (const { data } of events.value) {
    const dispute = data.object as Stripe.Dispute
    if (wanted.has(chargeOf(dispute)) && !latest.has(dispute.id)) latest.set(dispute.id, dispute)
  }
  return { outcome: 'ok', value: Map.groupBy(latest.values(), chargeOf) }
}

export function chargeOf({ charge }: Stripe.Dispute | Stripe.Refund): string {
  return typeof charge === 'string' ? charge : (charge?.id ?? '')
}

async function pagesOf<T extends { readonly id: string }>(
  asking: Asking,
  list: (after: { starting_after?: string }) => Promise<Stripe.ApiList<T>>,
): Promise<Told<readonly T[]>> {
  const all: T[] = []
  for (let page = 0; page < MAX_PAGES; page += 1) {
    const after = all.at(-1)?.id
    const told = await ask(asking, () => list(after === undefined ? {} : { starting_after: after }))
    if (told.outcome !== 'ok') return told
    all.push(...told.value.data)
    if (!told.value.has_more) break
  }
  return { outcome: 'ok', value: all }
}
