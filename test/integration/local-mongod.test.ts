import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterEach, describe, expect, it } from '@jest/globals'
import { type LocalMongod, startLocalMongod } from '../../src/demo/parts/local-mongod.ts'
import { openMongoStore } from '../../src/store/mongo/store.ts'
import { newAccount, rowsOf, seed } from '../contract/store/context.ts'
import { row } from '../contract/store/rows.ts'
import { mongodBinary } from '../helpers/mongo-server.ts'
import { makeTempFolder } from '../helpers/temp-folder.ts'
import { until } from '../helpers/until.ts'

const CHILD = fileURLToPath(new URL('../helpers/local-mongod-child.ts', import.meta.url))
const ENDS_WITHIN_MS = 120_000

const binary = await mongodBinary()

if (binary === null) {
  it('MongoDB part SKIPPED: no server could be had', () => {
    expect(process.env.REQUIRE_MONGO).not.toBe('1')
  })
} else {
  describe('a local mongod', () => {
    const cleanups: (() => Promise<void>)[] = []
    afterEach(async () => {
      for (const cleanup of cleanups.splice(0).reverse()) await cleanup()
    })

    async function folder(): Promise<string> {
      const [path, remove] = await makeTempFolder()
      cleanups.push(remove)
      return path
    }
    async function start(options: Partial<Parameters<typeof startLocalMongod>[0]>): Promise<LocalMongod> {
      const mongod = await startLocalMongod({ binary: binary ?? '', dataDir: await folder(), ...options })
      cleanups.push(mongod.stop)
      return mongod
    }
    const portOf = ({ uri }: LocalMongod) => Number(new URL(uri).port)
    const isAlive = (pid: number) => {
      try {
        return process.kill(pid, 0)
      } catch {
        return false
      }
    }

    it('has its data after it was killed, under the same port and under another', async () => {
      const dataDir = join(await folder(), 'made', 'by', 'it')
      const accountId = newAccount()
      let port: number | undefined
      for (let round = 0; round < 3; round++) {
        const mongod = await start({ dataDir, ...(port !== undefined && { port }) })
        const store = await openMongoStore(mongod.uri)
        await store.migrate()
        await seed(store, 'member', [row('member', { accountId })])
        expect(await rowsOf(store, 'member', accountId)).toHaveLength(round + 1)
        await store.close()
        process.kill(mongod.pid, 'SIGKILL')
        await mongod.ended
        // the second time on the port it had, the third time on another
        port = round === 0 ? portOf(mongod) : undefined
      }
    })

    it('ends with the process that started it, when that is killed, and starts again on its data', async () => {
      const dataDir = await folder()
      const child = spawn(process.execPath, ['--no-warnings', CHILD, binary ?? '', dataDir], {
        stdio: ['ignore', 'pipe', 'inherit'],
      })
      const [said] = (await once(child.stdout, 'data')) as [Buffer]
      const pid = Number(said.toString())
      expect(isAlive(pid)).toBe(true)
      child.kill('SIGKILL')
      await once(child, 'close')
      // at once, while the first one may still be ending
      const next = await start({ dataDir })
      await until(() => !isAlive(pid), ENDS_WITHIN_MS)
      expect(next.pid).not.toBe(pid)
    })

    it('leaves a port and a folder to whoever has them, and says so', async () => {
      const dataDir = await folder()
      const first = await start({ dataDir })
      const [port, refusals] = [portOf(first), [start({ port: portOf(first) }), start({ dataDir })]]
      const [byPort, byFolder] = await Promise.allSettled(refusals)
      expect(byPort).toMatchObject({
        status: 'rejected',
        reason: { code: 'STORE_UNAVAILABLE', message: expect.stringMatching(`${port}.*in use`) },
      })
      expect(byFolder).toMatchObject({
        status: 'rejected',
        reason: { code: 'STORE_UNAVAILABLE', message: expect.stringContaining(dataDir) },
      })
      expect(isAlive(first.pid)).toBe(true)
    })

    it.each([process.execPath, '/nonexistent/mongod'])('that is none says so: %s', async (other) => {
      await expect(start({ binary: other })).rejects.toMatchObject({ code: 'STORE_UNAVAILABLE' })
    })

    it('may be stopped twice', async () => {
      const mongod = await start({})
      await Promise.all([mongod.stop(), mongod.stop()])
      await mongod.stop()
      expect(isAlive(mongod.pid)).toBe(false)
    })
  })
}
