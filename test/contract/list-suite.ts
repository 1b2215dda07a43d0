import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import fc from 'fast-check'
import { createResources } from '../../src/http/resources.ts'
import type { Store } from '../../src/ports/store.ts'
import { type Api, type Client, NOW, startApi } from '../helpers/api.ts'
import { bySortBy, type Filter, filterText, passes, type SortBy } from './list/oracle.ts'
import {
  isSortable,
  type ListRequest,
  leafArbitrary,
  operatorsFor,
  requestArbitrary,
  selectiveWhereNeeded,
} from './list/requests.ts'
import {
  type AnyRow,
  type Field,
  isRecord,
  rowsOf,
  type Subject,
  subjectOf,
  withValuesOf,
} from './list/subject.ts'
import { seed } from './store/context.ts'

export interface ListSetup {
  /** Migrated and empty. */
  readonly store: Store
  close(): Promise<void>
}

const MOMENT = Date.parse(NOW)
/** The same requests on every store and in every run. */
const SEED = 20_261_122
const REQUESTS = 50
const AT_ONCE = 8

/** Lists over HTTP on a real store, compared with what the reference says of filters, orders and pages. */
export function describeLists(name: string, setup: () => Promise<ListSetup>): void {
  describe(`lists on ${name}`, () => {
    let parts: ListSetup
    let api: Api
    let admin: Client
    let subjects: Subject[]
    const rows = new Map<string, AnyRow[]>()

    beforeAll(async () => {
      parts = await setup()
      api = await startApi({ store: parts.store })
      admin = await api.account('lists')
      const other = await api.account('somebody else')
      subjects = createResources(api.deps)
        // of accounts a caller sees its own and no other: there is nothing to filter; some are not for keys
        .filter(({ allows, slug }) => allows.includes('list') && slug !== 'account')
        .filter(({ forUsersOnly }) => forUsersOnly !== true)
        .map((resource) => subjectOf(resource, MOMENT))
      for (const [at, subject] of subjects.entries()) {
        const own = rowsOf(subject, admin.accountId, MOMENT)
        const others = rowsOf(subject, other.accountId, MOMENT)
        await seed(api.store, subject.collection, [...own, ...others] as never)
        const known = own.filter((row) => isRecord(subject, row))
        rows.set(subject.slug, known)
        subjects[at] = withValuesOf(known, subject)
      }
    })
    afterAll(async () => {
      await api.close()
      await parts.close()
    })

    const subjectBySlug = (slug: string) => subjects.find((subject) => subject.slug === slug) as Subject
    const fieldOf = (subject: Subject, slug: string) =>
      subject.fields.find((field) => field.slug === slug) as Field

    /** What the store holds of a resource; the account's own API key is one of its records too. */
    async function records(subject: Subject): Promise<AnyRow[]> {
      if (subject.collection !== 'api_key') return rows.get(subject.slug) ?? []
      const where = { field: 'accountId', op: 'eq', value: admin.accountId } as const
      return api.store.find('api_key', { where, limit: 1000 })
    }

    async function expectAsOracle(subject: Subject, request: ListRequest): Promise<void> {
      const { filter, sortBy, offset, limit } = request
      const parameters = {
        fields: ['id'],
        fetchTotalCount: 'true',
        offset: String(offset),
        limit: String(limit),
        ...(filter === null ? {} : { filters: filterText(filter) }),
        ...(sortBy === null
          ? {}
          : { sortBy: sortBy.map(({ field, order }) => ({ fieldSlug: field.slug, order })) }),
      }
      const { status, body } = await admin.list(subject.slug, parameters)
      const order = sortBy ?? [{ field: fieldOf(subject, 'createdAt'), order: 'DESC' } as SortBy]
      const matching = (await records(subject)).filter((row) => filter === null || passes(row, filter))
      const ids = matching.toSorted(bySortBy(order)).map(({ id }) => id)
      expect({
        slug: subject.slug,
        parameters,
        status,
        ids: body.data?.map(({ id }: AnyRow) => id),
        paging: body.paging,
      }).toEqual({
        slug: subject.slug,
        parameters,
        status: 200,
        ids: ids.slice(offset, offset + limit),
        paging: { offset, limit, hasMore: ids.length > offset + limit, totalCount: ids.length },
      })
    }

    /** They only read, so that several can be under way. */
    async function expectAllAsOracle(subject: Subject, requests: readonly ListRequest[]): Promise<void> {
      for (let from = 0; from < requests.length; from += AT_ONCE) {
        await Promise.all(
          requests.slice(from, from + AT_ONCE).map((request) => expectAsOracle(subject, request)),
        )
      }
    }

    it('has something to compare for every resource that can be listed', () => {
      expect(subjects.length).toBeGreaterThanOrEqual(12)
      for (const { slug, fields } of subjects) {
        expect({ slug, fields: fields.length }).toEqual({ slug, fields: expect.any(Number) })
        expect(fields.length).toBeGreaterThanOrEqual(4)
      }
    })

    it('filter by each field with each of its operators', async () => {
      for (const subject of subjects) {
        const leaves = subject.fields.flatMap((field, place) =>
          operatorsFor(field).flatMap((operator) =>
            fc.sample(leafArbitrary(field, operator), { seed: SEED + place, numRuns: 1 }),
          ),
        )
        const requests = leaves.map((leaf) => {
          const filter = selectiveWhereNeeded(subject, leaf)
          return { filter, sortBy: null, offset: 0, limit: 1000 }
        })
        await expectAllAsOracle(subject, requests)
      }
    })

    it('sort by each field in both directions, in pages that cut ties', async () => {
      for (const subject of subjects) {
        const requests = subject.fields.filter(isSortable).flatMap((field): ListRequest[] => [
          { filter: null, sortBy: [{ field, order: 'ASC' }], offset: 9, limit: 23 },
          { filter: null, sortBy: [{ field, order: 'DESC' }], offset: 23, limit: 9 },
        ])
        await expectAllAsOracle(subject, requests)
      }
    })

    it('join conditions, orders and pages of any kind', async () => {
      for (const subject of subjects) {
        const drawn = fc.sample(requestArbitrary(subject), { seed: SEED, numRuns: REQUESTS })
        await expectAllAsOracle(subject, drawn)
      }
    })

    it.each([
      ['streak_log', [['createdAt', 'ASC']]],
      ['account_user', [['createdAt', 'ASC']]],
      ['streak_progress', [['streakProgressStatus', 'ASC']]],
      [
        'streak_progress',
        [
          ['createdAt', 'DESC'],
          ['streakProgressStatus', 'DESC'],
        ],
      ],
      [
        'streak_progress',
        [
          ['streakProgressStatus', 'DESC'],
          ['createdAt', 'ASC'],
        ],
      ],
    ] as const)('walk through %s by %j and meet each record once, whatever the page', async (slug, sort) => {
      const subject = subjectBySlug(slug)
      const sortBy = sort.map(([field, order]) => ({ field: fieldOf(subject, field), order }))
      for (const limit of [1, 5, 11]) {
        const pages = Math.ceil((rows.get(slug)?.length ?? 0) / limit) + 1
        const offsets = Array.from({ length: pages }, (_, page) => page * limit)
        await expectAllAsOracle(
          subject,
          offsets.map((offset) => ({ filter: null, sortBy, offset, limit })),
        )
      }
    })

    it('know the status of progress at the very end of its period', async () => {
      const subject = subjectBySlug('streak_progress')
      const statusAt = async (instant: number) => {
        api.clock.set(new Date(instant).toISOString())
        const at = subjectOf(createResources(api.deps).find(({ slug }) => slug === subject.slug)!, instant)
        const field = fieldOf(at, 'streakProgressStatus')
        for (const value of field.values) {
          const leaf: Filter = { field, operator: 'EQUALS', values: [value] }
          const filter = selectiveWhereNeeded(at, leaf)
          await expectAsOracle(at, { filter, sortBy: [{ field, order: 'ASC' }], offset: 0, limit: 1000 })
        }
        await expectAsOracle(at, { filter: null, sortBy: [{ field, order: 'DESC' }], offset: 5, limit: 40 })
        return (await records(at)).filter((row) => field.valueIn(row) === 'broken').length
      }
      const broken: number[] = []
      for (const step of [-3, -2, -1, 0, 1, 2, 3]) broken.push(await statusAt(MOMENT + step))
      api.clock.set(NOW)
      expect(broken).toEqual([...broken].sort((a, b) => a - b))
      expect(new Set(broken).size).toBeGreaterThan(4)
    })
  })
}
