import { fileURLToPath } from 'node:url'
import type { CollectionName, Row, Shape } from '../../../src/ports/schema.ts'
import type { Change, Condition, Store } from '../../../src/ports/store.ts'
import type { FrozenKeys } from '../../helpers/frozen-stores.ts'
import type { GrowOptions } from '../../helpers/grow-child.ts'
import { OLD_MEMBER } from '../../helpers/grown-shape.ts'
import { openStore, type StoreKind } from '../../helpers/open-store.ts'
import { type Ended, runProgram } from '../../helpers/run-program.ts'
import { row } from '../store/rows.ts'

/** A place for a store: empty, or with a store of schema version 1 in it. */
export interface Place {
  readonly uri: string
  readonly keys: FrozenKeys
  /** Indexes by their names, without those of ids. */
  indexes(): Promise<string[]>
  /** Removes one, past the store. */
  dropIndex(collection: string, index: string): Promise<void>
  /** How many rows each collection has, past the store. */
  counts(): Promise<Readonly<Record<string, number>>>
  remove(): Promise<void>
}

export interface GrowthHarness {
  readonly kind: StoreKind
  empty(): Promise<Place>
  /** A copy of the frozen store of version 1. */
  thawed(): Promise<Place>
  /** Stamps the data with a schema version, past the store. */
  stampVersion(uri: string, version: number): Promise<void>
}

/** Died processes are given up after half a second here. */
export const LEASE_MS = 500

export function open(kind: StoreKind, { uri }: Place, shape?: Shape): Promise<Store> {
  return openStore(kind, uri, { leaseMs: LEASE_MS, ...(shape === undefined ? {} : { shape }) })
}

const CHILD = fileURLToPath(new URL('../../helpers/grow-child.ts', import.meta.url))

/** Another process that brings the store to `grownShape(4)`. */
export function grow(kind: StoreKind, { uri }: Place, options: GrowOptions = {}): Promise<Ended> {
  const given = JSON.stringify({ leaseMs: LEASE_MS, ...options })
  return runProgram(process.execPath, ['--no-warnings', CHILD, kind, uri, given])
}

/** A member as a grown shape has it. */
export type GrownMember = Row<'member'> & typeof OLD_MEMBER

export function grownMember(given: Partial<GrownMember> = {}): GrownMember {
  return { ...row('member'), ...OLD_MEMBER, ...given }
}

export function inserting(member: Row<'member'>): Change {
  return { op: 'insert', collection: 'member', row: member }
}

/** Inserts members as `store` knows them, a few hundred a commit. */
export async function insertAll(store: Store, members: readonly Row<'member'>[]): Promise<void> {
  for (let from = 0; from < members.length; from += 500) {
    const result = await store.commit(members.slice(from, from + 500).map(inserting))
    if (result.outcome !== 'committed') throw new Error(`not inserted: ${result.reason}`)
  }
}

export function ofAccount(accountId: string): Condition<'member'> {
  return { field: 'accountId', op: 'eq', value: accountId }
}

/** All members, by id. */
export async function membersOf(store: Store, accountId?: string): Promise<GrownMember[]> {
  const found = await store.find('member', {
    ...(accountId === undefined ? {} : { where: ofAccount(accountId) }),
    sort: [{ field: 'id', order: 'asc' }],
    limit: 100_000,
  })
  return found as GrownMember[]
}

/** Everything in a store, by collection and id. */
export async function dump(store: Store, shape: Shape): Promise<Record<string, unknown[]>> {
  const all: Record<string, unknown[]> = {}
  for (const collection of Object.keys(shape.schema) as CollectionName[]) {
    all[collection] = await store.find(collection, { sort: [{ field: 'id', order: 'asc' }], limit: 100_000 })
  }
  return all
}

const MANY = 450

/** The frozen store of version 1 with more members than fit into a batch; the product has brought it forward. */
export async function populatedPlace(harness: GrowthHarness): Promise<Place> {
  const place = await harness.thawed()
  const store = await open(harness.kind, place)
  await store.migrate()
  const members = Array.from({ length: MANY }, (_, at) =>
    row('member', { accountId: 'many', externalId: `m${at}` }),
  )
  await insertAll(store, members)
  await store.close()
  return place
}
