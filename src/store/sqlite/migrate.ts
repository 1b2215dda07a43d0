import type { DatabaseSync } from 'node:sqlite'
import { AppError } from '../../errors.ts'
import { SCHEMA_VERSION } from '../../ports/schema.ts'
import { TABLES } from './tables.ts'

const CREATE_META = 'CREATE TABLE IF NOT EXISTS meta (key TEXT PRIMARY KEY, value INTEGER NOT NULL) STRICT'
const STAMP = `INSERT INTO meta (key, value) VALUES ('schema_version', ?)
  ON CONFLICT (key) DO UPDATE SET value = excluded.value`

/** The stamped version; 0 when there is none. */
export function readSchemaVersion(db: DatabaseSync): number {
  const isStamped = db.prepare(`SELECT 1 FROM sqlite_schema WHERE type = 'table' AND name = 'meta'`).get()
  if (isStamped === undefined) return 0
  const row = db.prepare(`SELECT value FROM meta WHERE key = 'schema_version'`).get()
  return row === undefined ? 0 : Number(row.value)
}

/**
 * Creates what is missing and stamps the version, in one transaction. Idempotent; another process waits for it.
 * @throws AppError CONFLICT when a newer version wrote the file
 */
export function migrateSchema(db: DatabaseSync): void {
  db.exec('BEGIN IMMEDIATE')
  try {
    const found = readSchemaVersion(db)
    if (found > SCHEMA_VERSION) {
      throw new AppError(
        'CONFLICT',
        `The SQLite store is at schema version ${found}, but this program knows only up to ${SCHEMA_VERSION}: use a newer program.`,
      )
    }
    db.exec(CREATE_META)
    for (const table of Object.values(TABLES)) {
      for (const sql of table.createSql) db.exec(sql)
    }
    if (found < SCHEMA_VERSION) db.prepare(STAMP).run(SCHEMA_VERSION)
    db.exec('COMMIT')
  } finally {
    if (db.isTransaction) db.exec('ROLLBACK')
  }
}
