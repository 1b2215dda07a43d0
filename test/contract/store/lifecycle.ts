import { describe, expect, it } from '@jest/globals'
import { SCHEMA_VERSION } from '../../../src/ports/schema.ts'
import type { Store } from '../../../src/ports/store.ts'
import { notedZoneData, noteZoneData } from '../../../src/ports/zone-note.ts'
import { insert, newAccount, rowById, rowsOf, type StoreContext, seed } from './context.ts'
import { row } from './rows.ts'

const IN_FORCE: Readonly<Record<Store['kind'], RegExp>> = {
  sqlite: /synchronous=(NORMAL, awaited fdatasync|FULL)/,
  mongodb: /w: majority, j: true/,
}

/** Migrating, opening again, closing, and what the store says about itself. */
export function describeLifecycle({ store, harness, fresh }: StoreContext): void {
  describe('a store', () => {
    it('is at version 0 until it is migrated, then at the version of the schema', async () => {
      const empty = await fresh()
      try {
        expect(await empty.store.schemaVersion()).toBe(0)
        await empty.store.migrate()
        expect(await empty.store.schemaVersion()).toBe(SCHEMA_VERSION)
      } finally {
        await empty.close()
      }
    })

    it('keeps its rows and its rules when it is migrated again, also by several at once', async () => {
      const other = await harness().reopen()
      try {
        const member = row('member', { externalId: 'customer-1' })
        await seed(store(), 'member', [member])
        await Promise.all([store().migrate(), other.migrate(), store().migrate()])
        expect(await rowById(other, 'member', member.id)).toEqual(member)
        const twin = row('member', { accountId: member.accountId, externalId: 'customer-1' })
        expect(await store().commit([insert('member', twin)])).toMatchObject({ index: 'member_external_id' })
        expect(await other.schemaVersion()).toBe(SCHEMA_VERSION)
      } finally {
        await other.close()
      }
    })

    it('refuses to migrate data that a newer version wrote, and names both versions', async () => {
      const newer = await fresh()
      try {
        await newer.store.migrate()
        await newer.stampVersion(SCHEMA_VERSION + 1)
        await expect(newer.store.migrate()).rejects.toMatchObject({
          code: 'CONFLICT',
          message: expect.stringMatching(new RegExp(`\\b${SCHEMA_VERSION + 1}\\b.*\\b${SCHEMA_VERSION}\\b`)),
        })
        expect(await newer.store.schemaVersion()).toBe(SCHEMA_VERSION + 1)
      } finally {
        await newer.close()
      }
    })

    it('keeps the newest version of time zone data that was noted, whoever notes, also several at once', async () => {
      const passing = await fresh()
      try {
        await passing.store.migrate()
        expect(await notedZoneData(passing.store)).toBeNull()
        expect(await noteZoneData(passing.store, '2026f')).toBe('2026f')
        expect(await noteZoneData(passing.store, '2026c')).toBe('2026f')
        const other = await passing.reopen()
        try {
          expect(await notedZoneData(other)).toBe('2026f')
          const versions = ['2027b', '2026g', '2027a', '2027b']
          const both = versions.map((version, at) =>
            noteZoneData(at % 2 === 0 ? other : passing.store, version),
          )
          expect(await Promise.all(both)).toContain('2027b')
          expect([await notedZoneData(other), await notedZoneData(passing.store)]).toEqual(['2027b', '2027b'])
          expect(await other.schemaVersion()).toBe(SCHEMA_VERSION)
        } finally {
          await other.close()
        }
      } finally {
        await passing.close()
      }
    })

    it('takes the first note from several processes at once', async () => {
      const passing = await fresh()
      const others = await Promise.all([passing.reopen(), passing.reopen()])
      try {
        await passing.store.migrate()
        const stores = [passing.store, ...others]
        await Promise.all(stores.map((each, at) => noteZoneData(each, `2026${'fgh'.charAt(at)}`)))
        expect(await notedZoneData(passing.store)).toBe('2026h')
      } finally {
        for (const other of others) await other.close()
        await passing.close()
      }
    })

    it('says how durable it is', async () => {
      expect(await store().durability()).toMatch(IN_FORCE[store().kind])
    })

    it('answers a ping', async () => {
      await expect(store().ping()).resolves.toBeUndefined()
    })

    it('shows its rows to whoever opens the same data', async () => {
      const accountId = newAccount()
      const rows = [row('run', { accountId }), row('run', { accountId })]
      await seed(store(), 'run', rows)
      const other = await harness().reopen()
      try {
        expect(other.kind).toBe(store().kind)
        expect(await rowsOf(other, 'run', accountId)).toEqual(await rowsOf(store(), 'run', accountId))
        await seed(other, 'run', [row('run', { accountId })])
        expect(await rowsOf(store(), 'run', accountId)).toHaveLength(3)
      } finally {
        await other.close()
      }
    })

    it('has its rows when it was closed and opened again', async () => {
      const passing = await fresh()
      try {
        await passing.store.migrate()
        const members = Array.from({ length: 300 }, () => row('member', { accountId: 'a' }))
        await seed(passing.store, 'member', members)
        await passing.store.close()
        const again = await passing.reopen()
        try {
          expect(await rowsOf(again, 'member', 'a')).toHaveLength(300)
        } finally {
          await again.close()
        }
      } finally {
        await passing.close()
      }
    })

    it('is unavailable once it is closed, and may be closed again', async () => {
      const closed = await harness().reopen()
      await closed.close()
      await closed.close()
      const where = { field: 'id', op: 'eq', value: 'x' } as const
      const calls: (() => Promise<unknown>)[] = [
        () => closed.find('member', { limit: 1 }),
        () => closed.findByKeys('member', ['id'], [['x']]),
        () => closed.count('member', where, 1),
        () => closed.commit([insert('member', row('member'))]),
        () => closed.migrate(),
        () => closed.schemaVersion(),
        () => closed.note('x'),
        () => closed.writeNote('x', null, 'y'),
        () => closed.ping(),
        () => closed.durability(),
      ]
      for (const call of calls) await expect(call()).rejects.toMatchObject({ code: 'STORE_UNAVAILABLE' })
      expect(await store().count('member', where, 1)).toBe(0)
    })

    it('finishes what was asked before it is closed', async () => {
      const accountId = newAccount()
      const closing = await harness().reopen()
      const commits = Array.from({ length: 5 }, () =>
        closing.commit([insert('member', row('member', { accountId }))]),
      )
      await closing.close()
      const settled = await Promise.allSettled(commits)
      const committed = settled.filter(
        (each) => each.status === 'fulfilled' && each.value.outcome === 'committed',
      )
      expect(await rowsOf(store(), 'member', accountId)).toHaveLength(committed.length)
    })
  })
}
