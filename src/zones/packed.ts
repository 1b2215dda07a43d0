import type { ZoneChanges } from '../streaks/zone-data.ts'

/** Digits of base 60, as momentjs.com/timezone/docs/#/data-formats/packed-format/ has them. */
const DIGITS = '0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWX'
const SECONDS_PER_MINUTE = 60
const SECOND_MS = 1000

/**
 * Reads a zone of moment-timezone's packed format: name, abbreviations, offsets (minutes west of UTC), which of them
 * is in force when, and the minutes between the changes; fractions of a minute are digits behind a point.
 * @throws Error for a text that is none
 */
export function unpackZone(packed: string): ZoneChanges {
  const [name, , offsetList = '', order = '', steps = ''] = packed.split('|')
  const known = offsetList.split(' ').map((offset) => (0 - secondsOf(offset)) * SECOND_MS)
  const offsets = Array.from(order, (digit) => known[DIGITS.indexOf(digit)] ?? Number.NaN)
  let second = 0
  const between = steps === '' ? [] : steps.split(' ')
  const at = Float64Array.from(between, (step) => {
    second += secondsOf(step)
    return second * SECOND_MS
  })
  if (offsets.length !== at.length + 1 || offsets.some(Number.isNaN)) {
    throw new Error(`the data of time zone ${name} cannot be read`)
  }
  return { at, offsets }
}

function secondsOf(minutes: string): number {
  const isNegative = minutes.startsWith('-')
  const [whole = '', part = ''] = minutes.slice(isNegative ? 1 : 0).split('.')
  let value = 0
  for (const digit of whole) value = value * 60 + DIGITS.indexOf(digit)
  let seconds = value * SECONDS_PER_MINUTE
  // one digit behind the point is all that there is: sixtieths of a minute
  if (part !== '') seconds += DIGITS.indexOf(part.charAt(0))
  return isNegative ? -seconds : seconds
}
