import type { CollectionName, FieldName, Row } from './schema.ts'

/** A value a condition compares with. Instants are epoch milliseconds, quantities bigint millionths. */
export type Scalar = string | number | bigint | boolean

export type Operator =
  | 'eq'
  | 'ne'
  | 'in'
  | 'nin'
  | 'gt'
  | 'gte'
  | 'lt'
  | 'lte'
  | 'contains'
  | 'startsWith'
  | 'isNull'
  | 'isNotNull'

/**
 * A condition on rows. Texts compare by their UTF-8 bytes, case-sensitive. `ne` and `nin` include nulls, `isNull`
 * means them, every other operator never matches null. The same on every store.
 */
export type Condition<C extends CollectionName = CollectionName> =
  | { readonly field: FieldName<C>; readonly op: 'isNull' | 'isNotNull' }
  | { readonly field: FieldName<C>; readonly op: 'in' | 'nin'; readonly value: readonly Scalar[] }
  | {
      readonly field: FieldName<C>
      readonly op: Exclude<Operator, 'in' | 'nin' | 'isNull' | 'isNotNull'>
      readonly value: Scalar
    }
  | { readonly and: readonly Condition<C>[] }
  | { readonly or: readonly Condition<C>[] }

/** Nulls first in ascending order. Without `id` in it ties are in no particular order: add it where it matters. */
export type Sort<C extends CollectionName> = readonly {
  readonly field: FieldName<C>
  readonly order: 'asc' | 'desc'
}[]

export interface Query<C extends CollectionName> {
  readonly where?: Condition<C>
  readonly sort?: Sort<C>
  readonly offset?: number
  /** At least 1. */
  readonly limit: number
  /** Fields to leave out, for wide rows; they are absent from the result. */
  readonly omit?: readonly FieldName<C>[]
  /**
   * For reads of which a caller chooses the cost. Such a read is in the way of no other and may be given up: it throws
   * AppError QUERY_TOO_EXPENSIVE when it costs more than the store grants, OVERLOADED when too many wait.
   */
  readonly bounded?: true
}

/**
 * One write. `guard` must hold for an update or delete, else the whole change set is a conflict; a row that does
 * not exist fails its guard. Fields of a row that are absent from `set` stay as they are.
 */
export type Change = {
  [C in CollectionName]:
    | { readonly op: 'insert'; readonly collection: C; readonly row: Row<C> }
    | {
        readonly op: 'update'
        readonly collection: C
        readonly id: string
        readonly accountId: string
        readonly guard?: Partial<Row<C>>
        readonly set: Partial<Row<C>>
      }
    | {
        readonly op: 'delete'
        readonly collection: C
        readonly id: string
        readonly accountId: string
        readonly guard?: Partial<Row<C>>
      }
}[CollectionName]

export type CommitResult =
  | { readonly outcome: 'committed' }
  | {
      readonly outcome: 'conflict'
      /**
       * `duplicate`: a unique index (named) refused a row. `changed`: a guard did not hold. `busy`: another writer was
       * faster, try again.
       */
      readonly reason: 'duplicate' | 'changed' | 'busy'
      readonly collection?: CollectionName
      readonly index?: string
    }

/** Where a migration is. */
export interface MigrationProgress {
  /** For people: `index member_email`, `names of orders (delivery)`. */
  readonly what: string
  /** Rows, where it goes by rows; null where nobody can tell. */
  readonly done: number | null
  readonly total: number | null
}

export interface MigrateOptions {
  /** Resolve as soon as the program can work: what fills rows beside it is left to a later call. */
  readonly usable?: boolean
  /** Told before each step, and after each batch of rows. */
  readonly onProgress?: (progress: MigrationProgress) => void
}

/**
 * The durable home of everything. Two adapters (SQLite, MongoDB) pass one contract suite.
 * Every method throws AppError STORE_UNAVAILABLE when the store cannot be reached, and nothing else but programming
 * errors.
 */
export interface Store {
  readonly kind: 'sqlite' | 'mongodb'

  /**
   * Rows of which the values of `fields`, in this order, equal one of `keys`. Unknown keys give no row; the order of
   * rows is not defined. Meant for the leading fields of an index; at most 1,000 keys.
   */
  findByKeys<C extends CollectionName>(
    collection: C,
    fields: readonly FieldName<C>[],
    keys: readonly (readonly Scalar[])[],
  ): Promise<Row<C>[]>

  find<C extends CollectionName>(collection: C, query: Query<C>): Promise<Row<C>[]>

  /** How many rows match; counting stops at `max`. `bounded` as in `Query`. */
  count<C extends CollectionName>(
    collection: C,
    where: Condition<C>,
    max: number,
    bounded?: true,
  ): Promise<number>

  /**
   * Applies all changes or none, in the order deletes, updates, inserts. Atomic; when it answers `committed` the
   * changes are on disk and will survive a crash of process or machine. Not idempotent: guards and unique indexes
   * make a repetition a conflict.
   */
  commit(changes: readonly Change[]): Promise<CommitResult>

  /**
   * Brings the store to the shape it was opened with: collections, fields and indexes that are missing, then the steps
   * of the versions it has not seen, then the stamp. Idempotent, safe from several processes at once, and goes on where
   * a killed one stopped. Recording may go on meanwhile.
   * @throws AppError CONFLICT when a newer program wrote it, or its rows forbid an index
   */
  migrate(options?: MigrateOptions): Promise<void>
  /** What `migrate` would do, a sentence each; empty when there is nothing. @throws AppError CONFLICT as `migrate` does */
  outstanding(): Promise<readonly string[]>
  /** The stamped schema version; 0 when never migrated. */
  schemaVersion(): Promise<number>
  /** What the processes of a store agree on beside its rows, by a name; null when nothing was noted. */
  note(name: string): Promise<string | null>
  /**
   * Notes `value` where the note still is `before` (null: where there is none); answers what is noted then, `value` or
   * what another writer noted. Durable like a commit, atomic, idempotent; needs no migration.
   */
  writeNote(name: string, before: string | null, value: string): Promise<string | null>
  /**
   * Resolves when nothing that rows had lost before the call is left in the store's own files, as far as the store has
   * those in its hands: SQLite does, a server of MongoDB does not (docs/operations.md). Idempotent.
   * @throws AppError STORE_BUSY when somebody reads from them for too long: call it again
   */
  purge(): Promise<void>
  /**
   * Resolves when the store answers a trivial read and is whole: once a call failed for a full disk it writes
   * something, to see whether there is room again; once one met malformed data it never resolves.
   */
  ping(): Promise<void>
  /**
   * How durability is set, for start-up logs and the bench: `synchronous=NORMAL, awaited fdatasync`, `w: majority, j:
   * true`.
   */
  durability(): Promise<string>
  close(): Promise<void>
}
