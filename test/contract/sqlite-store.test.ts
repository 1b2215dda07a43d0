import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { openSqliteStore } from '../../src/store/sqlite/store.ts'
import { describeStoreContract, type StoreHarness } from './store-suite.ts'

async function setup(): Promise<StoreHarness> {
  const folder = await mkdtemp(join(tmpdir(), 'streakline-store-'))
  const path = join(folder, 'data', 'store.db')
  const store = await openSqliteStore(path)
  return {
    store,
    processUri: path,
    reopen: () => openSqliteStore(path),
    async stampVersion(version) {
      const db = new DatabaseSync(path, { timeout: 5_000 })
      db.prepare(`UPDATE meta SET value = ? WHERE key = 'schema_version'`).run(version)
      db.close()
    },
    async close() {
      await store.close()
      await rm(folder, { recursive: true, force: true })
    },
  }
}

describeStoreContract('SQLite', setup)
