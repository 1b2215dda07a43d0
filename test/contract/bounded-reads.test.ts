import { afterAll, describe, expect, it } from '@jest/globals'
import type { Condition, Store } from '../../src/ports/store.ts'
import { openMongoStore } from '../../src/store/mongo/store.ts'
import { mongoForTests } from '../helpers/mongo-server.ts'
import { openTempStore } from '../helpers/sqlite-store.ts'
import { newAccount, seed } from './store/context.ts'
import { row } from './store/rows.ts'

const ROWS = 20_000
const CHUNK = 1_000
const accountId = newAccount()

/** Many conditions on each row, none of which an index serves or ever holds. */
const dear = (conditions: number): Condition<'member'> => ({
  and: [
    { field: 'accountId', op: 'eq', value: accountId },
    {
      or: Array.from({ length: conditions }, (_, at) => ({
        field: 'lastName',
        op: 'contains',
        value: `a and nobody has this ${at}`,
      })),
    },
  ],
})

async function fill(store: Store): Promise<void> {
  for (let from = 0; from < ROWS; from += CHUNK) {
    const lastName = 'a and King of Lovelace '.repeat(10)
    await seed(
      store,
      'member',
      Array.from({ length: CHUNK }, () => row('member', { accountId, lastName })),
    )
  }
}

const tooExpensive = (ms: number) => ({
  code: 'QUERY_TOO_EXPENSIVE',
  message: `It was given up after ${ms} ms of reading`,
})

async function expectGivenUp(store: Store, ms: number, conditions: number): Promise<void> {
  const where = dear(conditions)
  await fill(store)
  await expect(store.find('member', { where, limit: 1, bounded: true })).rejects.toMatchObject(
    tooExpensive(ms),
  )
  await expect(store.count('member', where, 1, true)).rejects.toMatchObject(tooExpensive(ms))
  // whoever may take as long as it likes gets its answer, and so does the next bounded one
  expect(await store.count('member', where, 1)).toBe(0)
  expect(await store.find('member', { limit: 2, bounded: true })).toHaveLength(2)
}

describe('a bounded read that costs too much is given up', () => {
  it('on SQLite, after 250 ms of computing', async () => {
    const temp = await openTempStore()
    try {
      await expectGivenUp(temp.store, 250, 300)
    } finally {
      await temp.close()
    }
  })
})

const server = await mongoForTests()
if (server === null) {
  it('MongoDB part SKIPPED: no server could be had', () => {
    expect(process.env.REQUIRE_MONGO).not.toBe('1')
  })
} else {
  it('on MongoDB, after the time that it grants', async () => {
    const store = await openMongoStore(server.uri, { boundedMs: 10 })
    try {
      await store.migrate()
      await expectGivenUp(store, 10, 20)
    } finally {
      await store.close()
    }
  })
  // after what the suite opened on it was closed
  afterAll(() => server.stop())
}
