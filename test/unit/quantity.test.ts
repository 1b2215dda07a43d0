import { describe, expect, it } from '@jest/globals'
import fc from 'fast-check'
import { formatQuantity, MAX_QUANTITY, parseQuantity, QUANTITY_SCALE } from '../../src/streaks/quantity.ts'

const read = (digits: string) => {
  const parsed = parseQuantity(digits)
  return parsed.ok ? formatQuantity(parsed.value) : parsed.reason
}

describe('quantities', () => {
  it.each([
    ['0', '0'],
    ['-0', '0'],
    ['0.000000000000', '0'],
    ['5.50', '5.5'],
    ['1e3', '1000'],
    ['1.5E+2', '150'],
    ['1e-6', '0.000001'],
    ['10000000e-13', '0.000001'],
    ['0.10000000000000000000', '0.1'],
    ['1000000000', '1000000000'],
    ['1000000000.000000', '1000000000'],
    ['1000000000.000001', 'too_large'],
    ['1e10', 'too_large'],
    ['1e999999999', 'too_large'],
    ['0.0000001', 'too_many_decimals'],
    ['1e-7', 'too_many_decimals'],
    ['1e-999999999', 'too_many_decimals'],
    ['-0.5', 'negative'],
    ['"5"', 'not_a_number'],
    ['', 'not_a_number'],
    ['NaN', 'not_a_number'],
    ['1_000', 'not_a_number'],
  ])('reads %s as %s', (digits, expected) => {
    expect(read(digits)).toBe(expected)
  })

  it('reads back what it wrote, for every value in range', () => {
    fc.assert(
      fc.property(fc.bigInt({ min: 0n, max: MAX_QUANTITY }), (value) => {
        expect(parseQuantity(formatQuantity(value))).toEqual({ ok: true, value })
      }),
    )
  })

  it('reads the same value however its digits are shifted by an exponent', () => {
    fc.assert(
      fc.property(
        fc.bigInt({ min: 0n, max: MAX_QUANTITY }),
        fc.integer({ min: -30, max: 30 }),
        (value, shift) => {
          // value × 10^-6, with the point moved by `shift` places and moved back by the exponent
          const digits = `${value}${'0'.repeat(Math.max(0, -shift))}e${-6 + Math.min(0, shift)}`
          expect(parseQuantity(digits)).toEqual({ ok: true, value })
        },
      ),
    )
  })

  it('takes no longer over a million zeros than over the digits around them', () => {
    expect(read(`1${'0'.repeat(1_000_000)}1`)).toBe('too_large')
    expect(read(`5.${'0'.repeat(1_000_000)}`)).toBe('5')
    expect(QUANTITY_SCALE).toBe(1_000_000n)
  })
})
