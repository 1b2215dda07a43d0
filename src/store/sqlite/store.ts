import type { DatabaseSync } from 'node:sqlite'
import { AppError } from '../../errors.ts'
import { type CollectionName, type FieldName, type Row, SHAPE, type Shape } from '../../ports/schema.ts'
import type {
  Change,
  CommitResult,
  Condition,
  MigrateOptions,
  Query,
  Scalar,
  Store,
} from '../../ports/store.ts'
import { LastingFault, TRIAL } from '../lasting-fault.ts'
import { describeOutstanding, refuseNewer } from '../plan.ts'
import { applyChanges } from './changes.ts'
import { Checkpoints } from './checkpoints.ts'
import type { SqlValue } from './columns.ts'
import { type Connection, openConnection } from './connection.ts'
import { asStoreFailure, kindOfFault } from './failures.ts'
import { migrateSqlite } from './migrate.ts'
import { readNote, writeNote } from './notes.ts'
import { countRows, countSql, findRows, findRowsByKeys, findSql, type Sql } from './queries.ts'
import { Readings } from './readings.ts'
import { readStamp, readSteps } from './stamp.ts'
import { Statements } from './statements.ts'
import { decodeRow, describeTables, TABLES } from './tables.ts'
import { WalSync } from './wal-sync.ts'

/** https://sqlite.org/pragma.html#pragma_synchronous */
const SYNCHRONOUS = ['OFF', 'NORMAL', 'FULL', 'EXTRA']

/** The ids of the rows that changes leave behind. */
function* idsLeftBy(changes: readonly Change[]): Iterable<string> {
  for (const change of changes) {
    if (change.op !== 'delete') yield change.op === 'insert' ? change.row.id : change.id
  }
}

/**
 * The store in one SQLite file. Statements run in this thread, each in microseconds; what waits for the disk (the
 * sync of a commit, checkpoints) and reads that are bounded run in others.
 */
export class SqliteStore implements Store {
  readonly kind = 'sqlite'
  readonly #connection: Connection
  readonly #statements: Statements
  readonly #sync: WalSync
  readonly #checkpoints: Checkpoints
  readonly #shape: Shape
  readonly #readings: Readings
  readonly #fault = new LastingFault()
  #closing: Promise<void> | undefined

  constructor(connection: Connection, sync: WalSync, checkpoints: Checkpoints, shape: Shape = SHAPE) {
    this.#connection = connection
    this.#statements = new Statements(connection.db, shape === SHAPE ? TABLES : describeTables(shape.schema))
    this.#shape = shape
    this.#sync = sync
    this.#checkpoints = checkpoints
    this.#readings = new Readings(connection.path)
  }

  async findByKeys<C extends CollectionName>(
    collection: C,
    fields: readonly FieldName<C>[],
    keys: readonly (readonly Scalar[])[],
  ): Promise<Row<C>[]> {
    const rows = this.#run(() => findRowsByKeys(this.#statements, collection, fields, keys)) as Row<C>[]
    await this.#shownOnDisk(rows)
    return rows
  }

  async find<C extends CollectionName>(collection: C, query: Query<C>): Promise<Row<C>[]> {
    const plain = query as unknown as Query<CollectionName>
    const rows = (
      query.bounded === true
        ? await this.#findBounded(collection, plain)
        : this.#run(() => findRows(this.#statements, collection, plain))
    ) as Row<C>[]
    await this.#shownOnDisk(rows)
    return rows
  }

  async count<C extends CollectionName>(
    collection: C,
    where: Condition<C>,
    max: number,
    bounded?: true,
  ): Promise<number> {
    if (bounded === true) {
      const [counted] = await this.#read(
        countSql(this.#statements.tables[collection], where as Condition, max, true),
      )
      return Number(counted?.[0])
    }
    return this.#run(() => countRows(this.#statements, collection, where as Condition, max))
  }

  async commit(changes: readonly Change[]): Promise<CommitResult> {
    if (this.#checkpoints.isFull) await this.#checkpoints.drained()
    if (this.#checkpoints.emptying !== undefined) await this.#checkpoints.emptying
    const result = this.#run(() => applyChanges(this.#connection.db, this.#statements, changes))
    if (result.outcome === 'committed') this.#sync.written(idsLeftBy(changes))
    // the row that a duplicate met may not be on disk yet, and is an answer all the same
    if (result.outcome === 'committed' || result.reason === 'duplicate') await this.#sync.durable()
    if (this.#closing === undefined) this.#checkpoints.consider()
    return result
  }

  async migrate(options: MigrateOptions = {}): Promise<void> {
    const migration = {
      db: this.#connection.db,
      statements: this.#statements,
      shape: this.#shape,
      check: () => this.#run(() => {}),
      written: (ids: readonly string[]) => this.#sync.written(ids),
      durable: () => this.#settled(),
    }
    try {
      await migrateSqlite(migration, options)
    } catch (error) {
      throw asStoreFailure(error)
    }
  }

  async outstanding(): Promise<readonly string[]> {
    return this.#run(() => {
      const stamp = readStamp(this.#connection.db)
      refuseNewer('SQLite', stamp.version, this.#shape)
      return describeOutstanding(stamp, this.#shape, readSteps(this.#connection.db))
    })
  }

  async schemaVersion(): Promise<number> {
    return this.#run(() => readStamp(this.#connection.db).version)
  }

  async note(name: string): Promise<string | null> {
    const noted = this.#run(() => readNote(this.#connection.db, name))
    // nobody is told of a note that a crash could still take back
    await this.#sync.durable()
    return noted
  }

  async writeNote(name: string, before: string | null, value: string): Promise<string | null> {
    const noted = this.#run(() => writeNote(this.#connection.db, name, before, value))
    this.#sync.written([])
    await this.#sync.durable()
    return noted
  }

  /** What rows lost is zeroed in the file (`secure_delete`): so the log has to go, which still has the pages of before. */
  async purge(): Promise<void> {
    this.#run(() => {})
    await this.#sync.durable()
    const isEmpty = await this.#checkpoints.emptied().catch((error: unknown) => {
      throw asStoreFailure(error)
    })
    if (isEmpty) return
    const message = 'The log of the SQLite store could not be emptied: somebody is reading from the file.'
    throw new AppError('STORE_BUSY', message)
  }

  async ping(): Promise<void> {
    this.#run(() => this.#statements.get('SELECT 1 FROM sqlite_schema LIMIT 1').get())
    await this.#fault.check(async () => this.writeNote(TRIAL.note, await this.note(TRIAL.note), TRIAL.value))
  }

  async durability(): Promise<string> {
    return this.#run(() => {
      const [journal] = this.#statements.get('PRAGMA journal_mode').get() as unknown as [string]
      const [level] = this.#statements.get('PRAGMA synchronous').get() as unknown as [number]
      return `journal_mode=${journal}, synchronous=${SYNCHRONOUS[level]}, awaited fdatasync`
    })
  }

  close(): Promise<void> {
    this.#closing ??= this.#close()
    return this.#closing
  }

  async #close(): Promise<void> {
    const { db, wal } = this.#connection
    // a failure was told to those who waited for their commits; what can be saved is
    await this.#sync.durable().catch(() => {})
    await this.#checkpoints.close()
    await this.#readings.close()
    // the last connection to close checkpoints by itself and removes the WAL
    db.close()
    await wal.close()
  }

  async #findBounded(collection: CollectionName, query: Query<CollectionName>): Promise<object[]> {
    const { columns, ...sql } = findSql(this.#statements.tables[collection], query, true)
    return (await this.#read(sql)).map((values) => decodeRow(columns, values))
  }

  /** In the thread for reads that may take long. */
  async #read(sql: Sql): Promise<SqlValue[][]> {
    // says what is wrong with the store, if anything is
    this.#run(() => {})
    try {
      return await this.#readings.all(sql)
    } catch (error) {
      throw this.#failureOf(error)
    }
  }

  #run<T>(work: () => T): T {
    if (this.#closing !== undefined) throw new AppError('STORE_UNAVAILABLE', 'The SQLite store is closed.')
    try {
      if (this.#sync.failed) this.#recover()
      return work()
    } catch (error) {
      throw this.#failureOf(error)
    }
  }

  #failureOf(error: unknown): unknown {
    const failure = asStoreFailure(error)
    this.#fault.note(kindOfFault(error), failure)
    return failure
  }

  /** On disk, and with a WAL that others may write to. */
  async #settled(): Promise<void> {
    await this.#sync.durable()
    if (this.#closing !== undefined) return
    this.#checkpoints.consider()
    if (this.#checkpoints.isFull) await this.#checkpoints.drained()
  }

  /** After a failed sync only a checkpoint says whether what was written is on disk: it writes and syncs it anew. */
  #recover(): void {
    const checkpoint = this.#statements.get('PRAGMA wal_checkpoint(TRUNCATE)')
    const [isBusy] = checkpoint.get() as unknown as [number]
    if (isBusy !== 0)
      throw new AppError('STORE_UNAVAILABLE', 'The SQLite store could not sync its log to disk.')
    this.#sync.recovered()
  }

  /** Nobody is told of a row that a crash could still take back. */
  async #shownOnDisk(rows: readonly { readonly id?: string }[]): Promise<void> {
    if (this.#sync.settled) return
    if (rows.some(({ id }) => id === undefined || this.#sync.isUnsynced(id))) await this.#sync.durable()
  }
}

export interface SqliteOptions {
  /** Is handed the connection once it is set up: tests limit what it may take of the disk. */
  readonly onOpen?: ((db: DatabaseSync) => void) | undefined
  /** What is stored; the product's own unless a test hands in another. */
  readonly shape?: Shape | undefined
}

/**
 * Opens the store in the file `path`, which is made when it is not there, with its folder, for their owner only. Does
 * not migrate it and does not claim the folder: see `acquireOwnerLock`. @throws AppError STORE_UNAVAILABLE
 */
export async function openSqliteStore(path: string, { onOpen, shape }: SqliteOptions = {}): Promise<Store> {
  const connection = await openConnection(path)
  onOpen?.(connection.db)
  const sync = new WalSync(() => connection.wal.datasync())
  return new SqliteStore(connection, sync, new Checkpoints(connection.db, connection.path), shape)
}
