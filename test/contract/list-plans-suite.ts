import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import type { IndexedList } from '../../src/http/resource.ts'
import { createResources } from '../../src/http/resources.ts'
import type { CollectionName } from '../../src/ports/schema.ts'
import type { CommitResult } from '../../src/ports/store.ts'
import { type Api, type Client, startApi } from '../helpers/api.ts'
import { IS_FULL_RUN } from '../helpers/full-run.ts'
import type { Examined, PlanHarness } from './plans/harness.ts'
import { plannedRow } from './plans/rows.ts'
import { commitSettled, insert } from './store/context.ts'

/** The ledger's busiest collection has this many rows in one account, the others enough to tell a scan from a seek. */
const MANY = IS_FULL_RUN ? 100_000 : 20_000
const ENOUGH = 5_000
/** So few that the store's deadlines hold on a busy machine. */
const CHUNK = 250
const COMMITS_AT_ONCE = 2
const COMMITTED = { outcome: 'committed' }
/** Filling takes most of it, on a machine that does other things. */
const FILLED_WITHIN_MS = 300_000
const PAGES = [
  { offset: 0, limit: 20 },
  { offset: 490, limit: 30 },
] as const

type Shown = Readonly<Record<string, unknown>>

/** All values compared here are numbers or ASCII texts. */
function compare(one: unknown, other: unknown): number {
  const [a, b] = [one as number, other as number]
  return a < b ? -1 : a > b ? 1 : 0
}

/** That the lists which the reference calls quick read few rows, by the store's own account of its plans. */
export function describeListPlans(name: string, setup: () => Promise<PlanHarness>): void {
  describe(`what lists read on ${name}`, () => {
    let harness: PlanHarness
    let api: Api
    let admin: Client
    beforeAll(async () => {
      harness = await setup()
      api = await startApi({ store: harness.store })
      admin = await api.account('plans')
    })
    afterAll(async () => {
      await api.close()
      await harness.close()
    })

    const served = (slug: string) => createResources(api.deps).find((resource) => resource.slug === slug)!

    /** Rows of which only what is compared is kept. */
    async function fill(slug: string, rows: number): Promise<Shown[]> {
      const { collection, fields = {} } = served(slug)
      const kept: Shown[] = []
      const underWay: Promise<CommitResult>[] = []
      for (let from = 0; from < rows; from += CHUNK) {
        const made = Array.from({ length: CHUNK }, (_, at) =>
          plannedRow(collection as CollectionName, admin.accountId, from + at, rows),
        )
        const changes = made.map((row) => insert(collection as CollectionName, row))
        underWay.push(commitSettled(api.store, changes))
        if (underWay.length === COMMITS_AT_ONCE) expect(await underWay.shift()).toEqual(COMMITTED)
        for (const row of made as unknown as Shown[]) {
          if (row.source === 'drawn') continue
          const shown = Object.entries(fields).flatMap(([field, { stored }]) =>
            stored === undefined ? [] : [[field, row[stored]]],
          )
          kept.push(Object.fromEntries(shown))
        }
      }
      for (const result of await Promise.all(underWay)) expect(result).toEqual(COMMITTED)
      return kept
    }

    interface Asked {
      readonly equals: Readonly<Record<string, unknown>>
      readonly sort: string
      readonly order: 'ASC' | 'DESC'
      /** Rows beyond this value of `sort` only. */
      readonly from?: unknown
      readonly offset: number
      readonly limit: number
    }

    /** Sorted once for each order. */
    const sorted = new WeakMap<readonly Shown[], Map<string, readonly Shown[]>>()
    function inOrder(rows: readonly Shown[], sort: string, order: 'ASC' | 'DESC'): readonly Shown[] {
      const known = sorted.get(rows) ?? new Map<string, readonly Shown[]>()
      sorted.set(rows, known)
      const present = known.get(`${sort} ${order}`)
      if (present !== undefined) return present
      const made = rows.toSorted((one, other) => {
        const ascending = compare(one[sort], other[sort])
        return (order === 'ASC' ? ascending : -ascending) || compare(one.id, other.id)
      })
      known.set(`${sort} ${order}`, made)
      return made
    }

    /** Asks, compares the answer, and says how many rows passed: those shown and those skipped. */
    async function ask(
      slug: string,
      rows: readonly Shown[],
      asked: Asked,
    ): Promise<{ passed: number } & Examined> {
      const { equals, sort, order, from, offset, limit } = asked
      const isInstant = ['createdAt', 'activityAt'].includes(sort)
      const leaves: object[] = Object.entries(equals).map(([fieldSlug, value]) => ({
        fieldSlug,
        operator: 'EQUALS',
        value,
      }))
      if (from !== undefined) {
        const value = isInstant ? new Date(Number(from)).toISOString() : from
        leaves.push({
          fieldSlug: sort,
          operator: order === 'ASC' ? 'GREATER_THAN' : 'LESS_THAN_OR_EQUALS',
          value,
        })
      }
      const answer = await admin.list(slug, {
        fields: ['id'],
        sortBy: [{ fieldSlug: sort, order }],
        offset: String(offset),
        limit: String(limit),
        ...(leaves.length === 0 ? {} : { filters: { and: leaves } }),
      })
      const passing = inOrder(rows, sort, order)
        .values()
        .filter((row) => Object.entries(equals).every(([field, value]) => row[field] === value))
        .filter((row) => {
          if (from === undefined) return true
          return order === 'ASC' ? compare(row[sort], from) > 0 : compare(row[sort], from) <= 0
        })
        .take(offset + limit)
        .map(({ id }) => id)
        .toArray()
      const ids = answer.body.data?.map(({ id }: Shown) => id)
      expect({ asked, ids }).toEqual({ asked, ids: passing.slice(offset) })
      const passed = passing.length
      return { passed, ...(await harness.examined()) }
    }

    /** Every order, page and range of a list, by values that half of the rows have and by values that one has. */
    function askings({ equals, sort }: IndexedList, rows: readonly Shown[]): Asked[] {
      const samples = equals.length === 0 ? [rows[0]!] : [rows[0]!, rows[1]!, rows[5]!, rows[7]!]
      const field = sort ?? 'createdAt'
      return samples.flatMap((sample) => {
        const values = Object.fromEntries(equals.map((slug) => [slug, sample[slug]]))
        if (Object.values(values).includes(null)) return []
        return (['ASC', 'DESC'] as const).flatMap((order): Asked[] => {
          const common = { equals: values, sort: field, order }
          const middle = rows[Math.floor(rows.length / 2)]![field]
          return [
            ...PAGES.map((page) => ({ ...common, ...page })),
            ...(sort === null ? [] : [{ ...common, from: middle, ...PAGES[0] }]),
          ]
        })
      })
    }

    async function expectInProportion(slug: string, count: number): Promise<void> {
      const rows = await fill(slug, count)
      await harness.examined()
      for (const list of served(slug).indexed ?? []) {
        for (const asked of askings(list, rows)) {
          const { passed, rows: examined, plans, isScan } = await ask(slug, rows, asked)
          const outcome = { slug, asked, plans, isScan, passed, examined }
          // one row may be sorted
          if (list.sort !== null) expect(outcome).toEqual({ ...outcome, isScan: false })
          // what is passed has to be looked at: a measure that counts less measures nothing
          const isCounted = examined >= passed
          const isWithinBound = examined <= 10 * passed + 100
          expect({ ...outcome, isCounted, isWithinBound }).toEqual({
            ...outcome,
            isCounted: true,
            isWithinBound: true,
          })
        }
      }
    }

    it(
      'stays in proportion to what they pass, for 100,000 streak logs',
      () => expectInProportion('streak_log', MANY),
      FILLED_WITHIN_MS,
    )

    it(
      'stays in proportion to what they pass, for every other resource',
      async () => {
        // keys are refused what is for whoever is signed in
        const listed = createResources(api.deps).filter(
          ({ allows, forUsersOnly }) => allows.includes('list') && forUsersOnly !== true,
        )
        // of accounts a caller sees its own alone; its API keys include the one it calls with
        const others = listed.filter(({ slug }) => !['streak_log', 'account', 'api_key'].includes(slug))
        expect(others.length).toBeGreaterThanOrEqual(10)
        for (const { slug } of others) await expectInProportion(slug, ENOUGH)
      },
      FILLED_WITHIN_MS,
    )

    it('is seen to be everything where no index serves', async () => {
      const filters = { fieldSlug: 'firstName', operator: 'EQUALS', value: 'nobody' }
      expect((await admin.list('account_user', { filters })).body.data).toEqual([])
      expect((await harness.examined()).rows).toBeGreaterThanOrEqual(ENOUGH)
      expect(
        (await admin.list('account_user', { fields: ['id'], sortBy: [{ fieldSlug: 'lastName' }] })).status,
      ).toBe(200)
      expect(await harness.examined()).toMatchObject({ isScan: true })
    })
  })
}
