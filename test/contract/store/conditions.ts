import { beforeAll, describe, expect, it } from '@jest/globals'
import fc from 'fast-check'
import type { FieldType } from '../../../src/ports/schema/spec.ts'
import type { CollectionName, Row } from '../../../src/ports/schema.ts'
import { specOf } from '../../../src/ports/schema.ts'
import type { Condition, Scalar } from '../../../src/ports/store.ts'
import { newAccount, type StoreContext, seed } from './context.ts'
import { conditionsOn, matches } from './oracle.ts'
import { row } from './rows.ts'
import { INSTANTS, INTEGERS, QUANTITIES, TEXTS } from './values.ts'

const ROWS = 60

const VALUES: Readonly<Partial<Record<FieldType, readonly Scalar[]>>> = {
  id: TEXTS,
  text: TEXTS,
  integer: INTEGERS,
  boolean: [false, true],
  instant: INSTANTS,
  quantity: QUANTITIES,
}

/** The fields compared: every type, where there is one with nulls and one without. */
const SUBJECTS = [
  {
    collection: 'streak',
    fields: ['name', 'completionTargetValue', 'hasLogs', 'aggregationTargetValue', 'createdAt'],
  },
  { collection: 'member', fields: ['email', 'revision'] },
  { collection: 'reward_log', fields: ['rewardIssuedAt', 'couponCode'] },
  { collection: 'streak_log', fields: ['activityValue', 'deliveryId', 'rewardLogIds'] },
  { collection: 'delivery', fields: ['body', 'headers'] },
] as const satisfies readonly { collection: CollectionName; fields: readonly string[] }[]

/** Rows of one account that hold every value of each field, each field in a rhythm of its own, nulls between. */
function variedRows(collection: CollectionName, fields: readonly string[], accountId: string) {
  return Array.from({ length: ROWS }, (_, at) => {
    const given: Record<string, unknown> = { accountId }
    for (const [place, name] of fields.entries()) {
      const spec = specOf(collection).fields[name]
      const values: unknown[] = [...((spec && VALUES[spec.type]) ?? [])]
      if (spec?.type === 'json') values.push({ a: 1 })
      if (spec?.type === 'bytes') values.push(new Uint8Array([1]))
      if (spec?.nullable) values.push(null)
      given[name] = values[(at + place * Math.floor(at / values.length)) % values.length]
    }
    return row(collection, given as Partial<Row<CollectionName>>)
  })
}

/** The meaning of every operator on every type, compared with the oracle; and of `and` and `or` over them. */
export function describeConditions({ store }: StoreContext): void {
  for (const { collection, fields } of SUBJECTS) {
    describe(`a condition on ${collection}`, () => {
      const accountId = newAccount()
      const rows = variedRows(collection, fields, accountId)
      const all = fields.flatMap((field) => conditionsOn(collection, field, VALUES))

      beforeAll(async () => {
        await seed(store(), collection, rows)
        await seed(store(), collection, variedRows(collection, fields, newAccount()))
      })

      /** Finds and counts inside the account, and expects what the oracle says. */
      async function expectAsOracle(condition: Condition): Promise<void> {
        const where = { and: [{ field: 'accountId', op: 'eq', value: accountId }, condition] } as Condition<
          typeof collection
        >
        const found = await store().find(collection, { where, limit: 1_000 })
        const expected = rows.filter((each) => matches(each, condition))
        const ids = (each: readonly { id: string }[]) => each.map(({ id }) => id).sort()
        expect({ condition, ids: ids(found) }).toEqual({ condition, ids: ids(expected) })
        expect(await store().count(collection, where, 1_000)).toBe(expected.length)
      }

      it.each(fields.map(String))('matches as the port says, by %s', async (field) => {
        const conditions = conditionsOn(collection, field, VALUES)
        for (const condition of conditions) await expectAsOracle(condition as Condition)
        expect(conditions.length).toBeGreaterThanOrEqual(2)
      })

      it('matches as the port says, nested in and and or', async () => {
        const leaf: fc.Arbitrary<Condition> = fc.constantFrom(...(all as Condition[]))
        const tree = fc.letrec<{ node: Condition }>((tie) => ({
          node: fc.oneof(
            { depthSize: 'small', withCrossShrink: true },
            leaf,
            fc.record({ and: fc.array(tie('node'), { maxLength: 3 }) }) as fc.Arbitrary<Condition>,
            fc.record({ or: fc.array(tie('node'), { maxLength: 3 }) }) as fc.Arbitrary<Condition>,
          ),
        })).node
        await fc.assert(fc.asyncProperty(tree, expectAsOracle), { numRuns: 80 })
      })
    })
  }

  describe('a condition without parts', () => {
    it('matches everything as an and, nothing as an or', async () => {
      const accountId = newAccount()
      await seed(store(), 'streak', [row('streak', { accountId })])
      const count = (condition: Condition<'streak'>) =>
        store().count('streak', { and: [{ field: 'accountId', op: 'eq', value: accountId }, condition] }, 10)
      expect(await count({ and: [] })).toBe(1)
      expect(await count({ or: [] })).toBe(0)
      expect(await store().find('streak', { where: { or: [] }, limit: 10 })).toEqual([])
      expect((await store().find('streak', { where: { and: [] }, limit: 1 })).length).toBe(1)
    })
  })
}
