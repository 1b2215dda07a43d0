import { once } from 'node:events'
import { connect, type Socket } from 'node:net'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals'
import { allGone, endPrograms, type Program, plainEnv, settingsIn, startProgram } from '../helpers/program.ts'
import { makeTempFolder } from '../helpers/temp-folder.ts'
import { until } from '../helpers/until.ts'

const TIMEOUT_MS = 300_000
const LISTENING = '"msg":"listening"'
const STOPPED = '"msg":"stopped"'

let folder: string
let remove: () => Promise<void>

beforeEach(async () => {
  ;[folder, remove] = await makeTempFolder()
})
afterEach(async () => {
  await endPrograms()
  await remove()
})

function npmRun(...parameters: string[]): Program {
  return startProgram(['npm', ...parameters], { env: plainEnv(settingsIn(join(folder, 'data'))) })
}

/** What a terminal does at Ctrl-C: every process of the group gets the signal, npm and the program alike. */
function pressCtrlC({ child }: Program): void {
  process.kill(-child.pid!, 'SIGINT')
}

/** A request of which the body is owed: it runs for as long as the socket is open. */
async function openRequest(port: number): Promise<Socket> {
  const socket = connect(port, '127.0.0.1').on('error', () => {})
  await once(socket, 'connect')
  socket.write('POST /webhooks/shopify/x HTTP/1.1\r\nhost: x\r\ncontent-length: 9\r\n\r\n')
  return socket
}

describe('npm start', () => {
  it(
    'ends in order with kill -TERM, and leaves nothing running',
    async () => {
      const npm = npmRun('start')
      await npm.printed(LISTENING)
      const family = await npm.family()
      expect(family.length).toBeGreaterThanOrEqual(3)
      npm.child.kill('SIGTERM')
      await allGone(family)
      expect(npm.output()).toContain(STOPPED)
      expect(await npm.ended).toBe(0)
    },
    TIMEOUT_MS,
  )

  it(
    'ends in order with Ctrl-C, of which npm tells the program a second time',
    async () => {
      const npm = npmRun('start')
      await npm.printed(LISTENING)
      const family = await npm.family()
      pressCtrlC(npm)
      await allGone(family)
      expect(npm.output()).toContain(STOPPED)
      expect(await npm.ended).toBe(0)
    },
    TIMEOUT_MS,
  )

  it(
    'ends in order when it is told to while it still starts',
    async () => {
      const npm = npmRun('start')
      await npm.printed('"msg":"local Redis is up"')
      const family = await npm.family()
      npm.child.kill('SIGTERM')
      await allGone(family)
      expect(npm.output()).toContain(STOPPED)
      expect(await npm.ended).toBe(0)
    },
    TIMEOUT_MS,
  )

  it(
    'is ended at once by a second signal after a while',
    async () => {
      const npm = npmRun('start')
      await npm.printed(LISTENING)
      const family = await npm.family()
      // a request that is never finished keeps it from ending in order
      const { port } = JSON.parse(/^.*"msg":"listening".*$/m.exec(npm.output())![0]) as { port: number }
      const request = await openRequest(port)
      npm.child.kill('SIGTERM')
      await npm.printed('"msg":"stopping"')
      let hasEnded = false
      void npm.ended.then(() => {
        hasEnded = true
      })
      await until(() => hasEnded || !npm.child.kill('SIGTERM'))
      expect(await npm.ended).not.toBe(0)
      request.destroy()
      expect(npm.output()).not.toContain(STOPPED)
      // its Redis outlives a kill, for the next start to find
      for (const pid of family.filter((pid) => pid !== npm.child.pid)) {
        try {
          process.kill(pid, 'SIGTERM')
        } catch {
          // it was not there any more
        }
      }
    },
    TIMEOUT_MS,
  )
})

describe('npm run demo', () => {
  it.each(['SIGTERM', 'SIGINT'] as const)(
    'ends with %s and leaves nothing running',
    async (signal) => {
      const demo = join(folder, 'demo')
      const npm = npmRun('run', 'demo', '--', '--port', '0', '--data-dir', demo)
      await npm.printed('Day 1')
      const family = await npm.family()
      expect(family.length).toBeGreaterThanOrEqual(3)
      if (signal === 'SIGINT') pressCtrlC(npm)
      else npm.child.kill(signal)
      await allGone(family)
      expect(npm.output()).toContain('Stopped. Run the same command again and it goes on from here.')
    },
    TIMEOUT_MS,
  )
})
