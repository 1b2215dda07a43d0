import { expect, it } from '@jest/globals'
import type { Change, CommitResult } from '../../../src/ports/store.ts'
import { insert, newAccount, rowById, rowsOf, seed } from '../store/context.ts'
import { row } from '../store/rows.ts'
import type { MongoContext } from './context.ts'

const RACES = 60

/** What a transaction of MongoDB does not give by itself. */
export function describeTransactions({ store, another }: MongoContext): void {
  it('shows what a conflict was caused by to the very next read', async () => {
    const other = await another()
    let conflicts = 0
    for (let race = 0; race < RACES; race++) {
      const accountId = newAccount()
      const member = row('member', { accountId })
      await seed(store(), 'member', [member])
      const raise = (withInsert: boolean): Change[] => [
        {
          op: 'update',
          collection: 'member',
          id: member.id,
          accountId,
          guard: { revision: 0 },
          set: { revision: 1 },
        },
        ...(withInsert ? [insert('streak', row('streak', { accountId }))] : []),
      ]
      const winner = store().commit(raise(race % 2 === 0))
      for (;;) {
        const result = await other.commit(raise(race % 3 === 0))
        if (result.outcome === 'committed') break
        if (result.reason === 'busy') continue
        conflicts++
        expect((await rowById(other, 'member', member.id))?.revision).toBe(1)
        break
      }
      await winner
    }
    expect(conflicts).toBeGreaterThan(0)
  })

  it('never lets two commits pass of which each relies on the row that the other alters', async () => {
    const other = await another()
    let passed = 0
    for (let race = 0; race < RACES; race++) {
      const accountId = newAccount()
      const [one, two] = [
        row('streak', { accountId, status: 'live' }),
        row('streak', { accountId, status: 'live' }),
      ]
      await seed(store(), 'streak', [one, two])
      /** Pauses `altered` provided that `relied` is live; a guard whose field is set to what it is proves it, too. */
      const pause = (altered: string, relied: string): Change[] => [
        { op: 'update', collection: 'streak', id: relied, accountId, guard: { status: 'live' }, set: {} },
        {
          op: 'update',
          collection: 'streak',
          id: altered,
          accountId,
          guard: { status: 'live' },
          set: { status: 'paused' },
        },
      ]
      const results: CommitResult[] = await Promise.all([
        store().commit(pause(one.id, two.id)),
        other.commit(pause(two.id, one.id)),
      ])
      const committed = results.filter(({ outcome }) => outcome === 'committed').length
      expect(committed).toBeLessThanOrEqual(1)
      passed += committed
      const live = (await rowsOf(store(), 'streak', accountId)).filter(({ status }) => status === 'live')
      expect(live).toHaveLength(2 - committed)
    }
    expect(passed).toBeGreaterThan(0)
  })
}
