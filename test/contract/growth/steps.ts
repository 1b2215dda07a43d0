import { afterEach, describe, expect, it } from '@jest/globals'
import { latestOf, SCHEMA_VERSION, SHAPE } from '../../../src/ports/schema.ts'
import type { MigrationProgress, Store } from '../../../src/ports/store.ts'
import { grownShape } from '../../helpers/grown-shape.ts'
import { until } from '../../helpers/until.ts'
import { bySort } from '../store/oracle.ts'
import { row } from '../store/rows.ts'
import {
  dump,
  type GrowthHarness,
  grow,
  grownMember,
  insertAll,
  inserting,
  membersOf,
  open,
  type Place,
  populatedPlace,
} from './context.ts'

const LAST = latestOf(grownShape(4).versions)
const FILLED = 20_000
/** No one who records waits longer than this for a batch of a fill. */
const WAIT_MS = 1_000
const STALLS = 3

/** Numbered steps: once each, wherever they are cut off, whoever takes them. */
export function describeSteps(harness: GrowthHarness): void {
  const { kind } = harness
  const opened: Store[] = []
  const places: Place[] = []
  afterEach(async () => {
    for (const store of opened.splice(0)) await store.close()
    for (const place of places.splice(0)) await place.remove()
  })
  const openAt = async (place: Place, shape = grownShape(4)) => {
    const store = await open(kind, place, shape)
    opened.push(store)
    return store
  }

  const populated = async () => {
    const place = await populatedPlace(harness)
    places.push(place)
    return place
  }

  /** Every row and index as they have to be, worked out from the rows of before. */
  async function expectGrown(place: Place, before: Record<string, unknown[]>): Promise<void> {
    const shape = grownShape(4)
    const store = await openAt(place)
    const members = (before.member as ReturnType<typeof grownMember>[]).map((member) =>
      grownMember({
        ...member,
        nickname: `nick ${member.externalId}`,
        visits: 8,
        initials: member.externalId.slice(0, 1),
      }),
    )
    expect(await dump(store, shape)).toEqual({ ...before, member: members, badge: [] })
    expect(await store.schemaVersion()).toBe(LAST)
    expect(await store.outstanding()).toEqual([])
    const wanted = Object.values(shape.schema).flatMap(({ indexes }) => Object.keys(indexes))
    expect(await place.indexes()).toEqual(wanted.sort())
  }

  const rowsBefore = async (place: Place) => {
    const store = await open(kind, place)
    const rows = await dump(store, SHAPE)
    await store.close()
    return rows
  }

  describe('a migration', () => {
    it('says what is outstanding, takes it, and then has nothing left', async () => {
      const place = await populated()
      const before = await rowsBefore(place)
      const store = await openAt(place)
      expect(await store.outstanding()).toEqual([
        `Version ${SCHEMA_VERSION + 1}: fields of members, and badges.`,
        `Version ${SCHEMA_VERSION + 2}: nicknames.`,
        `Version ${SCHEMA_VERSION + 3}: visits.`,
      ])
      await store.migrate()
      await expectGrown(place, before)
    })

    it('leaves what may be filled beside the program, and goes on with it later', async () => {
      const place = await populated()
      const before = await rowsBefore(place)
      const store = await openAt(place)
      await store.migrate({ usable: true })
      expect(await store.schemaVersion()).toBe(LAST)
      expect(await store.outstanding()).toEqual(['To be filled: one visit more (member), 0 rows so far.'])
      expect((await membersOf(store, 'many'))[0]).toMatchObject({ visits: 7, initials: null })
      await store.migrate({ usable: true })
      expect(await store.outstanding()).toHaveLength(1)
      await store.migrate()
      await expectGrown(place, before)
    })

    it('leaves nothing to be filled in a store that it makes, where no row can be of before', async () => {
      const place = await harness.empty()
      places.push(place)
      const store = await openAt(place)
      await store.migrate({ usable: true })
      expect(await store.outstanding()).toEqual([])
      const member = grownMember({ accountId: 'new' })
      await insertAll(store, [member])
      await store.migrate()
      expect(await membersOf(store, 'new')).toEqual([member])
    })

    it('fills the rows of a store that lost its stamp', async () => {
      const place = await populated()
      const before = await rowsBefore(place)
      await harness.stampVersion(place.uri, 0)
      const store = await openAt(place)
      await store.migrate({ usable: true })
      expect(await store.outstanding()).toContain('To be filled: one visit more (member), 0 rows so far.')
      await store.migrate()
      await expectGrown(place, before)
    })

    it('goes from each version to each later one', async () => {
      const place = await populated()
      const before = await rowsBefore(place)
      for (const steps of [2, 3, 4] as const) {
        const store = await openAt(place, grownShape(steps))
        await store.migrate()
        expect(await store.schemaVersion()).toBe(SCHEMA_VERSION + steps - 1)
      }
      await expectGrown(place, before)
    })

    it('that is killed at every step, one after the other, ends the same', async () => {
      const place = await populated()
      const before = await rowsBefore(place)
      const died: string[] = []
      for (;;) {
        const { status, stdout, stderr } = await grow(kind, place, { livesThrough: died })
        expect(stderr).toBe('')
        if (status === 0) break
        expect(status).toBeNull()
        died.push(stdout.trim().split('\n').at(-1) ?? '')
      }
      const steps = [/nicknames/, /removing index member_email/, /^index/, /^version/, /one visit more/]
      for (const step of steps) expect(died).toContainEqual(expect.stringMatching(step))
      await expectGrown(place, before)
    }, 300_000)

    it('that is killed in the middle of a batch fills each row once', async () => {
      const place = await populated()
      const before = await rowsBefore(place)
      const members = before.member?.length ?? 0
      const rows = [100, 300, members - 100, members + 50 - 400]
      for (const dieAtRow of rows) expect((await grow(kind, place, { dieAtRow })).status).toBeNull()
      const { status, stderr } = await grow(kind, place)
      expect({ status, stderr }).toEqual({ status: 0, stderr: '' })
      await expectGrown(place, before)
    })

    it('that two processes start together is done once', async () => {
      const place = await populated()
      const before = await rowsBefore(place)
      const ended = await Promise.all([grow(kind, place), grow(kind, place), grow(kind, place)])
      expect(ended.map(({ status, stderr }) => ({ status, stderr }))).toEqual(
        ended.map(() => ({ status: 0, stderr: '' })),
      )
      await expectGrown(place, before)
    })

    it('lets others record while it fills, and tells how far it is', async () => {
      const place = await harness.empty()
      places.push(place)
      const first = await openAt(place, SHAPE)
      await first.migrate()
      const members = Array.from({ length: FILLED }, (_, at) =>
        row('member', { accountId: 'long', externalId: `m${at}` }),
      )
      await insertAll(first, members)
      const store = await openAt(place)
      const told: MigrationProgress[] = []
      let isOver = false
      const startedMs = performance.now()
      const migrated = store.migrate({ onProgress: (progress) => void told.push(progress) }).then(() => {
        isOver = true
      })
      await until(async () => told.some(({ done }) => done !== null))
      const waits: number[] = []
      const recorded = []
      const changed = [...members].sort(bySort([{ field: 'id', order: 'asc' }]))
      while (!isOver) {
        const begunMs = performance.now()
        const member = grownMember({ accountId: 'beside' })
        const { id, accountId } = changed[(waits.length * 397) % FILLED]!
        const set = { firstName: `changed ${waits.length}` }
        const update = { op: 'update', collection: 'member', id, accountId, set } as const
        const result = await store.commit([inserting(member), update])
        if (result.outcome === 'committed') recorded.push({ id, ...set })
        else expect(result.reason).toBe('busy')
        waits.push(performance.now() - begunMs)
        await new Promise((resolve) => setImmediate(resolve))
      }
      await migrated
      const tookMs = performance.now() - startedMs
      expect(recorded.length).toBeGreaterThan(50)
      // nobody waits for the fill; with other work on the machine a commit takes longer, and so does the fill, and now
      // and then one of them is held up by what is not ours
      const [longest = 0] = waits.toSorted((a, b) => b - a).slice(STALLS)
      expect(longest).toBeLessThan(Math.max(WAIT_MS, tookMs / 4))
      const byId = new Map((await membersOf(store, 'long')).map((member) => [member.id, member]))
      expect([...byId.values()].every(({ visits, nickname }) => visits === 8 && nickname !== null)).toBe(true)
      // what was recorded meanwhile is not lost under the fill
      const latest = new Map(recorded.map(({ id, firstName }) => [id, firstName]))
      for (const [id, firstName] of latest) expect(byId.get(id)?.firstName).toBe(firstName)
      const last = told.filter(({ what }) => what === 'nicknames (member)').at(-1)
      expect(last?.done).toBeGreaterThanOrEqual(FILLED)
    })

    it('stops with its batch when the store is closed, and goes on when it is opened again', async () => {
      const place = await populated()
      const before = await rowsBefore(place)
      const store = await open(kind, place, grownShape(4))
      const cut = store.migrate({ onProgress: ({ done }) => void (done === 200 && store.close()) })
      await expect(cut).rejects.toMatchObject({ code: 'STORE_UNAVAILABLE' })
      await (await openAt(place)).migrate()
      await expectGrown(place, before)
    })

    it('is refused, also while it is looked at, where a newer program was', async () => {
      const place = await populated()
      await harness.stampVersion(place.uri, LAST + 1)
      const store = await openAt(place)
      const refused = {
        code: 'CONFLICT',
        message: expect.stringMatching(
          new RegExp(
            `^The .* has schema version ${LAST + 1}, .* up to ${LAST}: run the newer Streakline\\.$`,
          ),
        ),
      }
      await expect(store.migrate()).rejects.toMatchObject(refused)
      await expect(store.outstanding()).rejects.toMatchObject(refused)
      expect(await store.schemaVersion()).toBe(LAST + 1)
      expect(await place.indexes()).not.toContain('badge_name')
    })
  })
}
