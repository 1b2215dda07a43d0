import { execFile } from 'node:child_process'
import { chmod, mkdir, writeFile } from 'node:fs/promises'
import { delimiter, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterEach, describe, expect, it } from '@jest/globals'
import { makeTempFolder } from '../helpers/temp-folder.ts'

const SCRIPT = fileURLToPath(new URL('../../scripts/mongod.sh', import.meta.url))

interface Answer {
  readonly code: number
  readonly stdout: string
  readonly stderr: string
}

describe('scripts/mongod.sh', () => {
  const removals: (() => Promise<void>)[] = []
  afterEach(async () => {
    for (const remove of removals.splice(0)) await remove()
  })

  async function folder(): Promise<string> {
    const [path, remove] = await makeTempFolder()
    removals.push(remove)
    return path
  }
  /** An executable that says it is the mongod of this version. */
  async function mongod(path: string, version: string): Promise<string> {
    await writeFile(path, `#!/bin/sh\necho 'db version v${version}'\necho 'Build Info: {}'\n`)
    await chmod(path, 0o755)
    return path
  }
  /** With nothing in its environment but what is given, and a PATH. */
  async function run(env: Readonly<Record<string, string>>): Promise<Answer> {
    return await new Promise((resolve) => {
      const PATH = env.PATH ?? '/usr/bin:/bin'
      execFile('/bin/bash', [SCRIPT], { env: { ...env, PATH } }, (error, stdout, stderr) => {
        resolve({ code: error === null ? 0 : Number(error.code), stdout, stderr })
      })
    })
  }

  it('gives the one that MONGOD_BIN names, and says nothing else', async () => {
    const path = await mongod(join(await folder(), 'my mongod'), '7.0.1')
    expect(await run({ MONGOD_BIN: path })).toEqual({ code: 0, stdout: `${path}\n`, stderr: '' })
  })

  it('refuses a MONGOD_BIN that is none, or too old, in one sentence', async () => {
    const old = await mongod(join(await folder(), 'mongod'), '5.0.14')
    for (const [MONGOD_BIN, reason] of [
      [old, 'MongoDB 5; 6.0 is the oldest'],
      [process.execPath, 'not a mongod that runs'],
      ['/nonexistent', 'not a mongod that runs'],
    ] as const) {
      const { code, stdout, stderr } = await run({ MONGOD_BIN })
      expect({ code, stdout }).toEqual({ code: 1, stdout: '' })
      expect(stderr).toContain(reason)
      expect(stderr.trim().split('\n')).toHaveLength(1)
    }
  })

  it('gives the one on PATH', async () => {
    const path = await mongod(join(await folder(), 'mongod'), '8.0.4')
    const PATH = [join(path, '..'), '/usr/bin', '/bin'].join(delimiter)
    expect(await run({ PATH, HOME: await folder() })).toEqual({ code: 0, stdout: `${path}\n`, stderr: '' })
  })

  it('passes over one on PATH that is too old, for the one in the cache', async () => {
    const old = await mongod(join(await folder(), 'mongod'), '4.4.0')
    const cache = await folder()
    // so that the place in the cache is known on every machine, and nothing is fetched
    const uname = join(old, '..', 'uname')
    await writeFile(uname, '#!/bin/sh\n[ "$1" = -s ] && echo Linux || echo x86_64\n')
    await chmod(uname, 0o755)
    await mkdir(join(cache, 'streakline', 'mongod-6.0.5'), { recursive: true })
    const cached = await mongod(join(cache, 'streakline', 'mongod-6.0.5', 'mongod'), '6.0.5')
    const PATH = [join(old, '..'), '/usr/bin', '/bin'].join(delimiter)
    const { code, stdout, stderr } = await run({ PATH, XDG_CACHE_HOME: cache })
    expect({ code, stdout }).toEqual({ code: 0, stdout: `${cached}\n` })
    expect(stderr).toContain('passing over MongoDB 4')
  })

  it('fails in one sentence where there is no cache to keep one in', async () => {
    const old = await mongod(join(await folder(), 'mongod'), '4.4.0')
    const PATH = [join(old, '..'), '/usr/bin', '/bin'].join(delimiter)
    const { code, stdout, stderr } = await run({ PATH })
    expect({ code, stdout }).toEqual({ code: 1, stdout: '' })
    expect(stderr.trim().split('\n').at(-1)).toMatch(/neither XDG_CACHE_HOME nor HOME is set/)
  })
})
