import type { FieldType } from '../../../src/ports/schema/spec.ts'
import type { Scalar } from '../../../src/ports/store.ts'
import { INSTANTS, TEXTS } from '../store/values.ts'

/** A value as a caller writes it, and what a row holds that has it. */
export interface Value {
  readonly sent: string
  readonly stored: Scalar
}

const TWO_HOURS_MS = 2 * 60 * 60 * 1000

const uuid = (digit: number) => `0190a000-0000-7000-8000-00000000000${digit}`

/** The same number in its several spellings; values apart by a millionth, and beyond what a float tells apart. */
const QUANTITIES: readonly Value[] = [
  { sent: '0', stored: 0n },
  { sent: '1e-6', stored: 1n },
  { sent: '1.500', stored: 1_500_000n },
  { sent: '9', stored: 9_000_000n },
  { sent: '10.0', stored: 10_000_000n },
  { sent: '999999999.999998', stored: 999_999_999_999_998n },
  { sent: '999999999.999999', stored: 999_999_999_999_999n },
  { sent: '1e9', stored: 1_000_000_000_000_000n },
]

/** Values at the edges of each type, as callers may write them. */
export const VALUES: Readonly<Record<FieldType, readonly Value[]>> = {
  id: [1, 2, 3, 9].map((digit) => ({
    sent: JSON.stringify(digit % 2 === 0 ? uuid(digit) : uuid(digit).toUpperCase()),
    stored: uuid(digit),
  })),
  text: TEXTS.map((text) => ({ sent: JSON.stringify(text), stored: text })),
  integer: [0, 1, 2, 9, 10, 1_000_000_000].map((number) => ({ sent: String(number), stored: number })),
  boolean: [true, false].map((flag) => ({ sent: String(flag), stored: flag })),
  instant: INSTANTS.map((at, place) => ({ sent: JSON.stringify(written(at, place)), stored: at })),
  quantity: QUANTITIES,
  json: [],
  bytes: [],
}

function written(at: number, place: number): string {
  const isLast = at + TWO_HOURS_MS > 253_402_300_799_999
  if (place % 2 === 0 || isLast) return new Date(at).toISOString()
  return new Date(at + TWO_HOURS_MS).toISOString().replace('Z', '+02:00')
}
