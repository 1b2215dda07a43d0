import { describe, expect, it } from '@jest/globals'
import type { Row } from '../../../src/ports/schema.ts'
import type { Change } from '../../../src/ports/store.ts'
import { commitSettled, newAccount, rowById, rowsOf, type StoreContext, seed } from './context.ts'
import { row } from './rows.ts'

type Item = Row<'delivery_item'>

/** A store may write the rows of one commit together; each still has a guard and values of its own. */
export function describeManyUpdates({ store }: StoreContext): void {
  describe('many updates in one commit', () => {
    const settle = (item: Item, guard: Partial<Item>, set: Partial<Item>): Change => {
      const { id, accountId } = item
      return { op: 'update', collection: 'delivery_item', id, accountId, guard, set }
    }
    const seedItems = async (count: number, accountId = newAccount()): Promise<Item[]> => {
      const items = Array.from({ length: count }, (_, at) =>
        row('delivery_item', { accountId, status: 'pending', attempt: at, dueAt: at, receivedAt: 1_000 }),
      )
      await seed(store(), 'delivery_item', items)
      return items
    }

    it('give each row the fields that are set for it, and no other', async () => {
      const items = await seedItems(8)
      const sets: Partial<Item>[] = [
        { status: 'counted', streakLogId: newAccount(), dueAt: null, updatedAt: 7 },
        { status: 'failed', reason: '$status', message: '$$ROOT {"$literal": 1} it’s' },
        { report: { object: '$x', kind: 'refund', state: 'open', amount: '1.50', currency: null } },
        { report: { $set: { status: 1 }, 'a.b': ['$id', null] } as never },
        { dueAt: null },
        { message: 'x'.repeat(20_000), reason: '' },
        { dueAt: 1_700_000_000_001, ruleIndex: -3 },
        {},
      ]
      const changes = items.map((item, at) => settle(item, { attempt: at }, sets[at]!))
      expect(await commitSettled(store(), changes)).toEqual({ outcome: 'committed' })
      for (const [at, item] of items.entries()) {
        expect(await rowById(store(), 'delivery_item', item.id)).toEqual({ ...item, ...sets[at] })
      }
    })

    it('keep quantities to the last digit', async () => {
      const accountId = newAccount()
      const values = [0n, 1n, 1_000_000n, 10n ** 27n + 1n]
      const rows = values.map(() => row('streak_progress', { accountId }))
      await seed(store(), 'streak_progress', rows)
      const result = await commitSettled(
        store(),
        rows.map(({ id }, at): Change => {
          const set = { currentProgressValue: values[at]!, completed: at > 1 }
          const guard = { currentProgressValue: 0n, completed: false }
          return { op: 'update', collection: 'streak_progress', id, accountId, guard, set }
        }),
      )
      expect(result).toEqual({ outcome: 'committed' })
      const stored = await rowsOf(store(), 'streak_progress', accountId)
      const byId = new Map(stored.map((each) => [each.id, each.currentProgressValue]))
      expect(rows.map(({ id }) => byId.get(id))).toEqual(values)
    })

    it.each<[string, (item: Item) => Change]>([
      ['a guard that fails', (item) => settle(item, { attempt: 99 }, { attempt: 100 })],
      ['a guard of another field', (item) => settle(item, { status: 'failed' }, { attempt: 100 })],
      ['the guard of its neighbour', (item) => settle(item, { attempt: item.attempt - 1 }, { attempt: 100 })],
      ['a guard of null', (item) => settle(item, { dueAt: null }, { attempt: 100 })],
      [
        'a row that is not there',
        (item) => settle({ ...item, id: newAccount() }, { attempt: item.attempt }, { attempt: 100 }),
      ],
      [
        'a row of another account',
        (item) => settle({ ...item, accountId: newAccount() }, { attempt: item.attempt }, { attempt: 100 }),
      ],
    ])('are undone by %s', async (_, last) => {
      const items = await seedItems(6)
      const changes = [
        ...items.slice(0, -1).map((item) => settle(item, { attempt: item.attempt }, { attempt: 100 })),
        last(items.at(-1)!),
      ]
      const result = await commitSettled(store(), changes)
      expect(result).toMatchObject({ outcome: 'conflict', reason: 'changed', collection: 'delivery_item' })
      for (const item of items) expect(await rowById(store(), 'delivery_item', item.id)).toEqual(item)
    })

    it('hand a unique value on in the order given', async () => {
      const accountId = newAccount()
      const members = ['c', 'b', 'a'].map((externalId) => row('member', { accountId, externalId }))
      await seed(store(), 'member', members)
      const next = ['d', 'c', 'b']
      const changes = members.map(({ id }, at): Change => {
        const set = { externalId: next[at]! }
        return { op: 'update', collection: 'member', id, accountId, guard: { revision: 0 }, set }
      })
      expect(await commitSettled(store(), changes)).toEqual({ outcome: 'committed' })
      for (const [at, { id }] of members.entries()) {
        expect((await rowById(store(), 'member', id))?.externalId).toBe(next[at])
      }
    })

    it('may be as long as they like', async () => {
      const items = await seedItems(520)
      const message = '…'.repeat(8_100)
      const changes = items.map((item, at) =>
        settle(item, { attempt: item.attempt }, { message: message + at, attempt: 1_000 }),
      )
      expect(await commitSettled(store(), changes)).toEqual({ outcome: 'committed' })
      const last = await rowById(store(), 'delivery_item', items.at(-1)!.id)
      expect(last).toMatchObject({ message: `${message}519`, attempt: 1_000 })
    })

    it('reach rows of several accounts, more than a thousand of them', async () => {
      const items = [...(await seedItems(800)), ...(await seedItems(700))]
      const changes = items.map((item) =>
        settle(item, { status: 'pending' }, { status: 'counted', updatedAt: item.attempt + 1 }),
      )
      expect(await commitSettled(store(), changes)).toEqual({ outcome: 'committed' })
      for (const { accountId } of [items[0]!, items.at(-1)!]) {
        const stored = await rowsOf(store(), 'delivery_item', accountId)
        expect(stored.every(({ status }) => status === 'counted')).toBe(true)
        expect(stored.every(({ attempt, updatedAt }) => updatedAt === attempt + 1)).toBe(true)
      }
    })
  })
}
