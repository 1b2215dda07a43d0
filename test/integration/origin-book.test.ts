import { afterEach, beforeEach, describe, expect, it } from '@jest/globals'
import { v7 as uuid } from 'uuid'
import { AppError } from '../../src/errors.ts'
import { createOriginBook, ORIGINS_KEPT_MS } from '../../src/http/origin-book.ts'
import type { Row } from '../../src/ports/schema.ts'
import type { Store } from '../../src/ports/store.ts'
import { openTempStore, type TempStore } from '../helpers/sqlite-store.ts'

let temp: TempStore
let now = 0
let finds = 0
let fault: AppError | null = null
const clock = { now: () => now }

beforeEach(async () => {
  temp = await openTempStore()
  now = Date.parse('2026-11-22T12:00:00Z')
  finds = 0
  fault = null
})
afterEach(() => temp.close())

/** The store, with its reads counted, and out of reach while there is a fault. */
function watched(store: Store): Store {
  return {
    ...store,
    find: async (collection, query) => {
      finds += 1
      if (fault !== null) throw fault
      return store.find(collection, query)
    },
  }
}

async function addAccounts(count: number, originsOf: (index: number) => string[]): Promise<string[]> {
  const rows = Array.from({ length: count }, (_, index): Row<'account'> => {
    const id = uuid()
    const name = `account ${id}`
    const common = { id, accountId: id, createdAt: now, updatedAt: now, revision: 1 }
    return { ...common, name, timezone: 'UTC', endUserOrigins: originsOf(index), caps: null }
  })
  await temp.store.commit(rows.map((row) => ({ op: 'insert', collection: 'account', row })))
  return rows.map(({ id }) => id)
}

describe('the book of origins', () => {
  it('knows those of every account, however many there are', async () => {
    const ids = await addAccounts(1001, (index) => (index % 2 === 0 ? [`https://${index}.example`] : []))
    const { byAccount, anywhere } = await createOriginBook({ store: watched(temp.store), clock }).read()
    expect(anywhere.size).toBe(501)
    for (const [index, id] of ids.entries()) {
      expect([...(byAccount.get(id) ?? [])]).toEqual(index % 2 === 0 ? [`https://${index}.example`] : [])
    }
    expect(finds).toBe(3)
  })

  it('asks the store once in ten seconds, however many ask it', async () => {
    await addAccounts(2, () => ['https://shop.example'])
    const book = createOriginBook({ store: watched(temp.store), clock })
    await Promise.all(Array.from({ length: 100 }, () => book.read()))
    now += ORIGINS_KEPT_MS - 1
    await book.read()
    expect(finds).toBe(1)
    now += 1
    await Promise.all([book.read(), book.read()])
    expect(finds).toBe(2)
  })

  it('does not keep a failure', async () => {
    const book = createOriginBook({ store: watched(temp.store), clock })
    fault = new AppError('STORE_UNAVAILABLE', 'out of reach')
    await expect(book.read()).rejects.toBe(fault)
    fault = null
    expect((await book.read()).anywhere.size).toBe(0)
  })
})
