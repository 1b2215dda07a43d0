import { randomUUID } from 'node:crypto'
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import type { Condition, Scalar, Store } from '../../../src/ports/store.ts'
import { grownShape, OLD_MEMBER } from '../../helpers/grown-shape.ts'
import { bySort, matches } from '../store/oracle.ts'
import { row } from '../store/rows.ts'
import {
  type GrownMember,
  type GrowthHarness,
  grownMember,
  insertAll,
  inserting,
  membersOf,
  ofAccount,
  open,
  type Place,
} from './context.ts'

const accountId = randomUUID()
/** For each field some values below its default, the default, and some above. */
const VALUES: Readonly<Record<string, readonly Scalar[]>> = {
  tier: ['', 'bro', 'bronze', 'bronzé', 'silver'],
  visits: [-1, 0, 7, 8],
  points: [0n, 1_500_000n, 1_500_001n],
  insider: [false, true],
  since: [0, 86_400_000, 1_700_000_000_000],
  nickname: ['nick'],
}

function conditionsOn(field: string, values: readonly Scalar[]): Condition<'member'>[] {
  const made: object[] = [
    { field, op: 'isNull' },
    { field, op: 'isNotNull' },
    { field, op: 'in', value: [] },
    { field, op: 'nin', value: [] },
    { field, op: 'in', value: values },
    { field, op: 'nin', value: values },
  ]
  for (const value of values) {
    for (const op of ['eq', 'ne', 'gt', 'gte', 'lt', 'lte']) made.push({ field, op, value })
    for (const op of ['in', 'nin']) made.push({ field, op, value: [value] })
    if (typeof value === 'string')
      for (const op of ['contains', 'startsWith']) made.push({ field, op, value })
  }
  return made as Condition<'member'>[]
}

/** Rows that were stored before there was a field are to everybody as if they had its default. */
export function describeDefaults(harness: GrowthHarness): void {
  describe('a row of before a field', () => {
    let place: Place
    let store: Store
    /** The program of before. */
    let old: Store
    let members: GrownMember[]

    beforeAll(async () => {
      place = await harness.empty()
      old = await open(harness.kind, place)
      await old.migrate()
      const before = Array.from({ length: 12 }, () => row('member', { accountId }))
      await insertAll(old, before)
      store = await open(harness.kind, place, grownShape(2))
      await store.migrate()
      const after = Array.from({ length: 24 }, (_, at) => {
        const given = Object.entries(VALUES).map(([field, values]) => [field, values[at % values.length]])
        return grownMember({ accountId, ...Object.fromEntries(given) })
      })
      await insertAll(store, after)
      // and by an older program that still runs
      const beside = Array.from({ length: 12 }, () => row('member', { accountId }))
      await insertAll(old, beside)
      members = [...before, ...beside].map((member) => ({ ...member, ...OLD_MEMBER })).concat(after)
      members.sort(bySort([{ field: 'id', order: 'asc' }]))
    })
    afterAll(async () => {
      await store.close()
      await old.close()
      await place.remove()
    })

    it('reads as the default of each field, and as null where that may be', async () => {
      expect(await membersOf(store, accountId)).toEqual(members)
    })

    it.each(Object.keys(VALUES))(
      'meets every condition on %s as the row with the default does',
      async (field) => {
        for (const condition of conditionsOn(field, VALUES[field] ?? [])) {
          for (const where of [
            condition,
            { or: [condition, { field: 'id', op: 'eq', value: 'none' }] },
          ] as const) {
            const asked: Condition<'member'> = { and: [ofAccount(accountId), where as Condition<'member'>] }
            const expected = members
              .filter((member) => matches(member, condition as Condition))
              .map(({ id }) => id)
            const found = await store.find('member', {
              where: asked,
              sort: [{ field: 'id', order: 'asc' }],
              limit: 100,
            })
            expect({ condition, ids: found.map(({ id }) => id) }).toEqual({ condition, ids: expected })
            expect(await store.count('member', asked, 1_000)).toBe(expected.length)
          }
        }
      },
    )

    it.each(Object.keys(VALUES))(
      'is sorted by %s where the row with the default is, page by page',
      async (field) => {
        for (const order of ['asc', 'desc'] as const) {
          const sort = [
            { field, order },
            { field: 'id', order: 'asc' },
          ] as const
          const expected = [...members].sort(bySort(sort)).map(({ id }) => id)
          const ids: string[] = []
          for (let offset = 0; offset < members.length; offset += 7) {
            const page = {
              where: ofAccount(accountId),
              sort: sort as never,
              offset,
              limit: 7,
              omit: ['phoneNumber'] as const,
            }
            const found = await store.find('member', page)
            for (const each of found) expect(Object.keys(each)).not.toContain('phoneNumber')
            ids.push(...found.map(({ id }) => id))
          }
          expect(ids).toEqual(expected)
        }
      },
    )

    it('is found by its default as a key', async () => {
      const keys = [
        [accountId, 'bronze'],
        [accountId, 'silver'],
        [randomUUID(), 'bronze'],
      ]
      const found = await store.findByKeys('member', ['accountId', 'tier' as never], keys)
      const expected = members.filter(({ tier }) => tier === 'bronze' || tier === 'silver')
      expect(found.map(({ id }) => id).sort()).toEqual(expected.map(({ id }) => id))
    })

    it('holds a guard on the default, alone and among many, and no other', async () => {
      const guarded = (member: GrownMember, guard: object, set: object) =>
        ({ op: 'update', collection: 'member', id: member.id, accountId, guard, set }) as never
      const mine = members.filter(({ tier }) => tier !== 'silver')
      const rest = { tags: OLD_MEMBER.tags, stamp: OLD_MEMBER.stamp }
      const one = mine[0]!
      expect(await store.commit([guarded(one, { ...rest, tier: 'gold' }, { visits: 1 })])).toMatchObject({
        reason: 'changed',
      })
      expect(await store.commit([guarded(one, { tags: ['new'] }, { visits: 1 })])).toMatchObject({
        reason: 'changed',
      })
      const many = mine.map((each) =>
        guarded(each, { tier: each.tier, visits: each.visits, points: each.points }, { tier: 'gold' }),
      )
      expect(
        await store.commit([...many, guarded(members[1]!, { tier: 'tin' }, { tier: 'gold' })]),
      ).toMatchObject({ reason: 'changed' })
      expect(await store.commit(many)).toEqual({ outcome: 'committed' })
      expect(await store.commit(many)).toMatchObject({ reason: 'changed' })
      expect(
        await store.commit([
          guarded(one, { ...rest, tier: 'gold', insider: one.insider }, { tier: one.tier }),
        ]),
      ).toEqual({ outcome: 'committed' })
      const restored = mine.slice(1).map((each) => guarded(each, { tier: 'gold' }, { tier: each.tier }))
      expect(await store.commit(restored)).toEqual({ outcome: 'committed' })
      expect(await membersOf(store, accountId)).toEqual(members)
    })

    it('lets two racing writers hold one guard on the default once', async () => {
      const member = row('member', { accountId: randomUUID() })
      await insertAll(old, [member])
      const write = (visits: number) =>
        store.commit([
          {
            op: 'update',
            collection: 'member',
            id: member.id,
            accountId: member.accountId,
            guard: { visits: 7 },
            set: { visits },
          } as never,
        ])
      const results = await Promise.all([1, 2, 3, 4, 5].map((step) => write(7 + step)))
      expect(results.filter(({ outcome }) => outcome === 'committed')).toHaveLength(1)
    })

    it('is changed and deleted by the program of before, beside the newer one', async () => {
      const member = grownMember({ accountId: randomUUID(), tier: 'silver' })
      await store.commit([inserting(member)])
      const change = { collection: 'member', id: member.id, accountId: member.accountId } as const
      expect(
        await old.commit([{ op: 'update', ...change, guard: { revision: 0 }, set: { revision: 1 } }]),
      ).toEqual({ outcome: 'committed' })
      expect(await membersOf(store, member.accountId)).toEqual([{ ...member, revision: 1 }])
      expect(await old.commit([{ op: 'delete', ...change }])).toEqual({ outcome: 'committed' })
      await expect(old.migrate()).rejects.toMatchObject({ code: 'CONFLICT' })
    })

    it('has a collection and an index that came with it', async () => {
      expect(await place.indexes()).toEqual(expect.arrayContaining(['badge_name', 'member_tier']))
      const badge = { id: randomUUID(), accountId, createdAt: 1, updatedAt: 1, name: 'first' }
      const change = { op: 'insert', collection: 'badge', row: badge } as never
      expect(await store.commit([change])).toEqual({ outcome: 'committed' })
      const twin = { op: 'insert', collection: 'badge', row: { ...badge, id: randomUUID() } } as never
      expect(await store.commit([twin])).toMatchObject({ reason: 'duplicate', index: 'badge_name' })
    })
  })
}
