import type { CollectionName, Row } from '../../../src/ports/schema.ts'
import type { Condition, Query, Store } from '../../../src/ports/store.ts'

/** One read that a list asked of its store. */
export type Read =
  | { readonly kind: 'find'; readonly collection: CollectionName; readonly query: Query<CollectionName> }
  | {
      readonly kind: 'count'
      readonly collection: CollectionName
      readonly where: Condition
      readonly max: number
    }

export interface Examined {
  /** Index entries or rows looked at, whichever are more. */
  readonly rows: number
  /** The store's own words about how it went about it. */
  readonly plans: readonly string[]
  /** Whether a whole collection was read, or all that matched was sorted. */
  readonly isScan: boolean
}

export interface PlanHarness {
  /** Notes what it is asked. */
  readonly store: Store
  /** What the reads that `store` noted since the last call have cost. */
  examined(): Promise<Examined>
  close(): Promise<void>
}

/** A store that notes the reads of lists; `take` hands them over. */
export function notingStore(store: Store): { store: Store; take(): Read[] } {
  let reads: Read[] = []
  const noting: Store = {
    kind: store.kind,
    findByKeys: (...input) => store.findByKeys(...input),
    commit: (changes) => store.commit(changes),
    migrate: () => store.migrate(),
    outstanding: () => store.outstanding(),
    schemaVersion: () => store.schemaVersion(),
    note: (name) => store.note(name),
    writeNote: (name, before, value) => store.writeNote(name, before, value),
    purge: () => store.purge(),
    ping: () => store.ping(),
    durability: () => store.durability(),
    close: () => store.close(),
    find<C extends CollectionName>(collection: C, query: Query<C>): Promise<Row<C>[]> {
      reads.push({ kind: 'find', collection, query: query as unknown as Query<CollectionName> })
      return store.find(collection, query)
    },
    count(collection, where, max) {
      reads.push({ kind: 'count', collection, where: where as Condition, max })
      return store.count(collection, where, max)
    },
  }
  return {
    store: noting,
    take() {
      const taken = reads
      reads = []
      return taken
    },
  }
}
