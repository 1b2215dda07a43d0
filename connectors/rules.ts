import type {
  IgnoreReason,
  OrderNames,
  RuleOutcome,
  TranslateInput,
  Translation,
} from '../src/ports/connector.ts'
import { isLongAgo } from '../src/ports/schema/purchases.ts'
import type { ConnectorRule, PurchaseActivity, PurchaseBasis } from '../src/ports/schema/values.ts'
import { formatQuantity } from '../src/streaks/quantity.ts'
import { checksOf, firstFault, lookAt } from './checks.ts'
import { countedValue, giftCardsOf } from './measure.ts'
import type { Purchase } from './purchase.ts'

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
  const name = orderName === null ? {} : { orderName }
  const names = { ...referencesOf(purchase), ...name, ...viewOf(purchase, input) }
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

/** How the rules see a purchase, for an input that asks for it; also of one that does not count at all. */
export function viewOf(purchase: Purchase | null, input: TranslateInput): Pick<OrderNames, 'view'> {
  if (input.explains !== true || purchase === null) return {}
  const { activityAt, currency, amounts } = purchase
  const total = amounts.order_total
  const rules = input.rules.map((rule) => {
    const sight = lookAt(rule, purchase, input)
    return { externalId: sight.identity.ok ? sight.identity.externalId : null, checks: checksOf(sight) }
  })
  return { view: { activityAt, total: total?.ok ? total.value : null, currency, rules } }
}

function applyRule(rule: ConnectorRule, purchase: Purchase, input: TranslateInput): RuleOutcome {
  const sight = lookAt(rule, purchase, input)
  const fault = firstFault(sight)
  if (fault !== null) return fault
  const { identity, counted } = sight
  if (!identity.ok) throw new Error(`no check is for ${identity.reason}`)
  const value = countedValue(rule, counted)
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
      activityValue: value === null ? null : formatQuantity(value),
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
