import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { stat } from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals'
import { acquireOwnerLock } from '../../src/store/sqlite/owner-lock.ts'
import { makeTempFolder } from '../helpers/temp-folder.ts'

const MODULE = fileURLToPath(new URL('../../src/store/sqlite/owner-lock.ts', import.meta.url))
const HOLD = `
  const { acquireOwnerLock } = await import(process.argv[1])
  try {
    acquireOwnerLock(process.argv[2])
    // the caller does not keep what it was given: the lock must not go with it
    for (let turn = 0; turn < 3; turn++) {
      await new Promise((resolve) => setImmediate(resolve))
      gc()
    }
    process.stdout.write('held')
    setInterval(() => {}, 60_000)
  } catch (error) {
    process.stdout.write(error.code + ' ' + error.message)
  }`

let folder = ''
let removeFolder: () => Promise<void>
const children: ChildProcess[] = []

beforeEach(async () => {
  const made = await makeTempFolder()
  folder = join(made[0], 'data')
  removeFolder = made[1]
})
afterEach(async () => {
  await Promise.all(children.splice(0).map(kill))
  await removeFolder()
})

/** Starts a process that claims the folder and stays; gives what it said. */
async function claimElsewhere(): Promise<{ child: ChildProcess; said: string }> {
  const child = spawn(process.execPath, [
    '--no-warnings',
    '--expose-gc',
    '--input-type=module',
    '-e',
    HOLD,
    MODULE,
    folder,
  ])
  children.push(child)
  const [said] = (await once(child.stdout, 'data')) as [Buffer]
  return { child, said: said.toString() }
}

async function kill(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return
  const ended = once(child, 'exit')
  child.kill('SIGKILL')
  await ended
}

describe('the owner of a data folder', () => {
  it('is one process: another is refused with the folder and the owner in one sentence', async () => {
    const lock = acquireOwnerLock(folder)
    const { said } = await claimElsewhere()
    expect(said).toMatch(/^CONFLICT The data folder .*\.$/)
    expect(said).toContain(folder)
    expect(said).toContain(`process ${process.pid}`)
    lock.release()
  })

  it('is found out in the same process, too', () => {
    const lock = acquireOwnerLock(folder)
    expect(() => acquireOwnerLock(folder)).toThrow(expect.objectContaining({ code: 'CONFLICT' }))
    lock.release()
  })

  it('may be another once the lock is released, which may be done twice', async () => {
    const lock = acquireOwnerLock(folder)
    lock.release()
    lock.release()
    const { said } = await claimElsewhere()
    expect(said).toBe('held')
  })

  it('does not lose its lock to the second release of a former one', async () => {
    const former = acquireOwnerLock(folder)
    former.release()
    const lock = acquireOwnerLock(folder)
    former.release()
    expect((await claimElsewhere()).said).toContain(`process ${process.pid}`)
    lock.release()
  })

  it('is nobody once the process was killed', async () => {
    const { child, said } = await claimElsewhere()
    expect(said).toBe('held')
    expect(() => acquireOwnerLock(folder)).toThrow(
      expect.objectContaining({ code: 'CONFLICT', message: expect.stringContaining(`process ${child.pid}`) }),
    )
    await kill(child)
    acquireOwnerLock(folder).release()
  })

  it('is kept per folder, in a folder for the owner only', async () => {
    const [first, second] = [acquireOwnerLock(folder), acquireOwnerLock(`${folder}-2`)]
    expect((await stat(folder)).mode & 0o777).toBe(0o700)
    first.release()
    second.release()
  })
})
