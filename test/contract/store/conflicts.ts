import { randomUUID } from 'node:crypto'
import { describe, expect, it } from '@jest/globals'
import type { CollectionName, Row } from '../../../src/ports/schema.ts'
import { commitSettled, insert, newAccount, rowById, rowsOf, type StoreContext, seed } from './context.ts'
import { row } from './rows.ts'

/** Guards, unique indexes and tenants: what a commit refuses, and how it says so. */
export function describeConflicts({ store }: StoreContext): void {
  const journey = () => ({ accountId: newAccount(), ownedById: randomUUID(), streakId: randomUUID() })

  /** Inserts `first`, then expects `second` to be refused by the named index and to leave nothing behind. */
  async function expectDuplicate<C extends CollectionName>(
    collection: C,
    first: Row<C>,
    second: Row<C>,
    index: string,
  ): Promise<void> {
    await seed(store(), collection, [first])
    const result = await commitSettled(store(), [insert(collection, second)])
    expect(result).toEqual({ outcome: 'conflict', reason: 'duplicate', collection, index })
    expect(await rowsOf(store(), collection, first.accountId)).toEqual([first])
  }

  describe('a guard', () => {
    it('that holds lets an update and a delete pass', async () => {
      const accountId = newAccount()
      const reward = row('reward_log', {
        accountId,
        standing: true,
        revision: 2,
        fulfilmentStatus: 'pending',
      })
      await seed(store(), 'reward_log', [reward])
      const target = { collection: 'reward_log', id: reward.id, accountId } as const
      const guard = { standing: true, revision: 2, fulfilmentStatus: 'pending', dueAt: null } as const
      expect(await store().commit([{ ...target, op: 'update', guard, set: { revision: 3 } }])).toEqual({
        outcome: 'committed',
      })
      expect(await store().commit([{ ...target, op: 'delete', guard: { revision: 3 } }])).toEqual({
        outcome: 'committed',
      })
      expect(await rowsOf(store(), 'reward_log', accountId)).toEqual([])
    })

    it.each([
      ['another integer', { revision: 9 }],
      ['another boolean', { standing: false }],
      ['another text', { fulfilmentStatus: 'held' }],
      ['a text where there is null', { couponCode: 'STREAK7' }],
      ['null where there is an instant', { dueAt: null }],
      ['one field of two that differs', { revision: 2, standing: false }],
    ] as const)('that names %s stops an update and a delete', async (_case, guard) => {
      const accountId = newAccount()
      const reward = row('reward_log', {
        accountId,
        standing: true,
        revision: 2,
        fulfilmentStatus: 'pending',
        dueAt: 1_700_000_000_000,
      })
      await seed(store(), 'reward_log', [reward])
      const target = { collection: 'reward_log', id: reward.id, accountId, guard } as const
      const changed = { outcome: 'conflict', reason: 'changed', collection: 'reward_log' }
      expect(await store().commit([{ ...target, op: 'update', set: { attempt: 8 } }])).toMatchObject(changed)
      expect(await store().commit([{ ...target, op: 'delete' }])).toMatchObject(changed)
      expect(await rowsOf(store(), 'reward_log', accountId)).toEqual([reward])
    })

    it('compares exact quantities', async () => {
      const accountId = newAccount()
      const log = row('streak_log', { accountId, effectiveValue: 9_007_199_254_740_993n })
      await seed(store(), 'streak_log', [log])
      const update = (effectiveValue: bigint) =>
        store().commit([
          {
            op: 'update',
            collection: 'streak_log',
            id: log.id,
            accountId,
            guard: { effectiveValue },
            set: { effectiveValue: 0n },
          },
        ])
      expect(await update(9_007_199_254_740_992n)).toMatchObject({ outcome: 'conflict', reason: 'changed' })
      expect(await update(9_007_199_254_740_993n)).toEqual({ outcome: 'committed' })
    })

    it('fails on a row that does not exist, with or without fields', async () => {
      const accountId = newAccount()
      const target = { collection: 'member', id: randomUUID(), accountId } as const
      const changed = { outcome: 'conflict', reason: 'changed', collection: 'member' }
      expect(await store().commit([{ ...target, op: 'update', set: { revision: 1 } }])).toMatchObject(changed)
      expect(await store().commit([{ ...target, op: 'delete' }])).toMatchObject(changed)
      expect(
        await store().commit([{ ...target, op: 'update', guard: { email: null }, set: { revision: 1 } }]),
      ).toMatchObject(changed)
    })
  })

  describe('a tenant', () => {
    it('cannot update or delete the row of another', async () => {
      const member = row('member', { accountId: newAccount() })
      await seed(store(), 'member', [member])
      const target = { collection: 'member', id: member.id, accountId: newAccount() } as const
      const changed = { outcome: 'conflict', reason: 'changed', collection: 'member' }
      expect(await store().commit([{ ...target, op: 'update', set: { firstName: 'Eve' } }])).toMatchObject(
        changed,
      )
      expect(await store().commit([{ ...target, op: 'delete' }])).toMatchObject(changed)
      expect(await rowById(store(), 'member', member.id)).toEqual(member)
    })

    it('may use the unique values of another', async () => {
      for (const accountId of [newAccount(), newAccount()]) {
        await seed(store(), 'member', [row('member', { accountId, externalId: 'customer-1' })])
      }
    })
  })

  describe('a unique index', () => {
    it('keeps ids unique in every collection', async () => {
      const member = row('member', { accountId: newAccount() })
      await expectDuplicate('member', member, row('member', { ...member, externalId: 'other' }), 'id')
    })

    it('keeps one streak log for an identifier of a member on a streak', async () => {
      const key = { ...journey(), uniqueIdentifier: 'order-1' }
      await expectDuplicate('streak_log', row('streak_log', key), row('streak_log', key), 'streak_log_unique')
    })

    it('keeps identifiers apart that differ in case or in normal form', async () => {
      const key = journey()
      const logs = ['order-é', 'order-e\u0301', 'ORDER-É', 'order-É', 'order-é '].map((uniqueIdentifier) =>
        row('streak_log', { ...key, uniqueIdentifier }),
      )
      await seed(store(), 'streak_log', logs)
      expect(await rowsOf(store(), 'streak_log', key.accountId)).toHaveLength(5)
    })

    it('keeps one purchase for a streak, whoever bought', async () => {
      const key = {
        accountId: newAccount(),
        purchaseSpace: 'shop',
        orderId: '450789469',
        streakId: randomUUID(),
      }
      await expectDuplicate('purchase', row('purchase', key), row('purchase', key), 'purchase_unique')
    })

    it('keeps one standing reward for an anchor and forgets those that do not stand', async () => {
      const key = {
        accountId: newAccount(),
        ownedById: randomUUID(),
        milestoneId: randomUUID(),
        periodNumber: 7,
      }
      const revoked = [row('reward_log', key), row('reward_log', key)]
      const standing = row('reward_log', { ...key, standing: true })
      await seed(store(), 'reward_log', [...revoked, standing])
      const second = row('reward_log', { ...key, standing: true })
      const conflict = {
        outcome: 'conflict',
        reason: 'duplicate',
        collection: 'reward_log',
        index: 'reward_log_anchor',
      }
      expect(await commitSettled(store(), [insert('reward_log', second)])).toEqual(conflict)
      const revive = {
        op: 'update',
        collection: 'reward_log',
        id: revoked[0]?.id ?? '',
        accountId: key.accountId,
        set: { standing: true },
      } as const
      expect(await commitSettled(store(), [revive])).toEqual(conflict)
      await seed(store(), 'reward_log', [row('reward_log', { ...key, standing: true, periodNumber: 8 })])
      const release = { ...revive, id: standing.id, set: { standing: false } } as const
      expect(await commitSettled(store(), [release, revive])).toEqual({ outcome: 'committed' })
    })

    it('keeps one standing once reward for a member and milestone, at any anchor', async () => {
      const key = { accountId: newAccount(), ownedById: randomUUID(), milestoneId: randomUUID() }
      const once = (standing: boolean, periodNumber: number) =>
        row('reward_log', { ...key, once: true, standing, periodNumber })
      await seed(store(), 'reward_log', [once(false, 1), once(false, 2), once(true, 3)])
      await seed(store(), 'reward_log', [row('reward_log', { ...key, standing: true, periodNumber: 4 })])
      expect(await commitSettled(store(), [insert('reward_log', once(true, 5))])).toEqual({
        outcome: 'conflict',
        reason: 'duplicate',
        collection: 'reward_log',
        index: 'reward_log_once',
      })
    })

    it('refuses two equal rows inside one change set and leaves neither', async () => {
      const key = { ...journey(), uniqueIdentifier: 'order-1' }
      const result = await commitSettled(store(), [
        insert('streak_log', row('streak_log', { ...key, uniqueIdentifier: 'order-0' })),
        insert('streak_log', row('streak_log', key)),
        insert('streak_log', row('streak_log', key)),
      ])
      expect(result).toEqual({
        outcome: 'conflict',
        reason: 'duplicate',
        collection: 'streak_log',
        index: 'streak_log_unique',
      })
      expect(await rowsOf(store(), 'streak_log', key.accountId)).toEqual([])
    })

    it('refuses an update that takes the value of another row', async () => {
      const accountId = newAccount()
      const members = ['a', 'b'].map((externalId) => row('member', { accountId, externalId }))
      await seed(store(), 'member', members)
      const result = await commitSettled(store(), [
        { op: 'update', collection: 'member', id: members[1]?.id ?? '', accountId, set: { externalId: 'a' } },
      ])
      expect(result).toEqual({
        outcome: 'conflict',
        reason: 'duplicate',
        collection: 'member',
        index: 'member_external_id',
      })
      expect((await rowsOf(store(), 'member', accountId)).map((member) => member.externalId).sort()).toEqual([
        'a',
        'b',
      ])
    })
  })
}
