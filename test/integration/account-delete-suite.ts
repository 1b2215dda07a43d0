import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import { deleteAccount } from '../../src/accounts/delete-account.ts'
import { type CollectionName, type Row, SCHEMA } from '../../src/ports/schema.ts'
import type { Change, Store } from '../../src/ports/store.ts'
import { row } from '../contract/store/rows.ts'

const COLLECTIONS = Object.keys(SCHEMA) as CollectionName[]

/** Rows of every collection, so many of each: nothing that the schema knows is left out. */
async function filled(store: Store, each = 2): Promise<Row<'account'>> {
  const account = row('account')
  const changes = COLLECTIONS.flatMap((collection) => {
    if (collection === 'account') return []
    return Array.from({ length: each }, (): Change => {
      // who is told of nothing needs no parent
      const made = { ...row(collection), accountId: account.id }
      return { op: 'insert', collection, row: made } as Change
    })
  })
  const own: Change = { op: 'insert', collection: 'account', row: { ...account, accountId: account.id } }
  expect(await store.commit([own, ...changes])).toEqual({ outcome: 'committed' })
  return { ...account, accountId: account.id }
}

async function left(store: Store, accountId: string): Promise<Partial<Record<CollectionName, number>>> {
  const counts: Partial<Record<CollectionName, number>> = {}
  for (const collection of COLLECTIONS) {
    const count = await store.count(collection, { field: 'accountId', op: 'eq', value: accountId }, 1000)
    if (count > 0) counts[collection] = count
  }
  return counts
}

/** A store whose commits fail from the one of this number on, as for a process that was killed. */
function dying(store: Store, nth: number): Store {
  let commits = 0
  return new Proxy(store, {
    get(target, name) {
      const member: unknown = Reflect.get(target, name)
      if (typeof member !== 'function') return member
      return async (...input: unknown[]) => {
        if (name === 'commit' && ++commits >= nth) throw new Error('killed')
        return Reflect.apply(member, target, input)
      }
    },
  })
}

/** What deleting an account promises on every store. */
export function describeAccountDelete(
  name: string,
  open: () => Promise<{ readonly store: Store; close(): Promise<void> }>,
): void {
  describe(`deleting an account (${name})`, () => {
    let store: Store
    let close: () => Promise<void>
    beforeAll(async () => {
      const opened = await open()
      store = opened.store
      close = opened.close
    })
    afterAll(() => close())

    it('counts what would go, and changes nothing', async () => {
      const account = await filled(store)
      const before = await left(store, account.id)
      const counts = await deleteAccount(store, account.id, { dryRun: true })
      expect(counts).toEqual(before)
      expect(Object.keys(counts).sort()).toEqual([...COLLECTIONS].sort())
      expect(await left(store, account.id)).toEqual(before)
      await deleteAccount(store, account.id)
    })

    it('leaves nothing of it in any collection, and all of the others', async () => {
      const [account, other] = [await filled(store), await filled(store)]
      const [before, others] = [await left(store, account.id), await left(store, other.id)]
      expect(await deleteAccount(store, account.id)).toEqual(before)
      expect(await left(store, account.id)).toEqual({})
      expect(await left(store, other.id)).toEqual(others)
      await deleteAccount(store, other.id)
    })

    it('goes on where it was killed, at whichever commit, and ends', async () => {
      // each collection is a commit at least, the account's own the last one
      for (let nth = 1; nth <= COLLECTIONS.length; nth += 4) {
        const account = await filled(store)
        await expect(deleteAccount(dying(store, nth), account.id)).rejects.toThrow('killed')
        const after = await left(store, account.id)
        expect(after.account).toBe(1)
        expect(await deleteAccount(store, account.id)).toEqual(after)
        expect(await left(store, account.id)).toEqual({})
      }
    })

    it('takes no more than a batch in a commit, and tells how far it is', async () => {
      const account = row('account')
      const codes = Array.from({ length: 450 }, (_, at) => ({
        ...row('coupon_code', { foldedCode: `code ${at}` }),
        accountId: account.id,
      }))
      const insert = (one: Row<'coupon_code'>): Change => ({
        op: 'insert',
        collection: 'coupon_code',
        row: one,
      })
      await store.commit([
        { op: 'insert', collection: 'account', row: { ...account, accountId: account.id } },
        ...codes.map(insert),
      ])
      const sizes: number[] = []
      const told: number[] = []
      const watched: Store = new Proxy(store, {
        get(target, property) {
          const member: unknown = Reflect.get(target, property)
          if (property !== 'commit' || typeof member !== 'function') {
            return typeof member === 'function' ? member.bind(target) : member
          }
          return (changes: readonly Change[]) => {
            sizes.push(changes.length)
            return Reflect.apply(member, target, [changes])
          }
        },
      })
      await deleteAccount(watched, account.id, { onProgress: (done) => void told.push(done) })
      expect(sizes).toEqual([200, 200, 50, 1])
      expect(told).toEqual([200, 400, 450, 451])
    })

    it('takes what comes in meanwhile, and what came after the account had gone', async () => {
      const account = await filled(store)
      let isLate = true
      const late = () => ({ ...row('delivery'), accountId: account.id })
      // a webhook that was accepted just before its connector went
      const racing: Store = new Proxy(store, {
        get(target, property) {
          const member: unknown = Reflect.get(target, property)
          if (typeof member !== 'function') return member
          return async (...input: unknown[]) => {
            const changes = (property === 'commit' ? input[0] : []) as readonly Change[]
            const answer = await Reflect.apply(member, target, input)
            if (isLate && changes.some(({ collection }) => collection === 'account')) {
              isLate = false
              await target.commit([{ op: 'insert', collection: 'delivery', row: late() }])
            }
            return answer
          }
        },
      })
      await deleteAccount(racing, account.id)
      expect(await left(store, account.id)).toEqual({})
      await store.commit([{ op: 'insert', collection: 'delivery', row: late() }])
      expect(await deleteAccount(store, account.id)).toEqual({ delivery: 1 })
    })

    it('lets another one that deletes the same be faster', async () => {
      const account = await filled(store, 30)
      await Promise.all([deleteAccount(store, account.id), deleteAccount(store, account.id)])
      expect(await left(store, account.id)).toEqual({})
    })
  })
}
