import type { DatabaseSync } from 'node:sqlite'
import type { Stamp, StepState } from '../plan.ts'

const CREATE = `
  CREATE TABLE IF NOT EXISTS meta (key TEXT PRIMARY KEY, value INTEGER NOT NULL) STRICT;
  CREATE TABLE IF NOT EXISTS meta_step
    (step TEXT PRIMARY KEY, cursor TEXT NOT NULL, rows INTEGER NOT NULL, done INTEGER NOT NULL) STRICT`
const SET = `INSERT INTO meta (key, value) VALUES (?, ?) ON CONFLICT (key) DO UPDATE SET value = excluded.value`
const SET_STEP = `INSERT INTO meta_step (step, cursor, rows, done) VALUES (?, ?, ?, ?)
  ON CONFLICT (step) DO UPDATE SET cursor = excluded.cursor, rows = excluded.rows, done = excluded.done`

function hasTable(db: DatabaseSync, name: string): boolean {
  return db.prepare(`SELECT 1 FROM sqlite_schema WHERE type = 'table' AND name = ?`).get(name) !== undefined
}

export function createMeta(db: DatabaseSync): void {
  db.exec(CREATE)
}

export function readStamp(db: DatabaseSync): Stamp {
  if (!hasTable(db, 'meta')) return { version: 0, shape: null }
  const read = db.prepare('SELECT value FROM meta WHERE key = ?')
  const shape = read.get('schema_shape')?.value
  return {
    version: Number(read.get('schema_version')?.value ?? 0),
    shape: shape === undefined ? null : Number(shape),
  }
}

export function writeStamp(db: DatabaseSync, { version, shape }: { version: number; shape: number }): void {
  const set = db.prepare(SET)
  set.run('schema_version', version)
  set.run('schema_shape', shape)
}

/** Steps that were begun. Without `done` those of fills that run beside the program since the store was stamped. */
export function readSteps(db: DatabaseSync): ReadonlyMap<string, StepState> {
  if (!hasTable(db, 'meta_step')) return new Map()
  const rows = db.prepare('SELECT step, cursor, rows, done FROM meta_step').all()
  return new Map(
    rows.map(({ step, cursor, rows, done }) => [
      String(step),
      { cursor: String(cursor), rows: Number(rows), done: done === 1 },
    ]),
  )
}

export function writeStep(db: DatabaseSync, name: string, { cursor, rows, done }: StepState): void {
  db.prepare(SET_STEP).run(name, cursor, rows, done ? 1 : 0)
}

export function forgetStep(db: DatabaseSync, name: string): void {
  db.prepare('DELETE FROM meta_step WHERE step = ?').run(name)
}
