import { chmod, mkdir, readFile, realpath, symlink, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals'
import { checkoutIn, LINK_PACKAGES, onPath } from '../helpers/checkout.ts'
import { allGone, endPrograms, type Program, plainEnv, settingsIn, startProgram } from '../helpers/program.ts'
import { type Ended, runProgram } from '../helpers/run-program.ts'
import { makeTempFolder } from '../helpers/temp-folder.ts'

const TIMEOUT_MS = 300_000
/** What the scripts call of the system; whatever else a machine has is not there. */
const TOOLS = 'bash sh env cat cksum uname dirname sed id sleep ln mkdir'.split(' ')

let folder: string
let remove: () => Promise<void>
let clone: string
let bin: string
let env: NodeJS.ProcessEnv
let npm: string

beforeEach(async () => {
  ;[folder, remove] = await makeTempFolder()
  clone = join(folder, 'clone')
  bin = join(folder, 'bin')
  await checkoutIn(clone)
  await mkdir(bin)
  for (const tool of TOOLS) await symlink(await onPath(tool), join(bin, tool))
  // a machine with an older Node, which can do no more than say so
  await script(
    'node',
    'case "$*" in *versions.node*) echo 20 ;; *) echo "this is Node 20" >&2; exit 99 ;; esac',
  )
  await installsBy(LINK_PACKAGES)
  npm = await realpath(await onPath('npm'))
  env = { ...plainEnv(settingsIn(join(folder, 'data'))), PATH: bin }
})
afterEach(async () => {
  await endPrograms()
  await remove()
})

async function script(name: string, text: string): Promise<void> {
  await writeFile(join(bin, name), `#!/bin/sh\n${text}\n`)
  await chmod(join(bin, name), 0o755)
}

/** `npm ci`, the way to a registry left out: the packages are those of this checkout. */
function installsBy(text: string): Promise<void> {
  return script('npm', `echo "$*" >> ${folder}/npm-calls\n[ "$1" = ci ] || exit 98\n${text}`)
}

async function npmCalls(): Promise<string[]> {
  return (await readFile(join(folder, 'npm-calls'), 'utf8')).trim().split('\n')
}

function run(...parameters: string[]): Promise<Ended> {
  return runProgram(process.execPath, [npm, 'run', '--silent', ...parameters], { cwd: clone, env })
}

function start(): Program {
  return startProgram([process.execPath, npm, 'run', '--silent', 'start'], { cwd: clone, env })
}

describe('a fresh clone on a machine with an older Node', () => {
  it(
    'gets its packages and Node with the first npm run streakline, without redis-server, and says nothing the next time',
    async () => {
      const first = await run('streakline', '--', 'init')
      expect(first.stdout).toMatch(/^account .*\nx-api-key /)
      expect(first.stderr).toBe('setup: installing packages (npm ci); this takes a minute ...\n')
      const again = await run('streakline', '--', 'accounts', 'list')
      expect(again).toMatchObject({ stderr: '', status: 0 })
      expect(again.stdout).toMatch(/default {2}UTC/)
      expect(await npmCalls()).toHaveLength(1)
    },
    TIMEOUT_MS,
  )

  it(
    'gets them with npm start, which says what it misses where there is no redis-server',
    async () => {
      const ended = await runProgram(process.execPath, [npm, 'run', '--silent', 'start'], { cwd: clone, env })
      expect(ended.stderr.trim().split('\n')).toEqual([
        'setup: installing packages (npm ci); this takes a minute ...',
        'setup: redis-server was not found; install Redis 6.2 or newer, or set REDIS_URL.',
      ])
      expect(ended.status).not.toBe(0)

      await symlink(await onPath('redis-server'), join(bin, 'redis-server'))
      const program = start()
      await program.printed('"msg":"listening"')
      const family = await program.family()
      program.child.kill('SIGTERM')
      await allGone(family)
      expect(await npmCalls()).toHaveLength(1)
    },
    TIMEOUT_MS,
  )

  it(
    'leaves nothing running when it is told to end while the packages come',
    async () => {
      await installsBy('sleep 600 & echo installing; wait')
      const program = start()
      await program.printed('setup: installing packages')
      let family: number[] = []
      // npm, bash, the setup, its npm ci, what that runs
      while (family.length < 5) family = await program.family()
      program.child.kill('SIGTERM')
      await allGone(family)
      expect(await program.ended).not.toBe(0)
    },
    TIMEOUT_MS,
  )
})
