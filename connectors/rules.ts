import type { IgnoreReason, RuleOutcome, TranslateInput, Translation } from '../src/ports/connector.ts'
import {
  type ConnectorRule,
  isLongAgo,
  type PurchaseActivity,
  type PurchaseBasis,
} from '../src/ports/schema/values.ts'
import { formatQuantity } from '../src/streaks/quantity.ts'
import { checkChannels, checkTags, giftCardsOf } from './choices.ts'
import { identify } from './identity.ts'
import { measure } from './measure.ts'
import type { Purchase } from './purchase.ts'

/** How far ahead of its receipt a purchase may be dated: clocks differ. */
export const FUTURE_TOLERANCE_MS = 5 * 60_000

/** A delivery of which no rule can make anything. */
export function ignoreDelivery(
  reason: IgnoreReason,
  orderId: string | null,
  orderName: string | null = null,
): Extract<Translation, { kind: 'ignored' }> {
  return { kind: 'ignored', reason, orderId, ...(orderName === null ? {} : { orderName }) }
}

/** One outcome per rule, in their order. */
export function applyRules(
  purchase: Purchase,
  input: TranslateInput,
): Extract<Translation, { kind: 'ignored' | 'translated' }> {
  const { orderId, orderName } = purchase
  const names = { ...referencesOf(purchase), ...(orderName === null ? {} : { orderName }) }
  if (input.rules.length === 0) return { ...ignoreDelivery('NO_RULES', orderId), ...names }
  const outcomes = input.rules.map((rule) => applyRule(rule, purchase, input))
  return { kind: 'translated', orderId, ...names, outcomes }
}

/** The names beside its id that refunds and disputes find an order by. */
export function referencesOf({ references }: Pick<Purchase, 'references'>): {
  readonly orderReference: string | null
  readonly otherReference?: string
} {
  const [orderReference = null, otherReference] = references
  return { orderReference, ...(otherReference === undefined ? {} : { otherReference }) }
}

function applyRule(rule: ConnectorRule, purchase: Purchase, input: TranslateInput): RuleOutcome {
  if (purchase.isTest && rule.testOrders !== 'count') {
    return { kind: 'ignored', reason: 'TEST_ORDER', message: "a test order; the rule's testOrders is ignore" }
  }
  const unwanted = checkChannels(rule, purchase) ?? checkTags(rule, purchase)
  if (unwanted !== null) return { kind: 'ignored', reason: unwanted.reason, message: unwanted.message }
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
      ...referencesOf(purchase),
      orderTotal: total?.ok ? formatQuantity(total.value) : null,
      currency: purchase.currency,
      isAmount: rule.value === 'order_total' || rule.value === 'order_subtotal',
      basis: basisOf(rule, purchase),
      purchaseSpace: input.purchaseSpace,
      droppedFields: purchase.droppedFields,
      ...quietness(rule, purchase, input),
    },
  }
}

/** Whether the log is granted nothing, since the purchase lies too far back when it is received. */
function quietness(
  { rewardWithinDays = null }: ConnectorRule,
  { activityAt }: Purchase,
  { receivedAt }: TranslateInput,
): Pick<PurchaseActivity, 'quiet' | 'rewardWithinDays'> {
  if (rewardWithinDays === null) return {}
  return { rewardWithinDays, quiet: isLongAgo(activityAt, receivedAt, rewardWithinDays) }
}

/** Of an order of more lines than are kept reports are held against its money alone. */
const MAX_LINES = 1_000

/** What reports of the purchase will be held against: the rule as it is now, and the order as its body states it. */
function basisOf(rule: ConnectorRule, purchase: Purchase): PurchaseBasis {
  const { amounts, lines, giftCardMoney, taxesIncluded, presented, decimals, edits } = purchase
  const { order_subtotal: subtotal } = amounts
  return {
    value: rule.value,
    minimumValue: rule.minimumValue,
    giftCards: giftCardsOf(rule),
    subtotal: subtotal?.ok ? formatQuantity(subtotal.value) : null,
    taxesIncluded,
    presented,
    decimals,
    lines: lines !== null && lines.length <= MAX_LINES ? lines : null,
    giftCardMoney: giftCardMoney.ok ? formatQuantity(giftCardMoney.value) : '0',
    edits: edits.slice(0, MAX_LINES),
  }
}

function inFuture(purchase: Purchase, input: TranslateInput): RuleOutcome {
  const [at, receivedAt] = [purchase.activityAt, input.receivedAt].map((instant) =>
    new Date(instant).toISOString(),
  )
  const message = `the order is dated ${at}, more than 5 minutes after its receipt at ${receivedAt}`
  return { kind: 'failed', reason: 'IN_FUTURE', message }
}
