import { randomUUID } from 'node:crypto'
import { beforeAll, describe, expect, it } from '@jest/globals'
import type { FieldName } from '../../../src/ports/schema.ts'
import { newAccount, type StoreContext, seed } from './context.ts'
import { bySort } from './oracle.ts'
import { row } from './rows.ts'
import { INSTANTS, INTEGERS, QUANTITIES, TEXTS } from './values.ts'

const ROWS = 60

/** Sorting, paging, leaving fields out, counting, and finding by keys. */
export function describeQueries({ store }: StoreContext): void {
  const cycle = <T>(values: readonly T[], at: number): T => values[at % values.length] as T

  describe('a query', () => {
    const accountId = newAccount()
    const where = { field: 'accountId', op: 'eq', value: accountId } as const
    const streaks = Array.from({ length: ROWS }, (_, at) =>
      row('streak', {
        accountId,
        name: cycle(TEXTS, at),
        completionTargetValue: cycle([null, ...INTEGERS], at),
        aggregationTargetValue: cycle(QUANTITIES, at * 5),
        hasLogs: at % 3 === 0,
        createdAt: cycle(INSTANTS, at),
      }),
    )
    beforeAll(() => seed(store(), 'streak', streaks))

    const sortFields: FieldName<'streak'>[] = [
      'name',
      'completionTargetValue',
      'aggregationTargetValue',
      'hasLogs',
      'createdAt',
      'id',
    ]
    it.each(sortFields.flatMap((field) => [[field, 'asc'] as const, [field, 'desc'] as const]))(
      'sorts by %s %s, nulls lowest and ties by id',
      async (field, order) => {
        const sort = [
          { field, order },
          { field: 'id', order: 'asc' },
        ] as const
        const found = await store().find('streak', { where, sort, limit: 1_000 })
        expect(found).toEqual([...streaks].sort(bySort(sort)))
      },
    )

    it('sorts by several fields in both directions', async () => {
      const sort = [
        { field: 'hasLogs', order: 'desc' },
        { field: 'completionTargetValue', order: 'asc' },
        { field: 'name', order: 'desc' },
        { field: 'id', order: 'desc' },
      ] as const
      const found = await store().find('streak', { where, sort, limit: 1_000 })
      expect(found).toEqual([...streaks].sort(bySort(sort)))
    })

    it('gives each row once over pages of offset and limit', async () => {
      const sort = [
        { field: 'createdAt', order: 'desc' },
        { field: 'id', order: 'asc' },
      ] as const
      const sorted = [...streaks].sort(bySort(sort))
      for (let offset = 0; offset <= ROWS + 7; offset += 7) {
        const page = await store().find('streak', { where, sort, offset, limit: 7 })
        expect(page).toEqual(sorted.slice(offset, offset + 7))
      }
    })

    it('stops at its limit without a sort', async () => {
      expect(await store().find('streak', { where, limit: 4 })).toHaveLength(4)
      expect(await store().find('streak', { limit: 1 })).toHaveLength(1)
    })

    it('leaves omitted fields out of the row', async () => {
      const [found] = await store().find('streak', {
        where,
        omit: ['description', 'aggregationTargetValue'],
        limit: 1,
      })
      const {
        description: _,
        aggregationTargetValue: __,
        ...rest
      } = streaks.find(({ id }) => id === found?.id) ?? row('streak')
      expect(found).toEqual(rest)
      expect(Object.keys(found ?? {}).sort()).toEqual(Object.keys(rest).sort())
    })

    it('may sort and filter by a field it omits', async () => {
      const sort = [
        { field: 'name', order: 'asc' },
        { field: 'id', order: 'asc' },
      ] as const
      const conditions = [where, { field: 'hasLogs', op: 'eq', value: true }] as const
      const found = await store().find('streak', {
        where: { and: conditions },
        sort,
        omit: ['name', 'hasLogs'],
        limit: 100,
      })
      const expected = [...streaks].filter((each) => each.hasLogs).sort(bySort(sort))
      expect(found.map(({ id }) => id)).toEqual(expected.map(({ id }) => id))
    })

    it('gives nothing where nothing matches', async () => {
      const nobody = { field: 'accountId', op: 'eq', value: newAccount() } as const
      expect(await store().find('streak', { where: nobody, limit: 10 })).toEqual([])
      expect(await store().count('streak', nobody, 10)).toBe(0)
    })

    it('answers the same when it is bounded, and what was just written', async () => {
      const added = row('streak', { accountId: newAccount(), name: 'just written' })
      await seed(store(), 'streak', [added])
      const own = { field: 'accountId', op: 'eq', value: added.accountId } as const
      expect(await store().find('streak', { where: own, limit: 5, bounded: true })).toEqual([added])
      expect(await store().count('streak', own, 5, true)).toBe(1)
      const query = {
        where,
        sort: [
          { field: 'name', order: 'desc' },
          { field: 'id', order: 'asc' },
        ],
        offset: 7,
        limit: 20,
        omit: ['description'],
      } as const
      expect(await store().find('streak', { ...query, bounded: true })).toEqual(
        await store().find('streak', query),
      )
      expect(await store().count('streak', where, 10, true)).toBe(10)
      expect(await store().find('streak', { limit: 1, bounded: true })).toHaveLength(1)
    })

    it('counts up to its maximum', async () => {
      expect(await store().count('streak', where, ROWS + 1)).toBe(ROWS)
      expect(await store().count('streak', where, ROWS)).toBe(ROWS)
      expect(await store().count('streak', where, ROWS - 1)).toBe(ROWS - 1)
      expect(await store().count('streak', where, 1)).toBe(1)
    })
  })

  describe('finding by keys', () => {
    const accountId = newAccount()
    const streakId = randomUUID()
    const logs = Array.from({ length: 700 }, (_, at) =>
      row('streak_log', {
        accountId,
        streakId,
        ownedById: `member-${at % 70}`,
        uniqueIdentifier: `order-${at}`,
        periodNumber: at % 7,
        effectiveValue: BigInt(at) * 10n ** 20n,
      }),
    )
    beforeAll(() => seed(store(), 'streak_log', logs))

    const uniqueFields = ['accountId', 'ownedById', 'streakId', 'uniqueIdentifier'] as const
    const keyOf = (log: (typeof logs)[number] | undefined) => uniqueFields.map((field) => log?.[field] ?? '')
    const byId = <T extends { id: string }>(rows: readonly T[]) =>
      [...rows].sort((a, b) => (a.id < b.id ? -1 : 1))

    it('gives nothing for no keys', async () => {
      expect(await store().findByKeys('streak_log', uniqueFields, [])).toEqual([])
    })

    it('gives the row of one key', async () => {
      expect(await store().findByKeys('streak_log', uniqueFields, [keyOf(logs[5])])).toEqual([logs[5]])
      expect(await store().findByKeys('streak_log', ['id'], [[logs[6]?.id ?? '']])).toEqual([logs[6]])
    })

    it('gives the rows of 600 keys, and none for the unknown ones among them', async () => {
      const keys = logs.slice(0, 597).map(keyOf)
      const unknown = [
        [accountId, 'member-0', streakId, 'order-none'],
        [newAccount(), 'member-0', streakId, 'order-0'],
        [accountId, 'member-1', streakId, 'order-0'],
      ]
      const found = await store().findByKeys('streak_log', uniqueFields, [...unknown, ...keys])
      expect(byId(found)).toEqual(byId(logs.slice(0, 597)))
    })

    it('gives 600 rows by id', async () => {
      const found = await store().findByKeys(
        'streak_log',
        ['id'],
        logs.slice(0, 600).map(({ id }) => [id]),
      )
      expect(byId(found)).toEqual(byId(logs.slice(0, 600)))
    })

    it('tells texts of every kind apart', async () => {
      const own = newAccount()
      const members = TEXTS.map((externalId) => row('member', { accountId: own, externalId }))
      await seed(store(), 'member', members)
      const find = (texts: readonly string[]) =>
        store().findByKeys(
          'member',
          ['accountId', 'externalId'],
          texts.map((text) => [own, text]),
        )
      expect(byId(await find(TEXTS))).toEqual(byId(members))
      for (const [at, text] of TEXTS.entries()) expect(await find([text])).toEqual([members[at]])
    })

    it('gives a row once when its key is given twice', async () => {
      expect(await store().findByKeys('streak_log', uniqueFields, [keyOf(logs[1]), keyOf(logs[1])])).toEqual([
        logs[1],
      ])
    })

    it('gives all rows of a key that several share', async () => {
      const keys = [3, 4].map((at) => [accountId, `member-${at}`, streakId])
      const found = await store().findByKeys('streak_log', ['accountId', 'ownedById', 'streakId'], keys)
      expect(byId(found)).toEqual(
        byId(logs.filter(({ ownedById }) => ['member-3', 'member-4'].includes(ownedById))),
      )
    })

    it('takes integers, quantities and booleans as parts of keys', async () => {
      const byPeriod = await store().findByKeys(
        'streak_log',
        ['accountId', 'ownedById', 'streakId', 'periodNumber'],
        [[accountId, 'member-3', streakId, 3]],
      )
      expect(byPeriod.length).toBeGreaterThan(0)
      expect(byId(byPeriod)).toEqual(
        byId(logs.filter((log) => log.ownedById === 'member-3' && log.periodNumber === 3)),
      )
      const value = 699n * 10n ** 20n
      const byValue = await store().findByKeys(
        'streak_log',
        ['accountId', 'effectiveValue'],
        [[accountId, value]],
      )
      expect(byValue).toEqual([logs[699]])
      const run = row('run', { accountId, breakable: true, lastPeriod: 9 })
      await seed(store(), 'run', [run, row('run', { accountId, breakable: false, lastPeriod: 9 })])
      const key = [accountId, run.ownedById, run.streakId, true]
      expect(
        await store().findByKeys('run', ['accountId', 'ownedById', 'streakId', 'breakable'], [key]),
      ).toEqual([run])
    })
  })
}
