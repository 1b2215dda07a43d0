import { describe, expect, it } from '@jest/globals'
import { commitSettled, insert, newAccount, rowById, rowsOf, type StoreContext, seed } from './context.ts'
import { row } from './rows.ts'

/** What one commit does when nothing stands against it, and that it leaves nothing behind when something does. */
export function describeCommits({ store }: StoreContext): void {
  describe('a commit', () => {
    it('applies inserts, updates and deletes together', async () => {
      const accountId = newAccount()
      const kept = row('member', { accountId, firstName: 'Ada', lastName: 'Lang' })
      const removed = row('member', { accountId })
      await seed(store(), 'member', [kept, removed])
      const added = row('streak', { accountId })

      const result = await store().commit([
        insert('streak', added),
        { op: 'update', collection: 'member', id: kept.id, accountId, set: { firstName: null, revision: 1 } },
        { op: 'delete', collection: 'member', id: removed.id, accountId },
      ])

      expect(result).toEqual({ outcome: 'committed' })
      expect(await rowsOf(store(), 'member', accountId)).toEqual([{ ...kept, firstName: null, revision: 1 }])
      expect(await rowsOf(store(), 'streak', accountId)).toEqual([added])
    })

    it('of nothing is committed', async () => {
      expect(await store().commit([])).toEqual({ outcome: 'committed' })
    })

    it('inserts more at once than a server takes in one message, or nothing of it', async () => {
      const accountId = newAccount()
      const large = () => row('delivery', { accountId, body: new Uint8Array(6 * 1024 * 1024).fill(7) })
      const rows = [large(), large(), large()]
      const inserts = rows.map((each) => insert('delivery', each))

      expect(await store().commit([...inserts, inserts[1]!])).toMatchObject({
        outcome: 'conflict',
        reason: 'duplicate',
        collection: 'delivery',
      })
      expect(await rowsOf(store(), 'delivery', accountId)).toEqual([])

      expect(await store().commit(inserts)).toEqual({ outcome: 'committed' })
      const stored = await rowsOf(store(), 'delivery', accountId)
      expect(stored.map(({ id }) => id).sort()).toEqual(rows.map(({ id }) => id).sort())
      expect(stored.map(({ body }) => body?.byteLength)).toEqual(rows.map(({ body }) => body?.byteLength))
    })

    it('leaves fields that an update does not set as they are', async () => {
      const accountId = newAccount()
      const before = row('streak', {
        accountId,
        completionTargetValue: 7,
        aggregationTargetValue: 5_000_001n,
      })
      await seed(store(), 'streak', [before])
      await store().commit([
        { op: 'update', collection: 'streak', id: before.id, accountId, set: { hasLogs: true } },
      ])
      expect(await rowById(store(), 'streak', before.id)).toEqual({ ...before, hasLogs: true })
    })

    it('takes an update without fields as a check of its guard', async () => {
      const accountId = newAccount()
      const streak = row('streak', { accountId, revision: 3 })
      await seed(store(), 'streak', [streak])
      const check = (revision: number) =>
        store().commit([
          { op: 'update', collection: 'streak', id: streak.id, accountId, guard: { revision }, set: {} },
        ])
      expect(await check(3)).toEqual({ outcome: 'committed' })
      expect(await check(4)).toMatchObject({ outcome: 'conflict', reason: 'changed' })
      expect(await rowById(store(), 'streak', streak.id)).toEqual(streak)
    })

    it('counts an update that changes nothing as done', async () => {
      const accountId = newAccount()
      const streak = row('streak', { accountId })
      await seed(store(), 'streak', [streak])
      const result = await store().commit([
        { op: 'update', collection: 'streak', id: streak.id, accountId, set: { name: streak.name } },
      ])
      expect(result).toEqual({ outcome: 'committed' })
    })

    it('applies two updates of one row in the order given', async () => {
      const accountId = newAccount()
      const streak = row('streak', { accountId })
      await seed(store(), 'streak', [streak])
      const target = { op: 'update', collection: 'streak', id: streak.id, accountId } as const
      const result = await store().commit([
        { ...target, guard: { revision: 0 }, set: { revision: 1, name: 'first' } },
        { ...target, guard: { revision: 1 }, set: { name: 'second' } },
      ])
      expect(result).toEqual({ outcome: 'committed' })
      expect(await rowById(store(), 'streak', streak.id)).toEqual({ ...streak, revision: 1, name: 'second' })
    })

    it('frees a unique value by a delete and uses it again in an insert that is listed first', async () => {
      const accountId = newAccount()
      const old = row('member', { accountId, externalId: 'customer-1' })
      await seed(store(), 'member', [old])
      const heir = row('member', { accountId, externalId: 'customer-1' })
      const result = await store().commit([
        insert('member', heir),
        { op: 'delete', collection: 'member', id: old.id, accountId },
      ])
      expect(result).toEqual({ outcome: 'committed' })
      expect(await rowsOf(store(), 'member', accountId)).toEqual([heir])
    })

    it('frees a unique value by an update and uses it again in an insert that is listed first', async () => {
      const accountId = newAccount()
      const old = row('member', { accountId, externalId: 'customer-1' })
      await seed(store(), 'member', [old])
      const heir = row('member', { accountId, externalId: 'customer-1' })
      const result = await store().commit([
        insert('member', heir),
        {
          op: 'update',
          collection: 'member',
          id: old.id,
          accountId,
          set: { externalId: `erased:${old.id}` },
        },
      ])
      expect(result).toEqual({ outcome: 'committed' })
      expect((await rowById(store(), 'member', old.id))?.externalId).toBe(`erased:${old.id}`)
      expect(await rowById(store(), 'member', heir.id)).toEqual(heir)
    })

    it('frees a unique value by a delete and uses it again in an update that is listed first', async () => {
      const accountId = newAccount()
      const [gone, left] = [
        row('member', { accountId, externalId: 'a' }),
        row('member', { accountId, externalId: 'b' }),
      ]
      await seed(store(), 'member', [gone, left])
      const result = await store().commit([
        { op: 'update', collection: 'member', id: left.id, accountId, set: { externalId: 'a' } },
        { op: 'delete', collection: 'member', id: gone.id, accountId },
      ])
      expect(result).toEqual({ outcome: 'committed' })
      expect(await rowsOf(store(), 'member', accountId)).toEqual([{ ...left, externalId: 'a' }])
    })

    it('undoes its inserts, updates and deletes when its last insert collides', async () => {
      const accountId = newAccount()
      const [updated, removed, taken] = [
        row('member', { accountId, firstName: 'Ada' }),
        row('member', { accountId }),
        row('member', { accountId, externalId: 'taken' }),
      ]
      await seed(store(), 'member', [updated, removed, taken])
      const before = await rowsOf(store(), 'member', accountId)
      const result = await commitSettled(store(), [
        insert('streak', row('streak', { accountId })),
        { op: 'update', collection: 'member', id: updated.id, accountId, set: { firstName: 'Eve' } },
        { op: 'delete', collection: 'member', id: removed.id, accountId },
        insert('member', row('member', { accountId, externalId: 'taken' })),
      ])
      expect(result).toMatchObject({ outcome: 'conflict', reason: 'duplicate' })
      expect(await rowsOf(store(), 'member', accountId)).toEqual(before)
      expect(await rowsOf(store(), 'streak', accountId)).toEqual([])
    })

    it('undoes everything when a guard fails, and the next commit works', async () => {
      const accountId = newAccount()
      const [removed, updated, guarded] = [1, 2, 3].map((revision) => row('member', { accountId, revision }))
      const members = [removed, updated, guarded].filter((each) => each !== undefined)
      await seed(store(), 'member', members)
      const before = await rowsOf(store(), 'member', accountId)
      const streak = row('streak', { accountId })
      const attempt = (revision: number) =>
        commitSettled(store(), [
          insert('streak', streak),
          { op: 'delete', collection: 'member', id: removed?.id ?? '', accountId },
          { op: 'update', collection: 'member', id: updated?.id ?? '', accountId, set: { revision: 7 } },
          {
            op: 'update',
            collection: 'member',
            id: guarded?.id ?? '',
            accountId,
            guard: { revision },
            set: { revision: 8 },
          },
        ])
      expect(await attempt(4)).toMatchObject({ outcome: 'conflict', reason: 'changed' })
      expect(await rowsOf(store(), 'member', accountId)).toEqual(before)
      expect(await rowsOf(store(), 'streak', accountId)).toEqual([])
      expect(await attempt(3)).toEqual({ outcome: 'committed' })
      const revisions = (await rowsOf(store(), 'member', accountId)).map((member) => member.revision)
      expect(revisions.sort()).toEqual([7, 8])
      expect(await rowsOf(store(), 'streak', accountId)).toEqual([streak])
    })

    it('carries thousands of changes', async () => {
      const accountId = newAccount()
      const logs = Array.from({ length: 2_000 }, () => row('streak_log', { accountId }))
      const result = await store().commit(logs.map((log) => insert('streak_log', log)))
      expect(result).toEqual({ outcome: 'committed' })
      expect(
        await store().count('streak_log', { field: 'accountId', op: 'eq', value: accountId }, 10_000),
      ).toBe(2_000)
    })
  })
}
