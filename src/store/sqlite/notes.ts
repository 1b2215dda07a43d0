import type { DatabaseSync } from 'node:sqlite'

const CREATE = 'CREATE TABLE IF NOT EXISTS notes (key TEXT PRIMARY KEY, value TEXT NOT NULL) STRICT'
const READ = `SELECT value FROM notes WHERE key = 'zone_data'`
const RAISE = `INSERT INTO notes (key, value) VALUES ('zone_data', ?)
  ON CONFLICT (key) DO UPDATE SET value = max(value, excluded.value) RETURNING value`

/** null when none was noted. */
export function readZoneData(db: DatabaseSync): string | null {
  const isThere = db.prepare(`SELECT 1 FROM sqlite_schema WHERE type = 'table' AND name = 'notes'`).get()
  if (isThere === undefined) return null
  return (db.prepare(READ).get()?.value as string | undefined) ?? null
}

/** Each statement is a transaction by itself, and the second one both writes and answers. */
export function noteZoneData(db: DatabaseSync, version: string): string {
  db.exec(CREATE)
  return db.prepare(RAISE).get(version)!.value as string
}
