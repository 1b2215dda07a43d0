import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals'
import mongoose from 'mongoose'
import type { Change, Store } from '../../src/ports/store.ts'
import { openMongoStore } from '../../src/store/mongo/store.ts'
import { ownMongoForTests } from '../helpers/mongo-server.ts'
import { until } from '../helpers/until.ts'
import { commitSettled, insert, newAccount, rowsOf, seed } from './store/context.ts'
import { row } from './store/rows.ts'

/** The port's callers answer 503 within 3 s; the rest is for a machine that is busy with other tests. */
const DOWN_IS_SAID_WITHIN_MS = 3_500
/** A server that hangs is told from a slow one by its missing heartbeats. */
const HANG_IS_SAID_WITHIN_MS = 12_000
const TRIES = 3
const BACK_WITHIN_MS = 120_000

const server = await ownMongoForTests()

if (server === null) {
  it('MongoDB part SKIPPED: no server could be had', () => {
    expect(process.env.REQUIRE_MONGO).not.toBe('1')
  })
} else {
  describe('while the server is', () => {
    let store: Store
    beforeAll(async () => {
      store = await openMongoStore(server.uri)
      await store.migrate()
    })
    afterAll(() => store.close())
    afterEach(() =>
      until(
        () =>
          store.ping().then(
            () => true,
            () => false,
          ),
        BACK_WITHIN_MS,
      ),
    )

    const member = () => insert('member', row('member', { accountId: newAccount() }))
    const calls: readonly (readonly [string, () => Promise<unknown>])[] = [
      ['find', () => store.find('member', { limit: 1 })],
      ['findByKeys', () => store.findByKeys('member', ['id'], [['x']])],
      ['count', () => store.count('member', { field: 'id', op: 'eq', value: 'x' }, 1)],
      ['commit of one change', () => store.commit([member()])],
      ['commit of several', () => store.commit([member(), member()])],
      ['schemaVersion', () => store.schemaVersion()],
      ['ping', () => store.ping()],
      ['durability', () => store.durability()],
      ['migrate', () => store.migrate()],
    ]

    /** Every call says STORE_UNAVAILABLE, and in good time: in the best of some tries, for the machine is busy. */
    async function expectUnavailable(withinMs: number): Promise<void> {
      let late = calls.map(([name]) => name)
      for (let tries = 0; tries < TRIES && late.length > 0; tries += 1) {
        const answers = await Promise.all(calls.map(answerOf))
        expect(answers.map(({ name, answer }) => ({ name, answer }))).toEqual(
          calls.map(([name]) => ({ name, answer: 'STORE_UNAVAILABLE' })),
        )
        late = late.filter((one) => answers.some(({ name, tookMs }) => name === one && tookMs >= withinMs))
      }
      expect(late).toEqual([])
    }

    async function answerOf([name, call]: (typeof calls)[number]) {
      const began = performance.now()
      const answer = await call().then(
        () => 'an answer',
        (error: unknown) => (error as { code?: unknown }).code ?? error,
      )
      return { name, answer, tookMs: performance.now() - began }
    }

    it('gone, every call says so within 3 s, and works again by itself when it is back', async () => {
      const accountId = newAccount()
      const members = [row('member', { accountId }), row('member', { accountId })]
      await seed(store, 'member', members)
      await server.kill()
      try {
        await expectUnavailable(DOWN_IS_SAID_WITHIN_MS)
        // again, now that the driver knows
        await expectUnavailable(DOWN_IS_SAID_WITHIN_MS)
        await expect(openMongoStore(server.uri)).rejects.toMatchObject({ code: 'STORE_UNAVAILABLE' })
      } finally {
        await server.restart()
      }
      await until(
        () =>
          store.ping().then(
            () => true,
            () => false,
          ),
        BACK_WITHIN_MS,
      )
      expect((await rowsOf(store, 'member', accountId)).map(({ id }) => id)).toEqual(
        members.map(({ id }) => id).sort(),
      )
      await seed(store, 'member', [row('member', { accountId })])
    })

    it('frozen, every call says so in the end, and works again by itself when it goes on', async () => {
      server.pause()
      try {
        await expectUnavailable(HANG_IS_SAID_WITHIN_MS)
      } finally {
        server.resume()
      }
      await until(
        () =>
          store.ping().then(
            () => true,
            () => false,
          ),
        BACK_WITHIN_MS,
      )
      await seed(store, 'member', [row('member')])
    })

    it('left by a process in mid-commit, what that held is free within seconds', async () => {
      const accountId = newAccount()
      const held = row('member', { accountId })
      await seed(store, 'member', [held])
      // a process that is gone: MongoDB does not end a transaction because its connection is lost
      const gone = await mongoose.mongo.MongoClient.connect(server.uri)
      const session = gone.startSession()
      session.startTransaction()
      const members = gone.db().collection<{ _id: string }>('member')
      await members.updateOne({ _id: held.id }, { $set: { firstName: 'Eve' } }, { session })

      const changes: Change[] = [
        {
          op: 'update',
          collection: 'member',
          id: held.id,
          accountId,
          guard: { revision: 0 },
          set: { revision: 1 },
        },
        member(),
      ]
      expect(await store.commit(changes)).toMatchObject({ outcome: 'conflict', reason: 'busy' })
      await until(async () => (await store.commit(changes)).outcome === 'committed', BACK_WITHIN_MS)
      expect(await rowsOf(store, 'member', accountId)).toEqual([{ ...held, revision: 1 }])
      await gone.close()
    })

    it('killed under load, every commit that was answered is kept, and the others can be tried again', async () => {
      const accountId = newAccount()
      const answered: string[] = []
      const unanswered: ReturnType<typeof row<'member'>>[] = []
      const lane = async (size: number) => {
        for (;;) {
          const rows = Array.from({ length: size }, () => row('member', { accountId }))
          try {
            await commitSettled(
              store,
              rows.map((each) => insert('member', each)),
            )
            answered.push(...rows.map(({ id }) => id))
          } catch {
            unanswered.push(...rows.slice(0, 1))
            return
          }
        }
      }
      const lanes = [1, 1, 2, 3].map(lane)
      await until(() => answered.length > 50, BACK_WITHIN_MS)
      await server.kill()
      await Promise.all(lanes)
      await server.restart()
      await until(
        () =>
          store.ping().then(
            () => true,
            () => false,
          ),
        BACK_WITHIN_MS,
      )

      const kept = new Set((await rowsOf(store, 'member', accountId)).map(({ id }) => id))
      expect(answered.filter((id) => !kept.has(id))).toEqual([])
      expect(unanswered).toHaveLength(4)
      for (const each of unanswered) {
        const again = await commitSettled(store, [insert('member', each)])
        expect(again).toEqual(
          kept.has(each.id)
            ? { outcome: 'conflict', reason: 'duplicate', collection: 'member', index: 'id' }
            : { outcome: 'committed' },
        )
      }
    })
  })
  // after what the suite opened on it was closed
  afterAll(() => server.stop())
}
