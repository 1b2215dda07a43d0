import { join } from 'node:path'
import { afterAll, beforeAll, expect, it, jest } from '@jest/globals'
import { CLI, plainEnv, ROOT, settingsIn } from '../helpers/program.ts'
import { type Ended, runProgram } from '../helpers/run-program.ts'
import { makeTempFolder } from '../helpers/temp-folder.ts'

jest.setTimeout(900_000)

let remove: () => Promise<void>
let settings: Record<string, string>

beforeAll(async () => {
  const [folder, removeFolder] = await makeTempFolder()
  remove = removeFolder
  settings = settingsIn(join(folder, 'data'))
})
afterAll(() => remove())

function users(...parameters: string[]): Promise<Ended> {
  return runProgram(process.execPath, [CLI, 'users', ...parameters], { env: plainEnv(settings), cwd: ROOT })
}
const LINK = /^http\S+\/console\/start#token=\S+\n$/
const refused = (stderr: string): Ended => ({ status: 1, stdout: '', stderr: `${stderr}\n` })

it('says what it does, and what is wrong with a call', async () => {
  const help = await users('--help')
  expect([help.status, help.stderr]).toEqual([0, ''])
  expect(help.stdout).toContain('streakline users add someone@example.com --role staff')
  const bare = await users()
  expect([bare.status, bare.stderr.startsWith('Usage: streakline users')]).toEqual([1, true])
  expect(await users('add')).toEqual(refused("error: missing required argument 'email'"))
  expect((await users('add', 'a@example.com', '--role', 'king')).stderr).toContain('owner, staff, viewer')
})

it('says to make an account first where there is none', async () => {
  const first = refused('There is no account yet: make one with "streakline init".')
  expect(await users('list')).toEqual(first)
})

it('adds, lists, resets and removes users, each refusal in one sentence', async () => {
  const init = await runProgram(process.execPath, [CLI, 'init'], { env: plainEnv(settings), cwd: ROOT })
  expect(init.status).toBe(0)
  const added = await users('add', 'Viewer@Example.com', '--role', 'viewer')
  expect([added.status, added.stderr, LINK.test(added.stdout)]).toEqual([0, '', true])
  const listed = await users('list')
  expect(listed.stdout).toContain('Viewer@Example.com  viewer  (no password yet)\n')
  expect((await users('add', 'viewer@example.com')).status).toBe(1)
  expect(await users('remove', 'nobody@example.com')).toEqual(
    refused('There is no user "nobody@example.com".'),
  )
  const owner = /^(\S+) {2}owner/m.exec(listed.stdout)?.[1] ?? ''
  const last = await users('remove', owner)
  expect([last.status, last.stdout, last.stderr.split('\n')]).toEqual([1, '', [expect.any(String), '']])
  const reset = await users('reset', 'VIEWER@example.com')
  expect([reset.status, LINK.test(reset.stdout), reset.stdout === added.stdout]).toEqual([0, true, false])
  expect(await users('remove', 'viewer@example.com')).toEqual({ status: 0, stdout: 'Removed.\n', stderr: '' })
  expect((await users('list')).stdout).not.toContain('iewer@')
})
