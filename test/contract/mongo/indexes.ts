import { describe, expect, it } from '@jest/globals'
import { all, atLeast, atMost, equal } from '../../../src/ports/conditions.ts'
import { type CollectionName, SCHEMA, specOf } from '../../../src/ports/schema.ts'
import { connect } from '../../../src/store/mongo/connection.ts'
import { toFilter } from '../../../src/store/mongo/filter.ts'
import { keysIndex, toKeysFilter } from '../../../src/store/mongo/keys.ts'
import { checkServer } from '../../../src/store/mongo/server.ts'
import { openMongoStore } from '../../../src/store/mongo/store.ts'
import { insert, newAccount, seed } from '../store/context.ts'
import { row } from '../store/rows.ts'
import type { MongoContext } from './context.ts'

/** What migrating builds, and that finding by keys reads no more than it gives. */
export function describeIndexes({ uri, store, emptyUri }: MongoContext): void {
  describe('migrating', () => {
    it('builds the indexes of the schema, unique and partial ones too, and no others', async () => {
      const connection = await connect(uri)
      try {
        for (const collection of Object.keys(SCHEMA) as CollectionName[]) {
          const present = await connection.models.rows[collection].collection.listIndexes().toArray()
          const wanted = Object.entries(specOf(collection).indexes).map(
            ([name, { fields, descending = [], unique, where }]) => ({
              name,
              fields: fields.map((field) => [
                field === 'id' ? '_id' : field,
                descending.includes(field) ? -1 : 1,
              ]),
              unique: unique ?? false,
              isTrue: where?.isTrue ?? [],
              notNull: where?.notNull ?? [],
            }),
          )
          const found = present
            .filter(({ name }) => name !== '_id_')
            .map(({ name, key, unique, partialFilterExpression = {} }) => {
              const conditions = Object.entries(partialFilterExpression as object)
              const where = (isTrue: boolean) =>
                conditions.filter(([, rule]) => (rule === true) === isTrue).map(([field]) => field)
              return {
                name,
                fields: Object.entries(key as object),
                unique: unique ?? false,
                isTrue: where(true),
                notNull: where(false),
              }
            })
          expect({ collection, indexes: found }).toEqual({ collection, indexes: wanted })
        }
      } finally {
        await connection.close()
      }
    })

    it('replaces an index of another shape, and keeps one that is not ours', async () => {
      const other = emptyUri()
      const [connection, old] = [await connect(other), await openMongoStore(other)]
      try {
        const members = connection.models.rows.member.collection
        await members.createIndex({ accountId: 1, externalId: 1 }, { name: 'member_external_id' })
        await members.createIndex(
          { accountId: 1, createdAt: -1, _id: 1 },
          { name: 'of_an_earlier_version', sparse: true },
        )
        await members.createIndex({ email: 1 }, { name: 'of_an_operator' })
        await old.migrate()
        const names = (await members.listIndexes().toArray()).map(({ name }) => name as string)
        expect(names.sort()).toEqual([
          '_id_',
          'member_created',
          'member_email',
          'member_email_identity',
          'member_external_id',
          'member_name',
          'member_turned_name',
          'of_an_operator',
        ])
        const twin = { accountId: newAccount(), externalId: 'customer-1' }
        await seed(old, 'member', [row('member', twin)])
        expect(await old.commit([insert('member', row('member', twin))])).toMatchObject({
          reason: 'duplicate',
        })
      } finally {
        await old.close()
        await connection.models.meta.db.dropDatabase()
        await connection.close()
      }
    })

    it('names the index that rows forbid, and stamps nothing', async () => {
      const other = emptyUri()
      const [connection, old] = [await connect(other), await openMongoStore(other)]
      try {
        const twins = ['a', 'b'].map((_id) => ({ _id: _id as never, accountId: 'x', externalId: 'y' }))
        await connection.models.rows.member.collection.insertMany(twins)
        await expect(old.migrate()).rejects.toMatchObject({
          code: 'CONFLICT',
          message: expect.stringContaining('member_external_id'),
        })
        expect(await old.schemaVersion()).toBe(0)
      } finally {
        await old.close()
        await connection.models.meta.db.dropDatabase()
        await connection.close()
      }
    })

    it('refuses a server without transactions and one that is too old, each in a sentence', () => {
      const facts = { version: '6.0.5', replicaSet: 'rs', members: 1, isRouter: false }
      expect(() => checkServer(facts)).not.toThrow()
      expect(() => checkServer({ ...facts, replicaSet: null, isRouter: true })).not.toThrow()
      expect(() => checkServer({ ...facts, version: '10.0.0' })).not.toThrow()
      expect(() => checkServer({ ...facts, replicaSet: null })).toThrow(/replica set/)
      expect(() => checkServer({ ...facts, version: '5.0.14' })).toThrow(/5\.0\.14.*6\.0/)
    })
  })

  describe('finding by keys', () => {
    const accountId = newAccount()
    const fields = ['accountId', 'ownedById', 'streakId', 'uniqueIdentifier'] as const
    /** Each member has a history; all of them use the same identifiers. */
    const logs = Array.from({ length: 1_200 }, (_, at) =>
      row('streak_log', {
        accountId,
        streakId: `streak-${at % 3}`,
        ownedById: `member-${at % 40}`,
        uniqueIdentifier: `day-${Math.floor(at / 120)}`,
      }),
    )

    it('reads just the rows it gives, however long the history and however common the identifiers', async () => {
      await seed(store(), 'streak_log', logs)
      const connection = await connect(uri)
      try {
        const keys = logs.filter((_, at) => at % 5 === 0).map((log) => fields.map((field) => log[field]))
        const unknown = keys.map((key, at) => [...key.slice(0, 3), `new-${at}`])
        const explained = await connection.models.rows.streak_log.collection
          .find(toKeysFilter('streak_log', fields, [...keys, ...unknown]), {
            hint: keysIndex('streak_log', fields)!,
          })
          .explain('executionStats')
        expect(explained.executionStats).toMatchObject({
          nReturned: keys.length,
          totalDocsExamined: keys.length,
        })
        expect(explained.executionStats.totalKeysExamined).toBeLessThan(3 * keys.length)
      } finally {
        await connection.close()
      }
    })

    it.each([
      [['id'], '_id_'],
      [['accountId', 'ownedById', 'streakId'], 'streak_log_period'],
      [['accountId', 'ownedById', 'streakId', 'uniqueIdentifier'], 'streak_log_unique'],
      [['accountId', 'ownedById', 'streakId', 'periodNumber'], 'streak_log_period'],
      [['accountId', 'effectiveValue'], undefined],
    ] as const)('by %j goes by index %s', (by, index) => {
      expect(keysIndex('streak_log', by)).toBe(index)
    })

    it.each([
      [
        'of an account',
        (owner: string) => equal<'delivery_item'>({ accountId: owner }),
        { dueAt: 1, _id: 1 },
      ],
      [
        'of the next account',
        (owner: string) => atLeast<'delivery_item', 'accountId'>('accountId', owner),
        { accountId: 1, dueAt: 1, _id: 1 },
      ],
    ] as const)(
      'looks for what is due %s in the index of what is due, not in all rows',
      async (_, whose, sort) => {
        const owner = newAccount()
        const due = Array.from({ length: 300 }, (_, at) =>
          row('delivery_item', { accountId: owner, dueAt: at < 5 ? 1_000 : null }),
        )
        await seed(store(), 'delivery_item', due)
        const connection = await connect(uri)
        try {
          const where = all(whose(owner), atMost<'delivery_item', 'dueAt'>('dueAt', 2_000))
          const explained = await connection.models.rows.delivery_item.collection
            .find(toFilter('delivery_item', where))
            .sort(sort)
            .explain('executionStats')
          const { nReturned, totalDocsExamined } = explained.executionStats
          expect([nReturned >= 5, totalDocsExamined]).toEqual([true, nReturned])
        } finally {
          await connection.close()
        }
      },
    )

    it('finds the few reports of an order among all items, in the index of those that have an order', async () => {
      const of = { accountId, status: 'counted' as const }
      const items = Array.from({ length: 300 }, (_, at) =>
        row('delivery_item', at < 3 ? { ...of, orderKey: `order-${at}` } : of),
      )
      await seed(store(), 'delivery_item', items)
      const connection = await connect(uri)
      try {
        const by = ['accountId', 'orderKey'] as const
        const keys = Array.from({ length: 200 }, (_, at) => [accountId, `order-${at}`])
        const explained = await connection.models.rows.delivery_item.collection
          .find(toKeysFilter('delivery_item', by, keys), { hint: keysIndex('delivery_item', by)! })
          .explain('executionStats')
        expect(keysIndex('delivery_item', by)).toBe('delivery_item_order')
        expect(explained.executionStats).toMatchObject({ nReturned: 3, totalDocsExamined: 3 })
      } finally {
        await connection.close()
      }
    })

    it('finds the other names of orders among all deliveries, in the index of those that have one', async () => {
      const deliveries = Array.from({ length: 300 }, (_, at) =>
        row('delivery', { accountId, orderId: `named-${at}`, orderReference: at < 3 ? `pi_${at}` : null }),
      )
      await seed(store(), 'delivery', deliveries)
      const connection = await connect(uri)
      try {
        const where = {
          and: [
            { field: 'accountId', op: 'eq', value: accountId },
            { field: 'orderId', op: 'in', value: deliveries.map(({ orderId }) => String(orderId)) },
            { field: 'orderReference', op: 'isNotNull' },
          ],
        } as const
        const explained = await connection.models.rows.delivery.collection
          .find(toFilter('delivery', where))
          .limit(10_000)
          .explain('executionStats')
        expect(explained.executionStats).toMatchObject({ nReturned: 3, totalDocsExamined: 3 })
      } finally {
        await connection.close()
      }
    })

    it('never goes by an index that leaves rows out', () => {
      expect(keysIndex('reward_log', ['accountId', 'ownedById', 'milestoneId'])).toBeUndefined()
    })
  })
}
