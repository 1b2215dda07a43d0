import { takenBack } from '../../engine/decide/taken-back.ts'
import type { KeyedReport } from '../../engine/types.ts'
import type { Instant } from '../../ports/clock.ts'
import type { PurchaseActivity } from '../../ports/schema/values.ts'
import { ONE, parseQuantity, type Quantity } from '../../streaks/quantity.ts'
import type { Gathered, Span } from './types.ts'

/** A purchase as it stands now: what is left of it after all that was reported. */
export interface StandingOrder {
  readonly externalId: string
  readonly activityAt: Instant
  readonly value: Quantity
  readonly isQuiet: boolean
  readonly total: Quantity | null
  readonly currency: string | null
}

/** A name in a purchase space. */
export function spaceKey(purchaseSpace: string, name: string): string {
  return `${purchaseSpace.length} ${purchaseSpace} ${name}`
}

/**
 * The purchases that count, each once, in the order in which they came: made in the span, not taken back whole. What is
 * left of the others is their value, as it is withdrawn from a log. Pure.
 */
export function standingOrders(
  { purchases, reports }: Pick<Gathered, 'purchases' | 'reports'>,
  { since, until }: Span,
  isSum: boolean,
): StandingOrder[] {
  const aliases = aliasesOf(purchases)
  const counted = new Set<string>()
  return purchases.flatMap((activity): StandingOrder[] => {
    const { purchaseSpace, orderId, externalId, activityAt } = activity
    if (activityAt < since || activityAt >= until) return []
    const order = spaceKey(purchaseSpace, orderId)
    // a purchase feeds a streak once, and a member has one log of an identifier there
    const log = `log ${externalId.length} ${externalId} ${orderId}`
    if (counted.has(order) || counted.has(log)) return []
    counted.add(order).add(log)
    const told = [...(aliases.get(order) ?? [])].flatMap(
      (name) => reports.get(spaceKey(purchaseSpace, name)) ?? [],
    )
    const value = left(activity, told, isSum)
    return value === null ? [] : [{ externalId, activityAt, value, ...factsOf(activity) }]
  })
}

/** By order: all names that reports may have for it, also those that only a repetition of it says. */
function aliasesOf(purchases: readonly PurchaseActivity[]): ReadonlyMap<string, ReadonlySet<string>> {
  const names = new Map<string, Set<string>>()
  for (const { purchaseSpace, orderId, orderReference, otherReference = null } of purchases) {
    const key = spaceKey(purchaseSpace, orderId)
    const known = names.get(key) ?? new Set([orderId])
    for (const name of [orderReference, otherReference]) if (name !== null) known.add(name)
    names.set(key, known)
  }
  return names
}

/** What the log of the purchase counts now; null: it was taken back whole. */
function left(activity: PurchaseActivity, told: readonly KeyedReport[], isSum: boolean): Quantity | null {
  const full = isSum && activity.activityValue !== null ? quantityOf(activity.activityValue) : ONE
  if (told.length === 0) return full
  const { orderId, orderReference, otherReference = null, currency, isAmount, basis = null } = activity
  const orderTotal = activity.orderTotal === null ? null : quantityOf(activity.orderTotal)
  const purchase = { orderId, orderReference, otherReference, orderTotal, currency, isAmount, basis }
  const taken = takenBack(told, purchase, isSum)
  if (taken === 'whole') return null
  if (taken === 0n) return full
  return taken >= full ? null : full - taken
}

function factsOf({ quiet = false, orderTotal, currency }: PurchaseActivity) {
  return { isQuiet: quiet, total: orderTotal === null ? null : quantityOf(orderTotal), currency }
}

/** Digits that a translator wrote. */
function quantityOf(digits: string): Quantity {
  const parsed = parseQuantity(digits)
  return parsed.ok ? parsed.value : 0n
}
