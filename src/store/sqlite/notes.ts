import type { DatabaseSync } from 'node:sqlite'

const CREATE = 'CREATE TABLE IF NOT EXISTS notes (key TEXT PRIMARY KEY, value TEXT NOT NULL) STRICT'
const EXISTS = `SELECT 1 FROM sqlite_schema WHERE type = 'table' AND name = 'notes'`

/** null when there is none. */
export function readNote(db: DatabaseSync, name: string): string | null {
  if (db.prepare(EXISTS).get() === undefined) return null
  const row = db.prepare('SELECT value FROM notes WHERE key = ?').get(name)
  return (row?.value as string | undefined) ?? null
}

/** Each statement is a transaction by itself, and the one that writes also asks. */
export function writeNote(
  db: DatabaseSync,
  name: string,
  before: string | null,
  value: string,
): string | null {
  if (db.prepare(EXISTS).get() === undefined) db.exec(CREATE)
  if (before === null) {
    db.prepare('INSERT INTO notes (key, value) VALUES (?, ?) ON CONFLICT DO NOTHING').run(name, value)
  } else {
    db.prepare('UPDATE notes SET value = ? WHERE key = ? AND value = ?').run(value, name, before)
  }
  return readNote(db, name)
}
