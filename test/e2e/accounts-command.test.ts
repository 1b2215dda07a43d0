import { readdirSync, readFileSync, rmSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import { allGone, CLI, type Program, plainEnv, ROOT, settingsIn, startProgram } from '../helpers/program.ts'
import { type Ended, runProgram } from '../helpers/run-program.ts'
import { makeTempFolder } from '../helpers/temp-folder.ts'

const TIMEOUT_MS = 300_000

let remove: () => Promise<void>
let settings: Record<string, string>
let program: Program
let origin: string

function streakline(...parameters: string[]): Promise<Ended> {
  return runProgram(process.execPath, [CLI, ...parameters], { env: plainEnv(settings), cwd: ROOT })
}

/** What a command prints when it makes a key. */
function credentialsIn({ stdout, stderr, status }: Ended): {
  accountId: string
  headers: Record<string, string>
} {
  expect({ stderr, status }).toEqual({ stderr: '', status: 0 })
  const printed = (name: string) => new RegExp(`^${name} +(\\S+)`, 'm').exec(stdout)?.[1] ?? ''
  const headers = { 'x-api-key': printed('x-api-key'), 'x-api-secret': printed('x-api-secret') }
  return { accountId: printed('account'), headers }
}

beforeAll(async () => {
  const [folder, removeFolder] = await makeTempFolder()
  remove = removeFolder
  settings = settingsIn(join(folder, 'data'))
  program = startProgram([process.execPath, CLI, 'start'], { env: plainEnv(settings) })
  await program.printed('"msg":"listening"')
  const { port } = JSON.parse(/^.*"msg":"listening".*$/m.exec(program.output())![0]) as { port: number }
  origin = `http://127.0.0.1:${port}`
}, TIMEOUT_MS)

afterAll(async () => {
  const family = await program.family()
  program.child.kill('SIGTERM')
  await allGone(family)
  await remove()
})

async function statusWith(headers: Record<string, string>): Promise<number> {
  return (await fetch(`${origin}/schema/streak/record`, { headers })).status
}

describe('streakline accounts, while the program runs on SQLite', () => {
  it(
    'makes the first account, lists accounts and adds keys, which the program takes at once',
    async () => {
      const first = credentialsIn(await streakline('init', '--name', 'shop', '--timezone', 'Europe/Berlin'))
      expect(await statusWith(first.headers)).toBe(200)
      expect((await streakline('init')).stdout).toContain('There is an account already')

      const listed = await streakline('accounts', 'list')
      expect(listed).toEqual({ status: 0, stderr: '', stdout: `${first.accountId}  shop  Europe/Berlin\n` })

      const added = credentialsIn(
        await streakline('accounts', 'add-key', first.accountId, '--name', 'second'),
      )
      expect(added.headers['x-api-key']).not.toBe(first.headers['x-api-key'])
      expect(await statusWith(added.headers)).toBe(200)

      const other = credentialsIn(await streakline('accounts', 'create', 'other shop'))
      expect(await statusWith(other.headers)).toBe(200)
    },
    TIMEOUT_MS,
  )

  it(
    'does not migrate what another process has',
    async () => {
      const { status, stderr } = await streakline('migrate')
      expect(status).toBe(1)
      expect(stderr).toMatch(/^The data folder .* is in use by process \d+: .*\n$/)
    },
    TIMEOUT_MS,
  )

  const ID = '01a21eaf-a406-71f5-be6e-92fd4d5dff10'
  const LONG = 'é'.repeat(257)
  it.each([
    ['a blank account', ['accounts', 'create', '  '], 'Name must not be blank.'],
    ['an empty account', ['init', '--name', ''], 'Name must not be blank.'],
    ['a long account', ['accounts', 'create', LONG], 'Name has 257 characters, at most 256 are allowed.'],
    ['a blank key', ['accounts', 'add-key', ID, '--name', '\t'], 'Name must not be blank.'],
    [
      'a long key',
      ['accounts', 'add-key', ID, '--name', LONG],
      'Name has 257 characters, at most 256 are allowed.',
    ],
    ['a key of no account', ['accounts', 'add-key', 'shop'], 'Account-id must be a UUID, not "shop".'],
    ['an unknown account', ['accounts', 'add-key', ID], `There is no account ${ID}.`],
  ])(
    'says of %s what the API says',
    async (_what, parameters, sentence) => {
      expect(await streakline(...parameters)).toEqual({ status: 1, stdout: '', stderr: `${sentence}\n` })
    },
    TIMEOUT_MS,
  )

  it(
    'takes a name of 256 characters that are two bytes and more each',
    async () => {
      const name = '😀'.repeat(256)
      const { stdout } = await streakline('accounts', 'create', name)
      expect(stdout).toContain(name)
    },
    TIMEOUT_MS,
  )

  it(
    'exports an account into a file that nobody else may read, and deletes it when that was confirmed',
    async () => {
      const made = credentialsIn(await streakline('accounts', 'create', 'leaving shop'))
      const created = await fetch(`${origin}/schema/account_user/record`, {
        method: 'POST',
        headers: { ...made.headers, 'content-type': 'application/json' },
        body: JSON.stringify({ externalId: 'somebody who leaves' }),
      })
      expect(created.status).toBe(201)
      const file = join(settings.STREAKLINE_DATA_DIR!, 'leaving.ndjson')
      const nothing = { status: 0, stdout: '', stderr: '' }
      expect(await streakline('accounts', 'export', 'leaving shop', '--file', file)).toEqual(nothing)
      expect(statSync(file).mode & 0o777).toBe(0o600)
      const lines = readFileSync(file, 'utf8').trimEnd().split('\n')
      expect(JSON.parse(lines.at(-1)!)).toEqual({ end: true, records: lines.length - 2 })
      expect(readFileSync(file, 'utf8')).toContain('somebody who leaves')
      const again = await streakline('accounts', 'export', made.accountId, '--file', file)
      expect(again).toMatchObject({ status: 1, stderr: `--file ${JSON.stringify(file)} is there already.\n` })
      const printed = await streakline('accounts', 'export', made.accountId)
      const records = printed.stdout.trimEnd().split('\n').slice(1, -1)
      // the one before is in the log of changes
      expect(records.filter((line) => line.includes('"slug":"audit_log"')).join()).toContain('"export"')
      rmSync(file)

      const counted = await streakline('accounts', 'delete', 'leaving shop', '--dry-run')
      expect(counted.stdout).toMatch(/^would be deleted: \d+ records\n.* account {2}1\n/s)
      expect(await streakline('accounts', 'delete', 'leaving shop')).toEqual({
        ...{ status: 1, stdout: '' },
        stderr: `Deleting account ${made.accountId} cannot be undone: say --yes.\n`,
      })
      expect(await statusWith(made.headers)).toBe(200)
      const deleted = await streakline('accounts', 'delete', 'leaving shop', '--yes')
      expect(deleted).toMatchObject({ status: 0, stderr: '' })
      expect(deleted.stdout).toMatch(/^deleted: \d+ records\n/)
      expect(await statusWith(made.headers)).toBe(401)
      expect((await streakline('accounts', 'list')).stdout).not.toContain('leaving shop')
      expect(await streakline('accounts', 'delete', made.accountId, '--yes')).toEqual({
        ...{ status: 1, stdout: '' },
        stderr: `There is no account ${made.accountId}.\n`,
      })
      // the store's own files have it no more, while the program goes on
      const folder = settings.STREAKLINE_DATA_DIR!
      const files = readdirSync(folder).filter((name) => name.startsWith('streakline.sqlite'))
      expect(files).not.toEqual([])
      for (const name of files) {
        const bytes = readFileSync(join(folder, name))
        for (const trace of ['leaving shop', 'somebody who leaves', made.accountId])
          expect([name, trace, bytes.includes(trace)]).toEqual([name, trace, false])
      }
    },
    TIMEOUT_MS,
  )
})
