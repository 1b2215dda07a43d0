/**
 * Quantities are exact: a bigint of millionths (6 decimals), never a float.
 * Inputs lie between 0 and 1,000,000,000; sums may be larger.
 */
export type Quantity = bigint

const SCALE_DIGITS = 6
export const QUANTITY_SCALE = 1_000_000n
export const MAX_QUANTITY: Quantity = 1_000_000_000n * QUANTITY_SCALE
/** What stores have room for: 22 digits before the point. No sum of quantities comes near it. */
export const MAX_SUM: Quantity = 10n ** 28n - 1n
export const ONE: Quantity = QUANTITY_SCALE

export type ParsedQuantity =
  | { readonly ok: true; readonly value: Quantity }
  | { readonly ok: false; readonly reason: 'not_a_number' | 'too_many_decimals' | 'negative' | 'too_large' }

const ZERO = '0'.charCodeAt(0)
const NUMBER = /^(-?)(\d+)(?:\.(\d+))?(?:[eE]([+-]?\d+))?$/

/**
 * Reads a quantity from the digits of a JSON number (`5`, `12.50`, `1e3`), so that nothing passes through a float.
 * Trailing zeros do not count as decimals, however many.
 */
export function parseQuantity(digits: string, max: Quantity = MAX_QUANTITY): ParsedQuantity {
  const match = NUMBER.exec(digits)
  if (match === null) return { ok: false, reason: 'not_a_number' }
  const [, sign, whole = '', fraction = '', exponentText] = match
  const written = whole + fraction
  const kept = written.slice(0, endOfSignificant(written))
  const significant = kept.replace(/^0+/, '')
  if (significant === '') return { ok: true, value: 0n }
  if (sign === '-') return { ok: false, reason: 'negative' }
  const exponent = exponentText === undefined ? 0 : Number(exponentText)
  const trailingZeros = written.length - kept.length
  const power = exponent - fraction.length + trailingZeros
  // value = significant × 10^power; a number of more whole digits than the limit is above it whatever follows
  if (significant.length + power > String(max).length - SCALE_DIGITS)
    return { ok: false, reason: 'too_large' }
  if (power < -SCALE_DIGITS) return { ok: false, reason: 'too_many_decimals' }
  const value = BigInt(significant) * 10n ** BigInt(power + SCALE_DIGITS)
  return value > max ? { ok: false, reason: 'too_large' } : { ok: true, value }
}

/** Where the trailing zeros begin. A loop, because a pattern tries each row of zeros inside the number anew. */
function endOfSignificant(digits: string): number {
  let end = digits.length
  while (end > 0 && digits.charCodeAt(end - 1) === ZERO) end -= 1
  return end
}

/** All digits, no trailing zeros, no exponent: `12.5`. */
export function formatQuantity(value: Quantity): string {
  const negative = value < 0n
  const digits = (negative ? -value : value).toString().padStart(SCALE_DIGITS + 1, '0')
  const whole = digits.slice(0, -SCALE_DIGITS)
  const fraction = digits.slice(-SCALE_DIGITS).replace(/0+$/, '')
  return `${negative ? '-' : ''}${whole}${fraction === '' ? '' : `.${fraction}`}`
}

export function isWhole(value: Quantity): boolean {
  return value % QUANTITY_SCALE === 0n
}

export function wholeQuantity(count: number): Quantity {
  return BigInt(count) * QUANTITY_SCALE
}
