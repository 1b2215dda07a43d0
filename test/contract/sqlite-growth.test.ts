import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { frozenKeys, thawSqlite } from '../helpers/frozen-stores.ts'
import { makeTempFolder } from '../helpers/temp-folder.ts'
import type { Place } from './growth/context.ts'
import { describeGrowth } from './growth-suite.ts'

async function placed(prepare: (path: string) => void): Promise<Place> {
  const [folder, remove] = await makeTempFolder()
  const uri = join(folder, 'streakline.sqlite')
  prepare(uri)
  return {
    uri,
    keys: frozenKeys(1).sqlite,
    async indexes() {
      const names = read(uri, `SELECT name FROM sqlite_schema WHERE type = 'index' AND sql IS NOT NULL`)
      return names.map(([name]) => String(name)).sort()
    },
    async dropIndex(_collection, index) {
      const db = new DatabaseSync(uri, { timeout: 5_000 })
      db.exec(`DROP INDEX "${index}"`)
      db.close()
    },
    async counts() {
      const tables = read(uri, `SELECT name FROM sqlite_schema WHERE type = 'table'`)
      return Object.fromEntries(
        tables.map(([name]) => [name, Number(read(uri, `SELECT count(*) FROM "${name}"`)[0]?.[0])]),
      )
    },
    remove,
  }
}

function read(path: string, sql: string): unknown[][] {
  const db = new DatabaseSync(path, { readOnly: true })
  const statement = db.prepare(sql)
  statement.setReturnArrays(true)
  const rows = statement.all() as unknown as unknown[][]
  db.close()
  return rows
}

describeGrowth('SQLite', {
  kind: 'sqlite',
  empty: () => placed(() => {}),
  thawed: () => placed((path) => thawSqlite(1, path)),
  async stampVersion(uri, version) {
    const db = new DatabaseSync(uri, { timeout: 5_000 })
    db.prepare(`UPDATE meta SET value = ? WHERE key = 'schema_version'`).run(version)
    db.close()
  },
})
