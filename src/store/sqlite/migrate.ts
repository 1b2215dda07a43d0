import type { DatabaseSync } from 'node:sqlite'
import { setTimeout as wait } from 'node:timers/promises'
import type { Fill } from '../../ports/schema/versions.ts'
import { latestOf, type Shape } from '../../ports/schema.ts'
import type { MigrateOptions } from '../../ports/store.ts'
import {
  BEGUN,
  checkSchema,
  describeStep,
  FILL_BATCH,
  fillOf,
  isBeside,
  isCurrent,
  isDropIndex,
  isFill,
  type PlannedStep,
  refuseNewer,
  type Stamp,
  type StepState,
  shapeNumber,
  stepsAbove,
} from '../plan.ts'
import type { SqlValue } from './columns.ts'
import { addMissing, buildIndex, dropIndex, missingIndexes } from './reshape.ts'
import { createMeta, forgetStep, readStamp, readSteps, writeStamp, writeStep } from './stamp.ts'
import type { Statements } from './statements.ts'
import { decodeRow, encodeValue, quoted, type Table } from './tables.ts'

export interface Migration {
  readonly db: DatabaseSync
  readonly statements: Statements
  readonly shape: Shape
  /** @throws AppError once the store is closed */
  readonly check: () => void
  /** Says that a commit has just left rows with these ids. */
  readonly written: (ids: readonly string[]) => void
  /** Resolves when what was written is on disk. @throws AppError when it cannot be */
  readonly durable: () => Promise<void>
}

/** One transaction. The write lock is SQLite's own, and ends with the process that has it. */
function transaction<T>(
  { db, check, written }: Migration,
  work: () => T,
  idsOf: (result: T) => readonly string[] = () => [],
): T {
  check()
  db.exec('BEGIN IMMEDIATE')
  try {
    const result = work()
    db.exec('COMMIT')
    written(idsOf(result))
    return result
  } finally {
    if (db.isTransaction) db.exec('ROLLBACK')
  }
}

/** The stamp, and what has to be done. @throws AppError CONFLICT when a newer version wrote the file */
function look({ db, shape }: Migration): { stamp: Stamp; left: ReadonlyMap<string, StepState> } {
  const stamp = readStamp(db)
  refuseNewer('SQLite', stamp.version, shape)
  return { stamp, left: readSteps(db) }
}

/**
 * Each step is a transaction that looks first whether it is done, so that it does not matter how often it is begun, by
 * whom, and where it was cut off. @throws AppError CONFLICT when a newer version wrote the file
 */
export async function migrateSqlite(migration: Migration, options: MigrateOptions): Promise<void> {
  const { stamp } = transaction(migration, () => look(migration))
  if (options.usable === true && isCurrent(stamp, migration.shape)) return
  // also where the stamp says that all is there: after a restore it need not be
  await bringForward(migration, options)
  if (options.usable !== true) await fillBeside(migration, options)
}

async function bringForward(migration: Migration, { onProgress = () => {} }: MigrateOptions): Promise<void> {
  const { db, statements, shape } = migration
  checkSchema(shape.schema)
  const tables = Object.values(statements.tables)
  const step = (what: string, work: () => void): void => {
    onProgress({ what, done: null, total: null })
    transaction(migration, () => {
      look(migration)
      work()
    })
  }
  step('collections and fields', () => {
    createMeta(db)
    for (const table of tables) addMissing(db, table)
  })
  const steps = stepsAbove(look(migration).stamp.version, shape)
  for (const each of steps) {
    if (isBeside(each)) continue
    if (isFill(each)) await fill(migration, each, onProgress)
    if (isDropIndex(each)) step(describeStep(each), () => dropIndex(db, each.step.index))
  }
  for (const table of tables) {
    for (const name of missingIndexes(db, table)) {
      step(`index ${name}`, () => {
        if (missingIndexes(db, table).includes(name)) buildIndex(db, table, name)
      })
    }
  }
  step(`version ${latestOf(shape.versions)}`, () => {
    const { version } = readStamp(db)
    for (const each of stepsAbove(version, shape)) {
      // a store that is only now made has nothing to fill where it has no rows
      if (isBeside(each) && (version > 0 || hasRows(db, each.step.collection))) {
        writeStep(db, each.name, BEGUN)
      } else forgetStep(db, each.name)
    }
    writeStamp(db, { version: latestOf(shape.versions), shape: shapeNumber(shape.schema) })
  })
  await migration.durable()
}

function hasRows(db: DatabaseSync, collection: string): boolean {
  return db.prepare(`SELECT 1 FROM ${quoted(collection)} LIMIT 1`).get() !== undefined
}

/** What the stamp has left behind it. */
async function fillBeside(migration: Migration, { onProgress = () => {} }: MigrateOptions): Promise<void> {
  const { db, shape } = migration
  for (const each of stepsAbove(0, shape)) {
    if (!isFill(each) || !readSteps(db).has(each.name)) continue
    await fill(migration, each, onProgress)
    transaction(migration, () => forgetStep(db, each.name))
    await migration.durable()
  }
}

/** Half of the time belongs to whoever records: after each batch it rests as long as that took. */
async function fill(
  migration: Migration,
  planned: PlannedStep<Fill>,
  onProgress: NonNullable<MigrateOptions['onProgress']>,
): Promise<void> {
  const { statements } = migration
  const { name, step } = planned
  const table = statements.tables[step.collection as keyof typeof statements.tables]
  const what = describeStep(planned)
  const [total] = statements.get(`SELECT count(*) FROM ${quoted(step.collection)}`).get() as unknown as [
    number,
  ]
  onProgress({ what, done: readSteps(migration.db).get(name)?.rows ?? 0, total })
  for (;;) {
    const begunMs = performance.now()
    const batch = () => fillBatch(migration, planned, table)
    const { state } = transaction(migration, batch, ({ ids }) => ids)
    await migration.durable()
    onProgress({ what, done: state.rows, total })
    if (state.done) return
    await wait(performance.now() - begunMs)
  }
}

function fillBatch(
  migration: Migration,
  { name, version, step }: PlannedStep<Fill>,
  table: Table,
): { readonly state: StepState; readonly ids: readonly string[] } {
  const { db, statements } = migration
  const { stamp, left } = look(migration)
  // of a version that is stamped only what is noted is left: another process has done it, and forgotten how far it was
  const before = left.get(name) ?? { ...BEGUN, done: stamp.version >= version }
  if (before.done) return { state: before, ids: [] }
  const names = table.columns.map((column) => quoted(column.name)).join(', ')
  const from = `FROM ${quoted(table.collection)} WHERE "id" > ? ORDER BY "id" LIMIT ${FILL_BATCH}`
  const found = statements.get(`SELECT ${names} ${from}`).all(before.cursor) as unknown as SqlValue[][]
  const rows = found.map((values) => decodeRow(table.columns, values))
  const filled = fillOf(step, rows)
  for (const { id, set } of filled) {
    const fields = Object.keys(set)
    const sets = fields.map((field) => `${quoted(field)} = ?`).join(', ')
    const values = fields.map((field) => encodeValue(table.column(field), set[field]))
    statements.get(`UPDATE ${quoted(table.collection)} SET ${sets} WHERE "id" = ?`).run(...values, id)
  }
  const state = {
    cursor: String(rows.at(-1)?.id ?? before.cursor),
    rows: before.rows + rows.length,
    done: rows.length < FILL_BATCH,
  }
  writeStep(db, name, state)
  return { state, ids: filled.map(({ id }) => id) }
}
