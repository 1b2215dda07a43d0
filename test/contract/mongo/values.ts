import { describe, expect, it } from '@jest/globals'
import fc from 'fast-check'
import mongoose from 'mongoose'
import type { Condition } from '../../../src/ports/store.ts'
import { decodeQuantity, encodeQuantity } from '../../../src/store/mongo/quantity.ts'
import { newAccount, rowById, rowsOf, seed } from '../store/context.ts'
import { row } from '../store/rows.ts'
import type { MongoContext } from './context.ts'

/** Values that mean something to MongoDB itself. */
export function describeValues({ store }: MongoContext): void {
  describe('a quantity', () => {
    const upTo34Digits = fc.bigInt({ min: -(10n ** 34n) + 1n, max: 10n ** 34n - 1n })

    it('is stored as the decimal number that it is, and comes back', () => {
      fc.assert(
        fc.property(upTo34Digits, (value) => {
          const stored = encodeQuantity(value)
          expect(stored.toString()).toBe(mongoose.Types.Decimal128.fromString(`${value}E-6`).toString())
          expect(decodeQuantity(stored)).toBe(value)
        }),
      )
    })

    it('is read as written by hand, and refused when it is no whole number of millionths', () => {
      const decimal = (text: string) => mongoose.Types.Decimal128.fromString(text)
      expect(decodeQuantity(decimal('12.5'))).toBe(12_500_000n)
      expect(decodeQuantity(decimal('-3'))).toBe(-3_000_000n)
      for (const text of ['0.1234567', '1E+3', 'NaN'])
        expect(() => decodeQuantity(decimal(text))).toThrow(RangeError)
      expect(() => encodeQuantity(10n ** 34n)).toThrow(RangeError)
    })
  })

  it.each([[{ $ne: null }], [{ $gt: '' }], [['a']], [null], [undefined], [1]])(
    'never takes %j for a text, so nobody can slip in an operator',
    async (value) => {
      const accountId = newAccount()
      await seed(store(), 'streak', [row('streak', { accountId })])
      const slipped = value as never
      const where = { field: 'name', op: 'eq', value: slipped } as Condition<'streak'>
      await expect(store().find('streak', { where, limit: 1 })).rejects.toThrow(TypeError)
      await expect(store().findByKeys('streak', ['id'], [[slipped]])).rejects.toThrow(TypeError)
      const target = { op: 'delete', collection: 'streak', accountId } as const
      await expect(store().commit([{ ...target, id: slipped }])).rejects.toThrow(TypeError)
      const guarded = { ...target, id: 'x', guard: { name: slipped } }
      await expect(store().commit([guarded])).rejects.toThrow(TypeError)
      await expect(store().commit([guarded, { ...guarded, op: 'update', set: {} }])).rejects.toThrow(
        TypeError,
      )
      expect(await rowsOf(store(), 'streak', accountId)).toHaveLength(1)
    },
  )

  it('keeps JSON whose keys are operators, paths or prototypes of somebody', async () => {
    const settings = JSON.parse(
      '{"$set":{"a.b":1},"__proto__":{"x":[null]},"constructor":"","":{"$gt":0}}',
    ) as object
    const provider = row('coupon_provider', { settings: settings as Record<string, unknown> })
    await seed(store(), 'coupon_provider', [provider])
    const read = await rowById(store(), 'coupon_provider', provider.id)
    expect(JSON.stringify(read?.settings)).toBe(JSON.stringify(settings))
  })

  it('finds texts that hold NUL, and texts longer than any regular expression', async () => {
    const accountId = newAccount()
    const long = 'x'.repeat(40_000)
    const streaks = ['a\0b', 'ab', `${long}y`].map((name) => row('streak', { accountId, name }))
    await seed(store(), 'streak', streaks)
    const found = async (op: 'contains' | 'startsWith', value: string) => {
      const where: Condition<'streak'> = {
        and: [
          { field: 'accountId', op: 'eq', value: accountId },
          { field: 'name', op, value },
        ],
      }
      return (await store().find('streak', { where, limit: 9 })).map(({ name }) => name)
    }
    for (const op of ['contains', 'startsWith'] as const) {
      expect(await found(op, 'a\0')).toEqual(['a\0b'])
      expect(await found(op, long)).toEqual([`${long}y`])
    }
  })
}
