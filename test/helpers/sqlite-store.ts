import { join } from 'node:path'
import type { Store } from '../../src/ports/store.ts'
import { openStore } from './open-store.ts'
import { makeTempFolder } from './temp-folder.ts'

export interface TempStore {
  readonly store: Store
  /** The folder its file lies in. */
  readonly folder: string
  close(): Promise<void>
}

/** A SQLite store of its own, empty and migrated. */
export async function openTempStore(): Promise<TempStore> {
  const [folder, remove] = await makeTempFolder()
  const store = await openStore('sqlite', join(folder, 'streakline.db'))
  await store.migrate()
  return {
    store,
    folder,
    async close() {
      await store.close()
      await remove()
    },
  }
}
