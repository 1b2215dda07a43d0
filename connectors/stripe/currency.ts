import { type ParsedQuantity, parseQuantity } from '../../src/streaks/quantity.ts'
import { ExactNumber, type Json } from '../json.ts'

/**
 * How many decimals Stripe's minor unit has, by https://docs.stripe.com/currencies. These are Stripe's own and match
 * no ISO or Intl table: MGA has none; ISK and UGX have two that are always 00 (5 ISK and 5 UGX are 500); HUF and TWD
 * have two for charges. UGX is also in Stripe's zero-decimal list; its special case on the same page is the more
 * specific rule.
 */
const ZERO_DECIMALS: ReadonlySet<string> = new Set(
  'BIF CLP DJF GNF JPY KMF KRW MGA PYG RWF VND VUV XAF XOF XPF'.split(' '),
)
const WHOLE_COINS: ReadonlySet<string> = new Set(['ISK', 'UGX'])
const THREE_DECIMALS: ReadonlySet<string> = new Set('BHD JOD KWD OMR TND'.split(' '))

/** @param currency three letters in upper case */
export function decimalsOf(currency: string): 0 | 2 | 3 {
  if (ZERO_DECIMALS.has(currency)) return 0
  return THREE_DECIMALS.has(currency) ? 3 : 2
}

/**
 * How many decimals an amount may have that Stripe takes: of three-decimal currencies the last is always 0, and of ISK
 * and UGX both are, so that some minor units are no coins.
 */
export function coinDecimalsOf(currency: string): 0 | 2 {
  return ZERO_DECIMALS.has(currency) || WHOLE_COINS.has(currency) ? 0 : 2
}

/** An amount in minor units, such as `1999`, as a quantity of the currency itself: 19.99. */
export function readMinorUnits(value: Json | undefined, currency: string | null): ParsedQuantity {
  if (!(value instanceof ExactNumber) || !/^-?\d{1,20}$/.test(value.digits) || currency === null) {
    return { ok: false, reason: 'not_a_number' }
  }
  return parseQuantity(`${value.digits}e-${decimalsOf(currency)}`)
}
