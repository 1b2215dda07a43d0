import { mkdirSync } from 'node:fs'
import { readdir } from 'node:fs/promises'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { fileURLToPath } from 'node:url'
import { afterAll, afterEach, beforeEach, describe, expect, it } from '@jest/globals'
import mongoose from 'mongoose'
import { VERSIONS } from '../../src/ports/schema/versions.ts'
import { SCHEMA_VERSION } from '../../src/ports/schema.ts'
import { FROZEN_KEY } from '../fixtures/stores/story.ts'
import { thawMongo, thawSqlite } from '../helpers/frozen-stores.ts'
import { mongoForTests } from '../helpers/mongo-server.ts'
import { runProgram } from '../helpers/run-program.ts'
import { makeTempFolder } from '../helpers/temp-folder.ts'

const PROGRAM = fileURLToPath(new URL('../../src/streakline.js', import.meta.url))
const NEWER = SCHEMA_VERSION + 1
const server = await mongoForTests()
afterAll(() => server?.stop())

let folder: string
let remove: () => Promise<void>
beforeEach(async () => {
  ;[folder, remove] = await makeTempFolder()
})
afterEach(() => remove())

function streakline(env: Readonly<Record<string, string>>, ...parameters: string[]) {
  const { PATH = '' } = process.env
  const settings = {
    PATH,
    STREAKLINE_DATA_DIR: join(folder, 'data'),
    STREAKLINE_ENCRYPTION_KEY: FROZEN_KEY,
  }
  return runProgram(process.execPath, ['--no-warnings', PROGRAM, ...parameters], {
    cwd: folder,
    env: { ...settings, ...env },
  })
}

interface Kind {
  readonly name: string
  /** Puts a store of version 1 there; answers how the program finds it. */
  thaw(): Promise<Readonly<Record<string, string>>>
  stamp(version: number): Promise<void>
}

const sqliteFile = () => join(folder, 'data', 'streakline.sqlite')
const sqlite: Kind = {
  name: 'sqlite',
  async thaw() {
    mkdirSync(join(folder, 'data'))
    thawSqlite(1, sqliteFile())
    return {}
  },
  async stamp(version) {
    const db = new DatabaseSync(sqliteFile())
    db.prepare(`UPDATE meta SET value = ? WHERE key = 'schema_version'`).run(version)
    db.close()
  },
}
let mongoUri = ''
const mongodb: Kind = {
  name: 'mongodb',
  async thaw() {
    mongoUri = server?.anotherUri() ?? ''
    await thawMongo(1, mongoUri)
    return { MONGODB_URI: mongoUri }
  },
  async stamp(version) {
    const client = await mongoose.mongo.MongoClient.connect(mongoUri)
    await client.db().collection<{ _id: string }>('meta').updateOne({ _id: 'schema' }, { $set: { version } })
    await client.close()
  },
}

// each command is a process of its own, which a busy machine starts slowly

describe.each(server === null ? [sqlite] : [sqlite, mongodb])('streakline migrate on $name', (kind) => {
  it('tells what is outstanding, does it, and has nothing left', async () => {
    const env = await kind.thaw()
    const before = await streakline(env, 'migrate', '--check')
    expect(before).toMatchObject({ status: 1, stderr: '' })
    const lines = before.stdout.trimEnd().split('\n')
    expect(lines.length).toBeGreaterThan(1)
    expect(lines[0]).toMatch(/^Version \d+: .+\.$/)
    expect(lines.at(-1)).toBe(`The ${kind.name} store is at schema version 1: run streakline migrate.`)
    // it only looked
    expect((await streakline(env, 'migrate', '--check')).stdout).toBe(before.stdout)
    const done = `The ${kind.name} store is at schema version ${SCHEMA_VERSION}`
    const migrated = await streakline(env, 'migrate')
    expect(migrated).toMatchObject({ status: 0, stderr: '' })
    expect(migrated.stdout.trimEnd().split('\n').at(-1)).toBe(`${done}.`)
    expect(await streakline(env, 'migrate', '--check')).toEqual({
      status: 0,
      stdout: `${done}: nothing is outstanding.\n`,
      stderr: '',
    })
  })

  it('refuses a store that a newer program brought forward, in one sentence', async () => {
    const env = await kind.thaw()
    await kind.stamp(NEWER)
    for (const parameters of [['migrate'], ['migrate', '--check'], ['accounts', 'list']]) {
      const { status, stdout, stderr } = await streakline(env, ...parameters)
      expect({ status, stdout }).toEqual({ status: 1, stdout: '' })
      expect(stderr).toMatch(
        new RegExp(
          `^The store \\(\\w+\\) has schema version ${NEWER}, but .* up to ${SCHEMA_VERSION}: [^.]+\\.\n$`,
        ),
      )
    }
  })

  it('is done by whichever command opens the store first', async () => {
    const env = await kind.thaw()
    expect(await streakline(env, 'accounts', 'list')).toMatchObject({ status: 0, stderr: '' })
    // but for what is filled beside a program that goes on running
    const beside = VERSIONS.flatMap(({ steps = [] }) =>
      steps.flatMap((step) => (step.kind === 'fill' && step.when === 'beside' ? [step.what] : [])),
    )
    const { stdout } = await streakline(env, 'migrate', '--check')
    const outstanding = stdout.trim().split('\n').slice(0, -1)
    expect(outstanding).toHaveLength(beside.length)
    for (const [at, what] of beside.entries()) expect(outstanding[at]).toContain(what)
    expect(await streakline(env, 'migrate')).toMatchObject({ status: 0 })
    expect((await streakline(env, 'migrate', '--check')).status).toBe(0)
  })
})

describe('streakline migrate', () => {
  it('says that there is no store yet when it only looks, and makes none', async () => {
    const { status, stdout, stderr } = await streakline({}, 'migrate', '--check')
    expect({ status, stderr }).toEqual({ status: 1, stderr: '' })
    expect(stdout).toMatch(/^There is no store yet in .*\.\n$/)
    expect(await readdir(folder)).toEqual([])
  })

  it('tells its options and exit codes', async () => {
    const { status, stdout } = await streakline({}, 'migrate', '--help')
    expect(status).toBe(0)
    expect(stdout).toContain('--check')
    expect(stdout).toMatch(/Exit codes:\n {2}0 .*\n {2}1 /)
  })
})
