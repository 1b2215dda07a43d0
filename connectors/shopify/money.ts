import type { PartMoney } from '../../src/ports/schema/values.ts'
import { formatQuantity, parseQuantity, type Quantity } from '../../src/streaks/quantity.ts'
import { ExactNumber, isAbsent, type Json, type MemberNames, member } from '../json.ts'
import { readCurrency } from '../purchase.ts'

/** How Shopify writes an amount in the shop's own currency and in the one that the shopper saw. */
export const MONEY_SET: MemberNames = {
  shop_money: { amount: true, currency_code: true },
  presentment_money: { amount: true, currency_code: true },
}

export const NO_MONEY: PartMoney = { shop: null, shown: null }

const MAX_AMOUNT_CHARACTERS = 40

/** Reads the amounts of one body. What cannot be read makes the whole of it unreadable: nothing is guessed. */
export class MoneyReader {
  isReadable = true
  #currency: string | null = null
  #shownCurrency: string | null = null

  get currencies(): { readonly currency: string | null; readonly shownCurrency: string | null } {
    return { currency: this.#currency, shownCurrency: this.#shownCurrency }
  }

  /** @param plain the shop's amount where there is no set, as a text or a number */
  read(set: Json | undefined, plain: Json | undefined): PartMoney {
    const [shop, shown] = [member(set, 'shop_money'), member(set, 'presentment_money')]
    this.#currency ??= readCurrency(member(shop, 'currency_code'))
    this.#shownCurrency ??= readCurrency(member(shown, 'currency_code'))
    return {
      shop: this.#digits(member(shop, 'amount') ?? plain),
      shown: this.#digits(member(shown, 'amount')),
    }
  }

  #digits(value: Json | undefined): string | null {
    if (isAbsent(value)) return null
    const amount = readSigned(value)
    if (amount === null) this.isReadable = false
    return amount === null ? null : formatQuantity(amount)
  }
}

/** An amount that may be below 0; null where it is none. */
function readSigned(value: Json): Quantity | null {
  const digits = value instanceof ExactNumber ? value.digits : value
  if (typeof digits !== 'string' || digits.length > MAX_AMOUNT_CHARACTERS) return null
  const isNegative = digits.startsWith('-')
  const parsed = parseQuantity(isNegative ? digits.slice(1) : digits)
  if (!parsed.ok) return null
  return isNegative ? -parsed.value : parsed.value
}

/** The sum of amounts, each of them added or taken away. */
export function addMoney(amounts: readonly PartMoney[], sign: 1n | -1n = 1n): PartMoney {
  const sum = (side: keyof PartMoney): string | null => {
    const stated = amounts.flatMap((money) => money[side] ?? [])
    if (stated.length === 0) return null
    return formatQuantity(sign * stated.reduce((total, digits) => total + signedOf(digits), 0n))
  }
  return { shop: sum('shop'), shown: sum('shown') }
}

function signedOf(digits: string): Quantity {
  return readSigned(digits) ?? 0n
}
