import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { openSqliteStore } from '../../src/store/sqlite/store.ts'
import { describeEngine } from './engine-suite.ts'

describeEngine('SQLite', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'streakline-engine-'))
  const store = await openSqliteStore(join(folder, 'store.sqlite'))
  await store.migrate()
  const close = async () => {
    await store.close()
    await rm(folder, { recursive: true })
  }
  return { store, close }
})
