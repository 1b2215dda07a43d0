import { chmod, copyFile, mkdir, readdir, readFile, stat, writeFile } from 'node:fs/promises'
import { delimiter, join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import { fileText } from '../helpers/compose-file.ts'
import { allGone, CLI, type Program, plainEnv, ROOT, settingsIn, startProgram } from '../helpers/program.ts'
import { type Ended, runProgram } from '../helpers/run-program.ts'
import { makeTempFolder } from '../helpers/temp-folder.ts'

const TIMEOUT_MS = 300_000

let folder: string
let remove: () => Promise<void>
let settings: Record<string, string>
let env: NodeJS.ProcessEnv
let program: Program
let account: string

beforeAll(async () => {
  ;[folder, remove] = await makeTempFolder()
  settings = settingsIn(join(folder, 'data'))
  // a machine with an older Node: npm itself runs on it, and finds the right one in the packages
  const bin = join(folder, 'bin')
  await mkdir(bin)
  const node = process.env.npm_node_execpath ?? process.execPath
  await writeFile(
    join(bin, 'node'),
    `#!/bin/sh\ncase "$1" in */npm|*npm-cli.js) exec ${node} "$@" ;; *) echo "this is Node 20" >&2; exit 99 ;; esac\n`,
  )
  await chmod(join(bin, 'node'), 0o755)
  env = { ...plainEnv(settings), PATH: [bin, plainEnv().PATH].join(delimiter) }
  program = startProgram([process.execPath, CLI, 'start'], { env: plainEnv(settings) })
  await program.printed('"msg":"listening"')
  const init = await streakline(settings, 'init', '--name', "the shop's")
  account = /^account +(\S+)/m.exec(init.stdout)![1]!
}, TIMEOUT_MS)

afterAll(async () => {
  const family = await program.family()
  program.child.kill('SIGTERM')
  await allGone(family)
  await remove()
})

function streakline(given: Record<string, string>, ...parameters: string[]): Promise<Ended> {
  return runProgram(process.execPath, [CLI, ...parameters], { env: plainEnv(given), cwd: ROOT })
}

/** The command as the page has it, with another place for the file. */
function backup(target: string, more: Record<string, string> = {}): Promise<Ended> {
  const [, command = ''] = /^(npm run backup -- )\S+$/m.exec(fileText('docs/operations.md')) ?? []
  const words = command.replace('npm run', 'npm run --silent').trim().split(' ')
  return runProgram(words[0]!, [...words.slice(1), target], { env: { ...env, ...more }, cwd: ROOT })
}

describe('the backup that docs/operations.md tells of', () => {
  it(
    'is one whole file for its owner alone, made while the program runs, with an older Node on PATH',
    async () => {
      const place = join(folder, "it's safe")
      await mkdir(place)
      const file = join(place, 'backup.sqlite')
      const ended = await backup(file)
      expect(ended).toMatchObject({
        status: 0,
        stderr: '',
        stdout: expect.stringContaining(`Wrote ${file}, `),
      })
      expect((await stat(file)).mode & 0o777).toBe(0o600)
      expect(await readdir(place)).toEqual(['backup.sqlite'])

      // restored as the page says, it has what was there
      const data = join(folder, 'restored')
      await mkdir(data)
      await copyFile(file, join(data, 'streakline.sqlite'))
      const restored = { ...settings, STREAKLINE_DATA_DIR: data }
      expect((await streakline(restored, 'accounts', 'list')).stdout).toBe(`${account}  the shop's  UTC\n`)
    },
    TIMEOUT_MS,
  )

  it(
    'writes over nothing, and leaves nothing half made',
    async () => {
      const file = join(folder, 'there.sqlite')
      await writeFile(file, 'kept')
      const ended = await backup(file)
      expect(ended).toEqual({
        status: 1,
        stdout: '',
        stderr: `backup: ${file} is there already and stays as it is.\n`,
      })
      expect(await readFile(file, 'utf8')).toBe('kept')

      const broken = join(folder, 'broken')
      await mkdir(broken)
      await writeFile(
        join(broken, 'streakline.sqlite'),
        'no store at all, but a text that is long enough to be one',
      )
      const target = join(broken, 'backup.sqlite')
      const failed = await backup(target, { STREAKLINE_DATA_DIR: broken })
      expect(failed).toMatchObject({ status: 1, stdout: '', stderr: expect.stringMatching(/^backup: .*\n$/) })
      expect(await readdir(broken)).toEqual(['streakline.sqlite'])
    },
    TIMEOUT_MS,
  )

  it.each([
    ['without a store', { STREAKLINE_DATA_DIR: '/nowhere' }, 'x', 'there is no /nowhere/streakline.sqlite'],
    ['with MongoDB', { MONGODB_URI: 'mongodb://h/d' }, 'x', 'MONGODB_URI is set'],
    ['without a name', {}, '', 'name the file to write'],
    ['in no folder', {}, '/nowhere/backup.sqlite', 'there is no folder /nowhere'],
  ])(
    'says in a sentence why there is none %s',
    async (_where, more, target, sentence) => {
      const { status, stderr } = await backup(target, more as Record<string, string>)
      expect({ status, stderr }).toEqual({ status: 1, stderr: expect.stringMatching(/^backup: [^\n]*\n$/) })
      expect(stderr).toContain(sentence)
    },
    TIMEOUT_MS,
  )
})
