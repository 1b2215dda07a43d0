import { randomUUID } from 'node:crypto'
import { expect } from '@jest/globals'
import type { CollectionName, Row } from '../../../src/ports/schema.ts'
import type { Change, CommitResult, Condition, Store } from '../../../src/ports/store.ts'

/** What a store's own test provides: a database of its own, empty and not migrated, and the ways to get at it. */
export interface StoreHarness {
  readonly store: Store
  /** What `openStore(store.kind, processUri)` opens in this or another process: the same data. */
  readonly processUri: string
  /** Opens one more store on the same data; whoever asked closes it. `store` stays as it is. */
  reopen(): Promise<Store>
  /** Stamps the data with a schema version, past the store. */
  stampVersion(version: number): Promise<void>
  /** Closes `store` and removes the data. */
  close(): Promise<void>
}

export interface StoreContext {
  /** The harness all cases share; its store is migrated. Cases keep apart by account. */
  harness(): StoreHarness
  store(): Store
  /** One more harness, not migrated; whoever asked closes it. */
  fresh(): Promise<StoreHarness>
}

export function newAccount(): string {
  return randomUUID()
}

export function insert<C extends CollectionName>(collection: C, row: Row<C>): Change {
  return { op: 'insert', collection, row } as unknown as Change
}

/** Inserts rows that must not collide, a few hundred a commit. */
export async function seed<C extends CollectionName>(
  store: Store,
  collection: C,
  rows: readonly Row<C>[],
): Promise<void> {
  for (let from = 0; from < rows.length; from += 250) {
    const changes = rows.slice(from, from + 250).map((row) => insert(collection, row))
    expect(await commitSettled(store, changes)).toEqual({ outcome: 'committed' })
  }
}

/** Commits, trying again while the store says `busy`: what is left is an answer about the data. */
export async function commitSettled(store: Store, changes: readonly Change[]): Promise<CommitResult> {
  const deadline = Date.now() + 20_000
  for (;;) {
    const result = await store.commit(changes)
    if (result.outcome === 'committed' || result.reason !== 'busy') return result
    if (Date.now() > deadline) throw new Error('the store stayed busy for 20 s')
  }
}

/** All rows of an account, by id. */
export async function rowsOf<C extends CollectionName>(
  store: Store,
  collection: C,
  accountId: string,
): Promise<Row<C>[]> {
  const where = { field: 'accountId', op: 'eq', value: accountId } as unknown as Condition<C>
  return store.find(collection, { where, sort: [{ field: 'id' as never, order: 'asc' }], limit: 10_000 })
}

export async function rowById<C extends CollectionName>(
  store: Store,
  collection: C,
  id: string,
): Promise<Row<C> | undefined> {
  const [found] = await store.findByKeys(collection, ['id' as never], [[id]])
  return found
}
