import type { IgnoreReason } from '../src/ports/connector.ts'
import type { ConnectorRule } from '../src/ports/schema/values.ts'
import { formatQuantity, type ParsedQuantity, parseQuantity } from '../src/streaks/quantity.ts'
import { checkProducts, giftCardsOf } from './choices.ts'
import type { MeasuredValue, Purchase } from './purchase.ts'

export type Measure =
  /** Decimal digits; null where the rule counts `one`. */
  | { readonly ok: true; readonly activityValue: string | null }
  | { readonly ok: false; readonly reason: IgnoreReason; readonly message: string }

type Fault = Exclude<ParsedQuantity, { ok: true }>['reason']

const FAULTS: Readonly<Record<Fault, string>> = {
  not_a_number: 'is not a number',
  too_many_decimals: 'has more than 6 decimals',
  negative: 'is below 0',
  too_large: 'is above 1,000,000,000',
}

/** What the purchase is worth to a rule, once its currency and minimum allow it at all. */
export function measure(rule: ConnectorRule, purchase: Purchase): Measure {
  const counted = asCounted(rule, purchase)
  return (
    checkCurrency(rule, purchase) ??
    checkGiftCards(rule, purchase) ??
    checkProducts(rule, purchase) ??
    checkMinimum(rule, counted) ??
    readValue(rule, counted)
  )
}

/** A gift card is money that is spent later: it counts then. One that is posted for a fee is still nothing else. */
function checkGiftCards(rule: ConnectorRule, { lines }: Purchase): Measure | null {
  const sold = (lines ?? []).filter(({ units }) => units > 0)
  if (giftCardsOf(rule) === 'count' || sold.length === 0) return null
  return sold.every(({ isGiftCard }) => isGiftCard)
    ? ignore('GIFT_CARDS_ONLY', "the order is of gift cards and nothing else; the rule's giftCards is ignore")
    : null
}

/** The purchase without its gift cards, for a rule that ignores them. */
function asCounted(rule: ConnectorRule, purchase: Purchase): Purchase {
  const { amounts, lines, giftCardMoney } = purchase
  if (giftCardsOf(rule) === 'count' || !lines?.some(({ isGiftCard }) => isGiftCard)) return purchase
  const units = lines.reduce((sum, line) => sum + (line.isGiftCard ? 0n : BigInt(line.units)), 0n)
  const { order_total: total, order_subtotal: subtotal } = amounts
  return {
    ...purchase,
    amounts: {
      ...(total === undefined ? {} : { order_total: without(total, giftCardMoney) }),
      ...(subtotal === undefined ? {} : { order_subtotal: without(subtotal, giftCardMoney) }),
      item_count: parseQuantity(units.toString()),
    },
  }
}

function without(amount: ParsedQuantity, giftCards: ParsedQuantity): ParsedQuantity {
  if (!amount.ok || !giftCards.ok) return amount.ok ? giftCards : amount
  return { ok: true, value: amount.value > giftCards.value ? amount.value - giftCards.value : 0n }
}

function checkCurrency(rule: ConnectorRule, { currency }: Purchase): Measure | null {
  if (rule.currency === null) {
    const needed =
      rule.value === 'order_total' || rule.value === 'order_subtotal' || rule.minimumValue !== null
    return needed ? ignore('CURRENCY_MISMATCH', 'the rule looks at an amount but names no currency') : null
  }
  if (currency === null) return ignore('BODY_NOT_UNDERSTOOD', 'the order names no currency')
  return currency === rule.currency.toUpperCase()
    ? null
    : ignore(
        'CURRENCY_MISMATCH',
        `the order is in ${currency}, the rule counts ${rule.currency.toUpperCase()}`,
      )
}

function checkMinimum(rule: ConnectorRule, purchase: Purchase): Measure | null {
  if (rule.minimumValue === null) return null
  const minimum = parseQuantity(rule.minimumValue)
  if (!minimum.ok) return ignore('VALUE_OUT_OF_RANGE', `the rule's minimumValue ${FAULTS[minimum.reason]}`)
  const compared = rule.value === 'order_subtotal' ? 'order_subtotal' : 'order_total'
  const amount = purchase.amounts[compared]
  if (amount === undefined) return unmeasured(compared, purchase)
  if (amount.ok) {
    if (amount.value >= minimum.value) return null
    const shown = formatQuantity(amount.value)
    return ignore(
      'BELOW_MINIMUM',
      `${compared} ${shown} is below the rule's minimumValue ${rule.minimumValue}`,
    )
  }
  // above every minimum a rule can have
  return amount.reason === 'too_large' ? null : outOfRange(compared, amount.reason)
}

function readValue(rule: ConnectorRule, purchase: Purchase): Measure {
  if (rule.value === 'one') return { ok: true, activityValue: null }
  const amount = purchase.amounts[rule.value]
  if (amount === undefined) return unmeasured(rule.value, purchase)
  return amount.ok
    ? { ok: true, activityValue: formatQuantity(amount.value) }
    : outOfRange(rule.value, amount.reason)
}

function unmeasured(value: MeasuredValue, { platform }: Purchase): Measure {
  return ignore('BODY_NOT_UNDERSTOOD', `${platform} does not report ${value}`)
}

function outOfRange(value: MeasuredValue, fault: Fault): Measure {
  const reason = fault === 'not_a_number' ? 'BODY_NOT_UNDERSTOOD' : 'VALUE_OUT_OF_RANGE'
  return ignore(reason, `${value} ${FAULTS[fault]}`)
}

function ignore(reason: IgnoreReason, message: string): Measure {
  return { ok: false, reason, message }
}
