import { open, readFile, stat } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals'
import type { Change } from '../../src/ports/store.ts'
import { type CheckpointLimits, Checkpoints } from '../../src/store/sqlite/checkpoints.ts'
import { type Connection, FULL_WAL_FRAMES, openConnection } from '../../src/store/sqlite/connection.ts'
import { openSqliteStore, SqliteStore } from '../../src/store/sqlite/store.ts'
import { WalSync } from '../../src/store/sqlite/wal-sync.ts'
import { makeTempFolder } from '../helpers/temp-folder.ts'
import { insert, rowById, rowsOf } from './store/context.ts'
import { row } from './store/rows.ts'

const OWNER_ONLY = 0o777
const COMMITTED = { outcome: 'committed' }

let folder = ''
let removeFolder: () => Promise<void>
const path = () => join(folder, 'data', 'deep', 'store.db')
const member = (given: Parameters<typeof row<'member'>>[1] = {}): Change =>
  insert('member', row('member', given))

beforeEach(async () => {
  const made = await makeTempFolder()
  folder = made[0]
  removeFolder = made[1]
})
afterEach(() => removeFolder())

/** A sync that the test ends, each in its turn. */
class HeldSyncs {
  readonly #begun: { resolve(): void; reject(error: Error): void }[] = []
  begun = 0
  readonly datasync = () =>
    new Promise<void>((resolve, reject) => {
      this.begun++
      this.#begun.push({ resolve, reject })
    })
  end(): void {
    this.#begun.shift()?.resolve()
  }
  fail(): void {
    this.#begun.shift()?.reject(new Error('EIO: i/o error, fdatasync'))
  }
}

/** Whether a promise has settled once everything that needs no disk has run. */
async function hasSettled(promise: Promise<unknown>): Promise<boolean> {
  let settled = false
  const note = () => {
    settled = true
  }
  promise.then(note, note)
  for (let turn = 0; turn < 3; turn++) await new Promise((resolve) => setImmediate(resolve))
  return settled
}

async function opened(
  datasyncOf: (connection: Connection) => () => Promise<void>,
  limits?: CheckpointLimits,
): Promise<{ connection: Connection; store: SqliteStore }> {
  const connection = await openConnection(path())
  const sync = new WalSync(datasyncOf(connection))
  const checkpoints = new Checkpoints(connection.db, connection.path, limits)
  return { connection, store: new SqliteStore(connection, sync, checkpoints) }
}

describe('a commit to SQLite', () => {
  let held: HeldSyncs
  let store: SqliteStore
  beforeEach(async () => {
    held = new HeldSyncs()
    store = (await opened(() => held.datasync)).store
    // fills, which sync by themselves, are left to a later call
    const migrated = store.migrate({ usable: true })
    held.end()
    await migrated
    held.begun = 0
  })
  afterEach(async () => {
    const closed = store.close()
    held.end()
    await closed
  })

  it('is answered only when a sync that began after it has ended', async () => {
    const commit = store.commit([member()])
    expect(held.begun).toBe(1)
    expect(await hasSettled(commit)).toBe(false)
    held.end()
    expect(await commit).toEqual(COMMITTED)
  })

  it('waits for the next sync when one is running, and shares it with the others that wait', async () => {
    const first = store.commit([member()])
    const others = [store.commit([member()]), store.commit([member()])]
    expect(held.begun).toBe(1)
    held.end()
    expect(await first).toEqual(COMMITTED)
    expect(await hasSettled(Promise.race(others))).toBe(false)
    expect(held.begun).toBe(2)
    held.end()
    expect(await Promise.all(others)).toEqual([COMMITTED, COMMITTED])
    expect(held.begun).toBe(2)
  })

  it('calls a row a duplicate only when the row it met is on disk', async () => {
    const key = { accountId: 'a', externalId: 'customer-1' }
    const first = store.commit([member(key)])
    const second = store.commit([member(key)])
    expect(await hasSettled(second)).toBe(false)
    held.end()
    expect(await first).toEqual(COMMITTED)
    expect(await second).toMatchObject({ outcome: 'conflict', reason: 'duplicate' })
  })

  it('answers that a guard failed without waiting', async () => {
    const first = store.commit([member()])
    const update = {
      op: 'update',
      collection: 'member',
      id: 'none',
      accountId: 'a',
      set: { revision: 1 },
    } as const
    expect(await store.commit([update])).toMatchObject({ reason: 'changed' })
    held.end()
    await first
  })

  it('shows a row only when it is on disk, and other rows at once', async () => {
    const [old, fresh] = [row('member'), row('member')]
    const before = store.commit([insert('member', old)])
    held.end()
    await before
    const commit = store.commit([insert('member', fresh)])
    expect(await rowById(store, 'member', old.id)).toEqual(old)
    const found = rowById(store, 'member', fresh.id)
    expect(await hasSettled(found)).toBe(false)
    held.end()
    expect(await found).toEqual(fresh)
    expect(await commit).toEqual(COMMITTED)
  })

  it('fails when the sync fails, and the store works again once the disk does', async () => {
    const lost = row('member')
    const [commit, shared] = [store.commit([insert('member', lost)]), store.commit([member()])]
    const read = rowById(store, 'member', lost.id)
    held.fail()
    for (const each of [commit, shared, read]) {
      await expect(each).rejects.toMatchObject({ code: 'STORE_UNAVAILABLE' })
    }
    // the checkpoint that comes first brings what was written to disk
    expect(await rowById(store, 'member', lost.id)).toEqual(lost)
    const next = store.commit([member()])
    held.end()
    expect(await next).toEqual(COMMITTED)
  })
})

describe('a full disk under SQLite', () => {
  it('fails the commit, leaves nothing half-done, and is got over', async () => {
    const { connection, store } = await opened(
      ({ wal }) =>
        () =>
          wal.datasync(),
    )
    await store.migrate()
    const { page_count: pages } = connection.db.prepare('PRAGMA page_count').get() as { page_count: number }
    connection.db.exec(`PRAGMA max_page_count = ${pages + 20}`)
    const accountId = 'a'
    const wide = () => Array.from({ length: 10 }, () => member({ accountId, firstName: 'x'.repeat(2_000) }))
    let committed = 0
    const fill = async () => {
      for (; committed < 100; committed++) await store.commit(wide())
    }
    await expect(fill()).rejects.toMatchObject({
      code: 'STORE_UNAVAILABLE',
      message: expect.stringContaining('full'),
    })
    expect(committed).toBeLessThan(20)
    expect(await rowsOf(store, 'member', accountId)).toHaveLength(10 * committed)
    await expect(store.commit(wide())).rejects.toMatchObject({ code: 'STORE_UNAVAILABLE' })
    // reads go on, but what takes webhooks has no room for them
    for (const _ of [1, 2]) {
      await expect(store.ping()).rejects.toMatchObject({
        code: 'STORE_UNAVAILABLE',
        message: 'The SQLite store failed: its disk is full.',
      })
    }

    connection.db.exec('PRAGMA max_page_count = 1000000')
    await expect(store.ping()).resolves.toBeUndefined()
    expect(await store.commit(wide())).toEqual(COMMITTED)
    expect(await rowsOf(store, 'member', accountId)).toHaveLength(10 * (committed + 1))
    await store.close()
  })
})

describe('a malformed file of a SQLite store', () => {
  it('is told by everything that meets it and by each ping from then on', async () => {
    const store = await openSqliteStore(path())
    await store.migrate()
    for (let batch = 0; batch < 20; batch++) {
      await store.commit(
        Array.from({ length: 50 }, () => member({ accountId: 'a', firstName: 'x'.repeat(2_000) })),
      )
    }
    await store.close()
    const file = await open(path(), 'r+')
    const { size } = await file.stat()
    // the last third: rows of members, nothing that opening looks at
    const length = Math.floor(size / 3 / 4096) * 4096
    await file.write(Buffer.alloc(length, 0xff), 0, length, size - length)
    await file.close()

    const damaged = await openSqliteStore(path())
    await expect(damaged.ping()).resolves.toBeUndefined()
    const malformed = {
      code: 'STORE_UNAVAILABLE',
      message: 'The SQLite store failed: its file is malformed (database disk image is malformed).',
    }
    await expect(rowsOf(damaged, 'member', 'a')).rejects.toMatchObject(malformed)
    for (const _ of [1, 2]) await expect(damaged.ping()).rejects.toMatchObject(malformed)
    await damaged.close()
  })
})

describe('the file of a SQLite store', () => {
  it('is made with its folders for the owner only', async () => {
    const store = await openSqliteStore(path())
    await store.migrate()
    const modes = [dirname(path()), dirname(dirname(path())), path(), `${path()}-wal`, `${path()}-shm`].map(
      async (each) => ((await stat(each)).mode & OWNER_ONLY).toString(8),
    )
    expect(await Promise.all(modes)).toEqual(['700', '700', '600', '600', '600'])
    await store.close()
  })

  it('keeps the log that is synced while others come and go', async () => {
    const { connection, store } = await opened(
      ({ wal }) =>
        () =>
          wal.datasync(),
    )
    await store.migrate()
    const inode = (await connection.wal.stat()).ino
    for (let visit = 0; visit < 3; visit++) {
      const visitor = await openSqliteStore(path())
      await visitor.commit([member()])
      await visitor.close()
      connection.db.exec('PRAGMA wal_checkpoint(TRUNCATE)')
      await store.commit([member()])
      expect((await stat(`${path()}-wal`)).ino).toBe(inode)
    }
    expect((await connection.wal.stat()).size).toBeGreaterThan(0)
    await store.close()
  })

  it('that cannot be opened is named with the cause', async () => {
    await expect(openSqliteStore(folder)).rejects.toMatchObject({
      code: 'STORE_UNAVAILABLE',
      message: expect.stringContaining(folder),
    })
  })

  it('holds the whole store once it is closed', async () => {
    const store = await openSqliteStore(path())
    await store.migrate()
    await store.commit([member({ accountId: 'a' })])
    await store.close()
    await expect(stat(`${path()}-wal`)).rejects.toMatchObject({ code: 'ENOENT' })
    const db = new DatabaseSync(path(), { readOnly: true })
    expect(db.prepare('SELECT count(*) AS members FROM member').get()).toEqual({ members: 1 })
    db.close()
  })
})

describe('the log of a SQLite store', () => {
  it('is not cut shorter than it grows to before commits wait for it', async () => {
    const { connection, store } = await opened(
      ({ wal }) =>
        () =>
          wal.datasync(),
    )
    const { journal_size_limit: kept } = connection.db.prepare('PRAGMA journal_size_limit').get() as {
      journal_size_limit: number
    }
    expect(kept).toBeGreaterThan(FULL_WAL_FRAMES * (24 + 4_096))
    await store.close()
  })

  it('is emptied from another thread while commits go on, and none is lost', async () => {
    const limits = { startFrames: 60, holdFrames: 200 }
    const { connection, store } = await opened(
      ({ wal }) =>
        () =>
          wal.datasync(),
      limits,
    )
    await store.migrate()
    const accountId = 'a'
    const writers = Array.from({ length: 4 }, async () => {
      for (let turn = 0; turn < 25; turn++) {
        const members = Array.from({ length: 20 }, () => member({ accountId }))
        expect(await store.commit(members)).toEqual(COMMITTED)
      }
    })
    await Promise.all(writers)
    const all = { field: 'accountId', op: 'eq', value: accountId } as const
    expect(await store.count('member', all, 10_000)).toBe(2_000)
    // some thousand pages were written: without checkpoints in between the log would hold them all
    expect((await connection.wal.stat()).size).toBeLessThan(800 * 4_096)
    await store.close()
    const db = new DatabaseSync(path(), { readOnly: true })
    expect(db.prepare('SELECT count(*) AS members FROM member').get()).toEqual({ members: 2_000 })
    expect(db.prepare('PRAGMA integrity_check').get()).toEqual({ integrity_check: 'ok' })
    db.close()
  })
})

describe('a purge of a SQLite store', () => {
  it('leaves no byte in the log and nothing deleted in the file, beside commits of which none is lost', async () => {
    const { connection, store } = await opened(
      ({ wal }) =>
        () =>
          wal.datasync(),
    )
    await store.migrate()
    const accountId = 'a'
    const [gone, kept] = [row('member', { accountId, firstName: 'zzqx-gone' }), row('member', { accountId })]
    await store.commit([insert('member', gone), insert('member', kept)])
    await store.purge()
    expect((await connection.wal.stat()).size).toBe(0)
    expect((await readFile(path())).includes('zzqx-gone')).toBe(true)
    await store.commit([{ op: 'delete', collection: 'member', id: gone.id, accountId }])
    let over = false
    const writers = Array.from({ length: 4 }, async () => {
      let written = 0
      for (; !over; written += 20) {
        const members = Array.from({ length: 20 }, () => member({ accountId }))
        expect(await store.commit(members)).toEqual(COMMITTED)
      }
      return written
    })
    await Promise.all([store.purge(), store.purge()])
    for (const each of [path(), `${path()}-wal`]) {
      expect((await readFile(each)).includes('zzqx-gone')).toBe(false)
    }
    over = true
    const written = (await Promise.all(writers)).reduce((sum, each) => sum + each, 1)
    const all = { field: 'accountId', op: 'eq', value: accountId } as const
    expect(await store.count('member', all, 100_000)).toBe(written)
    await store.close()
    await expect(store.purge()).rejects.toMatchObject({ code: 'STORE_UNAVAILABLE' })
    const db = new DatabaseSync(path(), { readOnly: true })
    expect(db.prepare('SELECT count(*) AS members FROM member').get()).toEqual({ members: written })
    expect(db.prepare('PRAGMA integrity_check').get()).toEqual({ integrity_check: 'ok' })
    db.close()
  })

  it('takes in what was written and is not synced yet', async () => {
    const held = new HeldSyncs()
    const { store } = await opened(() => held.datasync)
    const migrated = store.migrate({ usable: true })
    held.end()
    await migrated
    const commit = store.commit([member()])
    const purged = store.purge()
    expect(await hasSettled(Promise.race([commit, purged]))).toBe(false)
    held.end()
    expect(await commit).toEqual(COMMITTED)
    await purged
    await store.close()
  })
})

describe('another writer on a SQLite store', () => {
  it('makes a commit busy when it does not end, and a migration fail', async () => {
    const { connection, store } = await opened(
      ({ wal }) =>
        () =>
          wal.datasync(),
    )
    await store.migrate()
    connection.db.exec('PRAGMA busy_timeout = 20')
    const other = new DatabaseSync(path())
    other.exec('BEGIN IMMEDIATE')
    expect(await store.commit([member()])).toEqual({ outcome: 'conflict', reason: 'busy' })
    await expect(store.migrate()).rejects.toMatchObject({ code: 'STORE_UNAVAILABLE' })
    other.exec('ROLLBACK')
    expect(await store.commit([member()])).toEqual(COMMITTED)
    other.close()
    await store.close()
  })
})
