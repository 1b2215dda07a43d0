import { afterEach, describe, expect, it } from '@jest/globals'
import { ACCOUNTS } from '../../../src/ports/schema/accounts.ts'
import { dropIndex, fill } from '../../../src/ports/schema/versions.ts'
import { SCHEMA, SCHEMA_VERSION, SHAPE } from '../../../src/ports/schema.ts'
import type { Store } from '../../../src/ports/store.ts'
import { grownShape } from '../../helpers/grown-shape.ts'
import { row } from '../store/rows.ts'
import { type GrowthHarness, inserting, open, type Place, populatedPlace } from './context.ts'

/** What a store is compared with, and what is refused. */
export function describeShapes(harness: GrowthHarness): void {
  const opened: Store[] = []
  const places: Place[] = []
  afterEach(async () => {
    for (const store of opened.splice(0)) await store.close()
    for (const place of places.splice(0)) await place.remove()
  })
  const populated = async () => {
    const place = await populatedPlace(harness)
    places.push(place)
    return place
  }
  const openAt = async (place: Place, shape = grownShape(4)) => {
    const store = await open(harness.kind, place, shape)
    opened.push(store)
    return store
  }

  describe('a shape', () => {
    it('is noticed where the schema changed within a version, as it does while a version is made', async () => {
      const place = await populated()
      const { schema } = grownShape(2)
      const store = await openAt(place, { ...SHAPE, schema })
      expect(await store.outstanding()).toEqual([
        `Version ${SCHEMA_VERSION}: collections, fields and indexes are to be compared with the schema.`,
      ])
      await store.migrate()
      expect(await place.indexes()).toContain('member_tier')
      expect(await store.outstanding()).toEqual([])
    })

    it('puts back an index that is missing, as it may be after a backup was restored', async () => {
      const place = await populated()
      await place.dropIndex('member', 'member_external_id')
      const store = await openAt(place, SHAPE)
      await store.migrate()
      expect(await place.indexes()).toContain('member_external_id')
    })

    it('rebuilds an index whose fields changed, and leaves one that is not ours', async () => {
      const place = await populated()
      const once = { fields: ['accountId', 'email'], unique: true, where: { notNull: ['email'] } }
      const indexes = { ...ACCOUNTS.member.indexes, member_email: once, member_live: { fields: ['status'] } }
      const schema = { ...SCHEMA, member: { ...SCHEMA.member, indexes } }
      const store = await openAt(place, { ...SHAPE, schema })
      await store.migrate()
      const twins = () => row('member', { accountId: 'twins', email: 'twin@example.com' })
      expect(await store.commit([inserting(twins())])).toEqual({ outcome: 'committed' })
      expect(await store.commit([inserting(twins())])).toMatchObject({ index: 'member_email' })
      const product = await openAt(place, SHAPE)
      await product.migrate()
      expect(await product.commit([inserting(twins())])).toEqual({ outcome: 'committed' })
      expect(await place.indexes()).toContain('member_live')
      // rows forbid it now
      const refused = { code: 'CONFLICT', message: expect.stringContaining('member_email') }
      await expect(store.migrate()).rejects.toMatchObject(refused)
      // and it can be brought back all the same
      await product.migrate()
      expect(await place.indexes()).toContain('member_email')
    })

    it('refuses an index that a default would deceive, before it touches anything', async () => {
      const place = await populated()
      const { schema } = grownShape(2)
      const member = schema.member!
      for (const index of [
        { fields: ['tier'], unique: true },
        { fields: ['accountId'], where: { isTrue: ['marked'] } },
      ]) {
        const fields = {
          ...member.fields,
          marked: { type: 'boolean', nullable: false, default: true } as const,
        }
        const store = await openAt(place, {
          ...SHAPE,
          schema: { ...schema, member: { fields, indexes: { wrong: index } } },
        })
        await expect(store.migrate()).rejects.toThrow(/index wrong of member/)
        expect(await store.schemaVersion()).toBe(SCHEMA_VERSION)
        expect(await place.indexes()).not.toContain('badge_name')
      }
    })

    it('stays where it was when a step fails, and goes on once the step is mended', async () => {
      const place = await populated()
      const versions = (of: Parameters<typeof fill>[4]) => [
        ...SHAPE.versions,
        {
          version: SCHEMA_VERSION + 1,
          what: 'a mistake',
          steps: [
            dropIndex('member', 'gone_long_ago'),
            fill('member', SCHEMA.member, 'a mistake', 'before', of),
          ],
        },
      ]
      const broken = await openAt(place, {
        ...SHAPE,
        versions: versions(() => {
          throw new Error('out of luck')
        }),
      })
      await expect(broken.migrate()).rejects.toThrow('out of luck')
      expect(await broken.schemaVersion()).toBe(SCHEMA_VERSION)
      const mended = await openAt(place, { ...SHAPE, versions: versions(() => null) })
      await mended.migrate()
      expect(await mended.schemaVersion()).toBe(SCHEMA_VERSION + 1)
    })
  })
}
