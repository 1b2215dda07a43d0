import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import type { CommitResult, Store } from '../../../src/ports/store.ts'
import { commitSettled, insert, newAccount, rowById, rowsOf, type StoreContext, seed } from './context.ts'
import { row } from './rows.ts'

const WRITERS = 20

/** Many writers at once, over several connections: exactly one gets what only one may have. */
export function describeRaces({ store, harness }: StoreContext): void {
  describe('twenty racing writers', () => {
    let stores: readonly Store[] = []
    beforeAll(async () => {
      stores = await Promise.all([1, 2, 3, 4].map(() => harness().reopen()))
    })
    afterAll(async () => {
      await Promise.all(stores.map((each) => each.close()))
    })

    const race = (write: (store: Store, writer: number) => Promise<CommitResult>) =>
      Promise.all(
        Array.from({ length: WRITERS }, (_, writer) => {
          const chosen = stores[writer % stores.length]
          if (chosen === undefined) throw new Error('no store')
          return write(chosen, writer)
        }),
      )
    const outcomes = (results: readonly CommitResult[]) => ({
      committed: results.filter((result) => result.outcome === 'committed').length,
      refused: results.filter((result) => result.outcome === 'conflict'),
    })

    it('insert one key: one wins, the others meet a duplicate, and only the winner left rows', async () => {
      const accountId = newAccount()
      const log = row('streak_log', { accountId })
      const results = await race((each, writer) =>
        commitSettled(each, [
          insert('streak', row('streak', { accountId, name: `of writer ${writer}` })),
          insert('streak_log', row('streak_log', { ...log, id: crypto.randomUUID(), periodNumber: writer })),
        ]),
      )
      const { committed, refused } = outcomes(results)
      expect(committed).toBe(1)
      expect(refused).toEqual(
        Array(WRITERS - 1).fill({
          outcome: 'conflict',
          reason: 'duplicate',
          collection: 'streak_log',
          index: 'streak_log_unique',
        }),
      )
      const [kept] = await rowsOf(store(), 'streak_log', accountId)
      const streaks = await rowsOf(store(), 'streak', accountId)
      expect(results[kept?.periodNumber ?? -1]).toEqual({ outcome: 'committed' })
      expect(streaks.map((streak) => streak.name)).toEqual([`of writer ${kept?.periodNumber}`])
    })

    it('update one version: one wins, the others see it changed, and the row is the winner’s', async () => {
      const accountId = newAccount()
      const journey = row('member_streak', { accountId, version: 41 })
      await seed(store(), 'member_streak', [journey])
      const results = await race((each, writer) =>
        commitSettled(each, [
          {
            op: 'update',
            collection: 'member_streak',
            id: journey.id,
            accountId,
            guard: { version: 41 },
            set: { version: 42, completedCycles: writer },
          },
        ]),
      )
      const { committed, refused } = outcomes(results)
      expect(committed).toBe(1)
      expect(refused.map((result) => result.outcome === 'conflict' && result.reason)).toEqual(
        Array(WRITERS - 1).fill('changed'),
      )
      const kept = await rowById(store(), 'member_streak', journey.id)
      expect(kept?.version).toBe(42)
      expect(results[kept?.completedCycles ?? -1]).toEqual({ outcome: 'committed' })
    })

    it('delete one row: one wins', async () => {
      const accountId = newAccount()
      const code = row('coupon_code', { accountId })
      await seed(store(), 'coupon_code', [code])
      const results = await race((each) =>
        commitSettled(each, [{ op: 'delete', collection: 'coupon_code', id: code.id, accountId }]),
      )
      expect(outcomes(results).committed).toBe(1)
      expect(await rowsOf(store(), 'coupon_code', accountId)).toEqual([])
    })
  })
}
