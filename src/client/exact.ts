/** A number of an answer that JavaScript's numbers cannot hold: it would be another number. */
export class InexactNumberError extends Error {
  override readonly name = 'InexactNumberError'
  readonly field: string
  /** The number as it was answered. */
  readonly digits: string

  constructor(field: string, digits: string) {
    super(
      `${field} is ${digits}, which JavaScript would turn into ${Number(digits)}: give the client a parse of your own`,
    )
    this.field = field
    this.digits = digits
  }
}

type Reviver = (key: string, value: unknown, context: { source?: string }) => unknown
/** TypeScript's library does not know the third argument of the reviver yet. */
const parse = JSON.parse as (text: string, reviver: Reviver) => unknown

/**
 * Parses an answer. Every quantity that can be sent fits into a number, digit for digit; only sums beyond some
 * 8,000,000,000 with six decimals do not. @throws InexactNumberError for one of those, instead of rounding it
 */
export function parseExact(text: string): unknown {
  return parse(text, (key, value, { source }) => {
    if (typeof value !== 'number' || source === undefined || isHeld(value, source)) return value
    throw new InexactNumberError(key, source)
  })
}

/** The API writes all digits, no exponent and no trailing zeros, as JavaScript does below 10^21. */
function isHeld(value: number, digits: string): boolean {
  return String(value) === digits
}
