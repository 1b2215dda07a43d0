import type { IgnoreReason } from '../src/ports/connector.ts'
import type { ConnectorRule, GiftCards } from '../src/ports/schema/values.ts'
import { formatQuantity, type ParsedQuantity, parseQuantity, type Quantity } from '../src/streaks/quantity.ts'
import type { MeasuredValue, Purchase } from './purchase.ts'

/** Why a rule does not take a purchase; null where it does. */
export type Refused = { readonly reason: IgnoreReason; readonly message: string } | null

type Fault = Exclude<ParsedQuantity, { ok: true }>['reason']

const FAULTS: Readonly<Record<Fault, string>> = {
  not_a_number: 'is not a number',
  too_many_decimals: 'has more than 6 decimals',
  negative: 'is below 0',
  too_large: 'is above 1,000,000,000',
}

/** Rules that were stored before there was the choice count gift cards. */
export function giftCardsOf({ giftCards }: ConnectorRule): GiftCards {
  return giftCards ?? 'count'
}

/** A gift card is money that is spent later: it counts then. One that is posted for a fee is still nothing else. */
export function checkGiftCards(rule: ConnectorRule, purchase: Purchase): Refused {
  if (giftCardsOf(rule) === 'count') return null
  return isOfGiftCards(purchase)
    ? ignore('GIFT_CARDS_ONLY', "the order is of gift cards and nothing else; the rule's giftCards is ignore")
    : null
}

/** Whether gift cards are all that was sold. */
export function isOfGiftCards({ lines }: Purchase): boolean {
  const sold = (lines ?? []).filter(({ units }) => units > 0)
  return sold.length > 0 && sold.every(({ isGiftCard }) => isGiftCard)
}

/** The purchase without its gift cards, for a rule that ignores them. */
export function asCounted(rule: ConnectorRule, purchase: Purchase): Purchase {
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

export function checkCurrency(rule: ConnectorRule, { currency }: Purchase): Refused {
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

/** Which amount of an order is held against the rule's minimum. */
export function comparedBy({ value }: ConnectorRule): MeasuredValue {
  return value === 'order_subtotal' ? 'order_subtotal' : 'order_total'
}

/** @param purchase as the rule counts it */
export function checkMinimum(rule: ConnectorRule, purchase: Purchase): Refused {
  if (rule.minimumValue === null) return null
  const minimum = parseQuantity(rule.minimumValue)
  if (!minimum.ok) return ignore('VALUE_OUT_OF_RANGE', `the rule's minimumValue ${FAULTS[minimum.reason]}`)
  const compared = comparedBy(rule)
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

/** @param purchase as the rule counts it */
export function checkValue({ value }: ConnectorRule, purchase: Purchase): Refused {
  if (value === 'one') return null
  const amount = purchase.amounts[value]
  if (amount === undefined) return unmeasured(value, purchase)
  return amount.ok ? null : outOfRange(value, amount.reason)
}

/** What a rule counts of the purchase; null where it counts `one`, and where the body does not say it. */
export function countedValue({ value }: ConnectorRule, purchase: Purchase): Quantity | null {
  const amount = value === 'one' ? undefined : purchase.amounts[value]
  return amount?.ok ? amount.value : null
}

function unmeasured(value: MeasuredValue, { platform }: Purchase): Refused {
  return ignore('BODY_NOT_UNDERSTOOD', `${platform} does not report ${value}`)
}

function outOfRange(value: MeasuredValue, fault: Fault): Refused {
  const reason = fault === 'not_a_number' ? 'BODY_NOT_UNDERSTOOD' : 'VALUE_OUT_OF_RANGE'
  return ignore(reason, `${value} ${FAULTS[fault]}`)
}

function ignore(reason: IgnoreReason, message: string): Refused {
  return { reason, message }
}
