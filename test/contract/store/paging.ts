import { beforeAll, describe, expect, it } from '@jest/globals'
import { change } from '../../../src/ports/changes.ts'
import { all, beyond, equal } from '../../../src/ports/conditions.ts'
import { eachRow, pagesOf } from '../../../src/ports/paging.ts'
import type { Row } from '../../../src/ports/schema.ts'
import { newAccount, type StoreContext, seed } from './context.ts'
import { bySort } from './oracle.ts'
import { row } from './rows.ts'

const PAGE = 500
const TIES = 5

/** Reading more rows than one read gives. */
export function describePaging({ store }: StoreContext): void {
  describe('pages', () => {
    const accountId = newAccount()
    const streaks = Array.from({ length: 2 * PAGE }, (_, at) =>
      row('streak', { accountId, name: 'old', createdAt: 1_000 + Math.floor(at / TIES) }),
    )
    const ids = streaks.map(({ id }) => id).toSorted()
    beforeAll(() => seed(store(), 'streak', streaks))

    it('hold every row once, in the order of their ids', async () => {
      const sizes: number[] = []
      const found: string[] = []
      for await (const page of pagesOf(store(), 'streak', equal({ accountId }))) {
        sizes.push(page.length)
        found.push(...page.map(({ id }) => id))
      }
      expect(sizes).toEqual([PAGE, PAGE])
      expect(found).toEqual(ids)
    })

    it('are read as they are asked for, whatever became of the rows before', async () => {
      const found: string[] = []
      for await (const streak of eachRow(store(), 'streak', equal({ accountId, name: 'old' }))) {
        found.push(streak.id)
        if (found.length > PAGE) continue
        await store().commit([change('streak', streak, {}, { name: 'new' })])
      }
      expect(found).toEqual(ids)
    })

    it('are none where no row matches', async () => {
      const nobodys = equal<'streak'>({ accountId: newAccount() })
      for await (const page of pagesOf(store(), 'streak', nobodys)) expect(page).toBeNull()
    })

    it.each(['asc', 'desc'] as const)('go on beyond a row, %s, ties by id', async (order) => {
      const sort = [
        { field: 'createdAt', order },
        { field: 'id', order: 'asc' },
      ] as const
      const sorted = [...streaks].sort(bySort(sort)).map(({ id }) => id)
      let last: Row<'streak'> | undefined
      for (const limit of [1, 2, TIES, TIES + 1, PAGE]) {
        const after: typeof last = last
        const where = all<'streak'>(
          equal({ accountId }),
          after === undefined ? null : beyond('createdAt', order, after),
        )
        const page = await store().find('streak', { where, sort, limit })
        expect(page.map(({ id }) => id)).toEqual(sorted.splice(0, limit))
        last = page.at(-1)
      }
    })
  })
}
