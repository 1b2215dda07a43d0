import { once } from 'node:events'
import { readdir } from 'node:fs/promises'
import { type AddressInfo, createServer } from 'node:net'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals'
import { allGone, CLI, endPrograms, plainEnv, ROOT, settingsIn, startProgram } from '../helpers/program.ts'
import { type Ended, runProgram } from '../helpers/run-program.ts'
import { makeTempFolder } from '../helpers/temp-folder.ts'
import { until } from '../helpers/until.ts'

const TIMEOUT_MS = 300_000

let folder: string
let remove: () => Promise<void>
let settings: Record<string, string>

beforeEach(async () => {
  ;[folder, remove] = await makeTempFolder()
  settings = settingsIn(join(folder, 'data'))
})
afterEach(async () => {
  await endPrograms()
  await remove()
})

function streakline(parameters: readonly string[], more: Record<string, string> = {}): Promise<Ended> {
  const env = plainEnv({ ...settings, ...more })
  return runProgram(process.execPath, [CLI, ...parameters], { env, cwd: ROOT })
}

/** The program with its output piped to a reader that closes it after the first words. */
function withReaderGone(parameters: readonly string[]) {
  const program = startProgram([process.execPath, CLI, ...parameters], { env: plainEnv(settings) })
  program.child.stdout!.once('data', () => program.child.stdout!.destroy())
  return program
}

function expectSentence(text: string, pattern: RegExp): void {
  expect(text).toMatch(pattern)
  expect(text.trimEnd().split('\n')).toHaveLength(1)
  expect(text).not.toMatch(/^ +at /m)
}

const START = ['start'] as const

describe('what cannot be', () => {
  it(
    'is a port that another program has: one sentence with the address, exit code 1',
    async () => {
      const other = createServer().listen(0, '127.0.0.1')
      await once(other, 'listening')
      const { port } = other.address() as AddressInfo
      const ended = await streakline(START, { PORT: String(port), LOG_LEVEL: 'silent' })
      expectSentence(ended.stderr, new RegExp(`^Cannot listen on port ${port} of 127.0.0.1: another program`))
      expect(ended.status).toBe(1)
      // nothing was started for it
      expect(await readdir(settings.STREAKLINE_DATA_DIR!)).not.toContain('redis')
      other.close()
    },
    TIMEOUT_MS,
  )

  it.each(['192.0.2.1', 'nowhere.invalid', '-'])(
    'is HOST=%s, which is not ours',
    async (HOST) => {
      const ended = await streakline(START, { HOST, LOG_LEVEL: 'silent' })
      expectSentence(ended.stderr, new RegExp(`^Cannot listen on port 0 of ${HOST}: HOST is no address`))
      expect(ended.status).toBe(1)
    },
    TIMEOUT_MS,
  )
})

describe('a reader that has gone', () => {
  const GONE = /^Stopped: whoever read the output has gone, as "\| head" does when it has seen enough\.\n$/

  it(
    'ends the running program in order',
    async () => {
      expect((await streakline(['init'])).status).toBe(0)
      const program = withReaderGone(START)
      const family = await program.family()
      await program.ended
      await allGone([...family, ...(await program.family())])
      expectSentence(program.stderr(), GONE)
      expect(program.child.exitCode).toBe(1)
      // nothing is left in the folder: the next one claims it at once
      expect((await streakline(['migrate'])).status).toBe(0)
    },
    TIMEOUT_MS,
  )

  it(
    'ends a command that prints',
    async () => {
      expect((await streakline(['init'])).status).toBe(0)
      const program = startProgram([process.execPath, CLI, 'accounts', 'list'], { env: plainEnv(settings) })
      program.child.stdout!.destroy()
      await program.ended
      expectSentence(program.stderr(), GONE)
      expect(program.child.exitCode).toBe(1)
    },
    TIMEOUT_MS,
  )
})

describe('a start of a program that nobody has signed in to', () => {
  it(
    'prints one link to begin by, and what is where; the next start prints another one',
    async () => {
      const first = startProgram([process.execPath, CLI, 'start'], { env: plainEnv(settings) })
      await first.printed('"msg":"listening"')
      const { port } = JSON.parse(/^.*"msg":"listening".*$/m.exec(first.output())![0]) as { port: number }
      await first.printed('/healthz')
      const said = first.stderr()
      const link = new RegExp(`^http://127\\.0\\.0\\.1:${port}/console/start#token=[\\w-]{43}$`, 'm')
      expect(said).toMatch(link)
      expect(said).toContain('"npm run streakline -- init" in another terminal')
      for (const path of ['/console', '/schema', '/docs', '/webhooks', '/healthz']) {
        expect(said).toContain(`http://127.0.0.1:${port}${path}`)
      }
      expect(said).not.toContain('/ops/queues')
      expect(said).toContain('docs/first-streak.md')
      expect(said).not.toMatch(/^ +at /m)
      // what it says to do works while it runs
      const init = await streakline(['init'])
      expect(init).toMatchObject({ status: 0, stderr: '' })
      expect(init.stdout).toMatch(/^x-api-secret {2}\S+$/m)
      const family = await first.family()
      first.child.kill('SIGTERM')
      await allGone(family)

      const second = startProgram([process.execPath, CLI, 'start'], { env: plainEnv(settings) })
      await second.printed('"msg":"listening"')
      await second.printed('/healthz')
      second.child.kill('SIGTERM')
      await second.ended
      expect(second.stderr()).toMatch(/^http:\S+\/console\/start#token=[\w-]{43}$/m)
      expect(second.stderr()).not.toContain(link.exec(said)![0].split('#')[1])
    },
    TIMEOUT_MS,
  )

  it(
    'names the queue pages where they are on',
    async () => {
      const env = plainEnv({
        ...settings,
        STREAKLINE_OPS_USER: 'operator',
        STREAKLINE_OPS_PASSWORD: 'long-enough-a-word',
      })
      const program = startProgram([process.execPath, CLI, 'start'], { env })
      await program.printed('/ops/queues')
      // its owner comes in by the sign-in of the console, the operator's name or not
      const [, origin = '', token = ''] =
        /^(http:\S+)\/console\/start#token=([\w-]{43})$/m.exec(program.stderr()) ?? []
      const signedIn = await fetch(`${origin}/console/password`, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify({ token, password: 'a long enough password' }),
      })
      expect(signedIn.status).toBe(204)
      const cookie = signedIn.headers.get('set-cookie')!.split(';')[0]!
      const open = () => fetch(`${origin}/ops/queues`, { headers: { cookie } })
      await until(async () => (await open()).status === 200, TIMEOUT_MS)
      expect((await fetch(`${origin}/ops/queues`)).status).toBe(401)
      program.child.kill('SIGTERM')
      await program.ended
      expect(program.output()).not.toContain('long-enough-a-word')
    },
    TIMEOUT_MS,
  )
})

describe('a variable that is no setting', () => {
  it(
    'is named at start with the nearest one, and its value is not told',
    async () => {
      const env = plainEnv({ ...settings, STREAKLINE_DATADIR: '/secret/place' })
      const program = startProgram([process.execPath, CLI, 'start'], { env })
      await program.printed('"msg":"listening"')
      program.child.kill('SIGTERM')
      await program.ended
      const warnings = program
        .output()
        .split('\n')
        .filter((line) => line.includes('"level":40'))
      expect(warnings).toEqual([
        expect.stringContaining(
          '"msg":"STREAKLINE_DATADIR is no setting and has no effect; the nearest one is STREAKLINE_DATA_DIR."',
        ),
      ])
      expect(program.output()).not.toContain('/secret/place')
    },
    TIMEOUT_MS,
  )

  it(
    'is named by the other commands too, apart from what they print',
    async () => {
      const { stdout, stderr, status } = await streakline(['accounts', 'list'], { STREAKLINE_DATADIR: 'x' })
      expect(stdout).toBe('')
      expectSentence(stderr, /^STREAKLINE_DATADIR is no setting/)
      expect(status).toBe(0)
    },
    TIMEOUT_MS,
  )
})
