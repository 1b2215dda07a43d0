import { randomBytes } from 'node:crypto'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals'
import { createSecretBox } from '../../src/crypto/secret-box.ts'
import type { Store } from '../../src/ports/store.ts'
import { openStore } from '../helpers/open-store.ts'
import { type Ended, runProgram } from '../helpers/run-program.ts'
import { credentialsOf, secretOfKey } from '../helpers/secret-places.ts'
import { makeTempFolder } from '../helpers/temp-folder.ts'

const CLI = fileURLToPath(new URL('../../src/streakline.js', import.meta.url))
const newKey = () => randomBytes(32).toString('base64')
const NO_FIT =
  /^STREAKLINE_ENCRYPTION_KEY does not fit this store \(sealed with key [0-9a-f]{12}, which is not among the [0-9]+ encryption keys given\): .*\n$/

let folder: string
let remove: () => Promise<void>
const key = newKey()

beforeEach(async () => {
  ;[folder, remove] = await makeTempFolder()
})
afterEach(() => remove())

function run(keys: string, ...words: string[]): Promise<Ended> {
  const { MONGODB_URI: _, NODE_ENV: __, ...inherited } = process.env
  const settings = { STREAKLINE_DATA_DIR: folder, STREAKLINE_ENCRYPTION_KEY: keys, NODE_NO_WARNINGS: '1' }
  return runProgram(process.execPath, [CLI, ...words], { env: { ...inherited, ...settings } })
}

async function init(): Promise<string> {
  const { status, stdout } = await run(key, 'init')
  expect(status).toBe(0)
  return /^account +(\S+)/m.exec(stdout)![1]!
}

async function withStore<T>(work: (store: Store) => Promise<T>): Promise<T> {
  const store = await openStore('sqlite', join(folder, 'streakline.sqlite'))
  try {
    return await work(store)
  } finally {
    await store.close()
  }
}

const theKey = (store: Store) => store.find('api_key', { limit: 1 }).then(([row]) => row!)

describe('a wrong encryption key', () => {
  it('is refused by the program and by every command, in one sentence', async () => {
    const account = await init()
    const commands = [
      ['start'],
      ['init'],
      ['accounts', 'list'],
      ['accounts', 'create', 'other'],
      ['accounts', 'add-key', account],
      ['migrate'],
      ['migrate', '--check'],
      ['zones'],
      ['rebuild', '--check'],
      ['replay', '--outcome', 'failed', '--dry-run'],
      ['reseal'],
    ]
    for (const words of commands) {
      expect([words, await run(newKey(), ...words)]).toEqual([
        words,
        { status: 1, stdout: expect.any(String), stderr: expect.stringMatching(NO_FIT) },
      ])
    }
    expect(await withStore((store) => store.find('api_key', { limit: 10 }))).toHaveLength(1)
    expect((await run(key, 'accounts', 'list')).status).toBe(0)
  })

  it('is noticed in a store of before there was a check, by the secrets in it', async () => {
    await init()
    await withStore(async (store) => {
      const { DatabaseSync } = await import('node:sqlite')
      const database = new DatabaseSync(join(folder, 'streakline.sqlite'), { timeout: 5000 })
      database.exec('DROP TABLE notes')
      database.close()
      expect(await store.note('encryption_check')).toBeNull()
    })
    expect(await run(newKey(), 'accounts', 'list')).toMatchObject({
      status: 1,
      stderr: expect.stringMatching(NO_FIT),
    })
    expect((await run(key, 'accounts', 'list')).status).toBe(0)
    expect(await withStore((store) => store.note('encryption_check'))).toMatch(/^v2\./)
  })
})

describe('exchanging the encryption key', () => {
  it('is done by adding the new one in front, reseal, and taking the old one out', async () => {
    const account = await init()
    const next = newKey()
    expect((await run(`${next},${key}`, 'accounts', 'add-key', account)).status).toBe(0)
    // what is not sealed anew yet needs the old key
    expect((await run(next, 'accounts', 'list')).status).toBe(1)

    const before = await withStore(theKey)
    const dry = await run(`${next},${key}`, 'reseal', '--dry-run')
    expect([dry.status, dry.stdout]).toEqual([0, '2 secrets: 1 would be written anew, 1 is so already.\n'])
    expect(await withStore(theKey)).toEqual(before)

    const done = await run(`${next},${key}`, 'reseal')
    expect([done.status, done.stdout]).toEqual([
      0,
      '2 secrets: 1 was written anew, 1 is so already.\nOnly the first encryption key is needed now: the others can be taken out of STREAKLINE_ENCRYPTION_KEY.\n',
    ])
    expect((await run(`${next},${key}`, 'reseal')).stdout).toContain(
      '2 secrets: 0 were written anew, 2 are so already.',
    )
    expect((await run(next, 'accounts', 'list')).status).toBe(0)
    expect((await run(key, 'accounts', 'list')).status).toBe(1)

    const after = await withStore(theKey)
    const place = secretOfKey(before.id)
    expect(createSecretBox([next]).open(after.sealedSecret, place)).toBe(
      createSecretBox([key]).open(before.sealedSecret, place),
    )
    expect(after).toEqual({ ...before, revision: before.revision + 1, sealedSecret: after.sealedSecret })
  })

  it('leaves what cannot be read, names it and ends with 1', async () => {
    await init()
    const lost = await withStore(async (store) => {
      const { id, accountId } = await theKey(store)
      const sealedSecret = createSecretBox([newKey()]).seal('x', secretOfKey(id))
      await store.commit([{ op: 'update', collection: 'api_key', id, accountId, set: { sealedSecret } }])
      return id
    })
    const { status, stdout } = await run(`${newKey()},${key}`, 'reseal')
    expect([status, stdout.split('\n')]).toEqual([
      1,
      [
        expect.stringMatching(`^api_key ${lost} sealedSecret: sealed with key [0-9a-f]{12}, which`),
        '1 secrets: 0 were written anew, 0 are so already, 1 cannot be read.',
        '',
      ],
    ])
  })

  it('can be told that a key is lost, and goes on with those that there are', async () => {
    const account = await init()
    const next = newKey()
    expect((await run(next, 'reseal')).status).toBe(1)
    const given = await run(next, 'reseal', '--give-up-lost')
    expect([given.status, given.stderr]).toEqual([1, ''])
    expect((await run(next, 'accounts', 'add-key', account)).status).toBe(0)
    expect((await run(key, 'accounts', 'list')).status).toBe(1)
  })

  it('is explained by --help', async () => {
    const { status, stdout } = await run(key, 'reseal', '--help')
    expect([status, stdout]).toEqual([0, expect.stringMatching(/--dry-run[\s\S]*--give-up-lost/)])
  })
})

describe('a secret of a connector', () => {
  it('is bound to its row by reseal where it was not', async () => {
    await init()
    const plain = '{"webhookSecrets":["hush"]}'
    // sealed by version 0.1 under this key
    const old = {
      key: 'AQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQE=',
      sealed: 'v1.d5af060d13fc.nynF-0pANmuNL64Lg4MHH9zgdZa4CAXauHWycX7ulpjViNjLr-9Js1HDLiVBNq3-htyw8vPrOw',
    }
    const id = await withStore(async (store) => {
      const { row } = await import('../contract/store/rows.ts')
      const connector = row('connector', { sealedCredentials: old.sealed })
      await store.commit([{ op: 'insert', collection: 'connector', row: connector }])
      return connector.id
    })
    expect((await run(`${key},${old.key}`, 'reseal')).status).toBe(0)
    const [row] = await withStore((store) => store.findByKeys('connector', ['id'], [[id]]))
    const box = createSecretBox([key])
    expect(box.open(row!.sealedCredentials, credentialsOf('connector', id))).toBe(plain)
    expect(() => box.open(row!.sealedCredentials, credentialsOf('connector', 'another'))).toThrow(
      /another row/,
    )
  })
})
