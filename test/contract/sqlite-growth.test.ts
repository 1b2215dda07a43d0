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
      const db = new DatabaseSync(uri, { readOnly: true })
      const found = db
        .prepare(`SELECT name FROM sqlite_schema WHERE type = 'index' AND sql IS NOT NULL`)
        .all()
      db.close()
      return found.map(({ name }) => String(name)).sort()
    },
    remove,
  }
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
