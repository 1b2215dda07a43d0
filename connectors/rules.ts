import type { IgnoreReason, RuleOutcome, TranslateInput, Translation } from '../src/ports/connector.ts'
import type { ConnectorRule } from '../src/ports/schema/values.ts'
import { formatQuantity } from '../src/streaks/quantity.ts'
import { identify } from './identity.ts'
import { measure } from './measure.ts'
import type { Purchase } from './purchase.ts'

/** How far ahead of its receipt a purchase may be dated: clocks differ. */
export const FUTURE_TOLERANCE_MS = 5 * 60_000

/** A delivery of which no rule can make anything. */
export function ignoreDelivery(
  reason: IgnoreReason,
  orderId: string | null,
): Extract<Translation, { kind: 'ignored' }> {
  return { kind: 'ignored', reason, orderId }
}

/** One outcome per rule, in their order. */
export function applyRules(purchase: Purchase, input: TranslateInput): Translation {
  const { orderId, orderReference } = purchase
  if (input.rules.length === 0) return { ...ignoreDelivery('NO_RULES', orderId), orderReference }
  const outcomes = input.rules.map((rule) => applyRule(rule, purchase, input))
  return { kind: 'translated', orderId, orderReference, outcomes }
}

function applyRule(rule: ConnectorRule, purchase: Purchase, input: TranslateInput): RuleOutcome {
  if (purchase.isTest && rule.testOrders !== 'count') {
    return { kind: 'ignored', reason: 'TEST_ORDER', message: "a test order; the rule's testOrders is ignore" }
  }
  const measured = measure(rule, purchase)
  if (!measured.ok) return { kind: 'ignored', reason: measured.reason, message: measured.message }
  const identity = identify(rule, purchase)
  if (!identity.ok) return { kind: 'ignored', reason: identity.reason, message: identity.message }
  if (purchase.activityAt - input.receivedAt > FUTURE_TOLERANCE_MS) return inFuture(purchase, input)
  const total = purchase.amounts.order_total
  return {
    kind: 'log',
    activity: {
      externalId: identity.externalId,
      profile: purchase.profile,
      // a source whose clock runs ahead must not keep later profiles out
      profileAt: Math.min(purchase.profileAt, input.receivedAt),
      activityAt: purchase.activityAt,
      activityId: rule.activityId,
      activityValue: measured.activityValue,
      orderId: purchase.orderId,
      orderReference: purchase.orderReference,
      orderTotal: total?.ok ? formatQuantity(total.value) : null,
      currency: purchase.currency,
      isAmount: rule.value === 'order_total' || rule.value === 'order_subtotal',
      purchaseSpace: input.purchaseSpace,
      droppedFields: purchase.droppedFields,
    },
  }
}

function inFuture(purchase: Purchase, input: TranslateInput): RuleOutcome {
  const [at, receivedAt] = [purchase.activityAt, input.receivedAt].map((instant) =>
    new Date(instant).toISOString(),
  )
  const message = `the order is dated ${at}, more than 5 minutes after its receipt at ${receivedAt}`
  return { kind: 'failed', reason: 'IN_FUTURE', message }
}
