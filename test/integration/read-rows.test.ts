import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import fc from 'fast-check'
import { readRows } from '../../src/http/list/read-rows.ts'
import type { ClassTerm, FieldTerm, Terms } from '../../src/http/list/sort.ts'
import type { Row } from '../../src/ports/schema.ts'
import { newAccount, seed } from '../contract/store/context.ts'
import { bySort } from '../contract/store/oracle.ts'
import { row } from '../contract/store/rows.ts'
import { openTempStore, type TempStore } from '../helpers/sqlite-store.ts'

type Streak = Row<'streak'>

const accountId = newAccount()
const where = { field: 'accountId', op: 'eq', value: accountId } as const
/** Few values of each kind, so that groups of equals are large and cut by most pages. */
const streaks = Array.from({ length: 90 }, (_, at) =>
  row('streak', {
    accountId,
    name: ['a', 'Z', 'é'][at % 3]!,
    status: (['draft', 'live', 'paused'] as const)[Math.floor(at / 4) % 3]!,
    completionTargetValue: [null, 1, 2, null, 10][at % 5]!,
    hasLogs: at % 7 < 3,
    createdAt: 1_700_000_000_000 + (at % 4),
  }),
)
const STATUSES = ['live', 'draft', 'paused'] as const
/** As a field would be that is computed: live first, which is no order of the words. */
const byStatus: ClassTerm<'streak'> = {
  classes: STATUSES.map((value) => ({ field: 'status', op: 'eq', value })),
  classOf: ({ status }) => STATUSES.indexOf(status),
}
const byId: FieldTerm<'streak'> = { field: 'id', order: 'asc' }

let temp: TempStore
beforeAll(async () => {
  temp = await openTempStore()
  await seed(temp.store, 'streak', streaks)
})
afterAll(() => temp.close())

/** The whole list, said plainly: the rank of a status stands in for the computed field. */
function expected(terms: Terms<'streak'>): string[] {
  const ranked = streaks.map((streak) => ({ ...streak, rank: STATUSES.indexOf(streak.status) }))
  const sort = terms.map((term) => ('classes' in term ? { field: 'rank', order: 'asc' as const } : term))
  return ranked.sort(bySort(sort)).map(({ id }) => id)
}

const fieldTerms = fc
  .shuffledSubarray(['name', 'completionTargetValue', 'hasLogs', 'createdAt'] as const, { maxLength: 3 })
  .chain((fields) =>
    fc.tuple(
      ...fields.map((field) =>
        fc.constantFrom('asc', 'desc').map((order): FieldTerm<'streak'> => ({ field, order })),
      ),
    ),
  )

describe('reading a page of rows', () => {
  it('gives the same rows as sorting everything, wherever the computed field stands and the page begins', async () => {
    const page = fc.record({ offset: fc.nat({ max: 95 }), limit: fc.integer({ min: 1, max: 95 }) })
    await fc.assert(
      fc.asyncProperty(
        fieldTerms,
        fc.option(fc.nat({ max: 3 })),
        page,
        async (fields, at, { offset, limit }) => {
          const terms: Terms<'streak'> = [
            ...(at === null ? fields : fields.toSpliced(at, 0, byStatus as never)),
            byId,
          ]
          const source = { store: temp.store, collection: 'streak' as const }
          const found = await readRows(source, terms, { where, offset, limit })
          expect(found.map(({ id }) => id)).toEqual(expected(terms).slice(offset, offset + limit))
        },
      ),
      { numRuns: 600 },
    )
  })

  it('shows a row once that changes its class while the page is read', async () => {
    const [moved] = expected([byStatus, byId])
    const store = new Proxy(temp.store, {
      get(target, name) {
        const member = Reflect.get(target, name)
        if (name !== 'find') return typeof member === 'function' ? member.bind(target) : member
        return async (...input: Parameters<typeof target.find>) => {
          const rows = (await target.find(...input)) as Streak[]
          // whatever the class that is read, the first row is just becoming one of it
          const first = streaks.find(({ id }) => id === moved) as Streak
          return rows.some(({ id }) => id === moved) ? rows : [first, ...rows]
        }
      },
    })
    const found = await readRows({ store, collection: 'streak' }, [byStatus, byId], {
      where,
      offset: 0,
      limit: 95,
    })
    const ids = found.map(({ id }) => id)
    expect(new Set(ids).size).toBe(ids.length)
    expect(ids).toHaveLength(streaks.length)
  })
})
