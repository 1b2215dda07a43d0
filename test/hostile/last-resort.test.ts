import { spawn } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'
import { expect, it } from '@jest/globals'
import { makeTempFolder } from '../helpers/temp-folder.ts'
import { until } from '../helpers/until.ts'

const PROGRAM = fileURLToPath(new URL('../../src/streakline.js', import.meta.url))
/** Fails inside the program when it is told to, in the ways that nobody can catch. */
const SABOTAGE = `data:text/javascript,
process.on('SIGUSR2', () => { Promise.reject(new TypeError('forgotten')) });
process.on('SIGWINCH', () => { setImmediate(() => { throw new TypeError('half-done') }) });`
const WITHIN_MS = 120_000

interface Line {
  readonly msg: string
  readonly kind?: string
  readonly port?: number
  readonly err?: { readonly type?: string }
}

it('the program outlives a promise that nobody waited for, and ends in order after an exception', async () => {
  const [dataDir, remove] = await makeTempFolder()
  const child = spawn(process.execPath, ['--no-warnings', '--import', SABOTAGE, PROGRAM, 'start'], {
    env: {
      PATH: process.env.PATH,
      STREAKLINE_ENCRYPTION_KEY: randomBytes(32).toString('base64'),
      STREAKLINE_DATA_DIR: dataDir,
      REDIS_URL: 'redis://127.0.0.1:1',
      PORT: '0',
    },
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  let output = ''
  child.stdout.on('data', (chunk) => {
    output += chunk
  })
  const ended = once(child, 'exit')
  const lines = (): Line[] =>
    output
      .split('\n')
      .slice(0, -1)
      .map((line) => JSON.parse(line))
  const line = (of: (one: Line) => boolean) => lines().find(of)
  try {
    await until(() => line(({ msg }) => msg === 'listening') !== undefined, WITHIN_MS)
    child.kill('SIGUSR2')
    await until(() => line(({ kind }) => kind === 'unhandledRejection') !== undefined, WITHIN_MS)
    const { port } = line(({ msg }) => msg === 'listening')!
    expect((await fetch(`http://127.0.0.1:${port}/readyz`)).status).toBe(200)
    child.kill('SIGWINCH')
    expect((await ended)[0]).toBe(1)
    expect(line(({ kind }) => kind === 'uncaughtException')).toMatchObject({
      level: 50,
      count: 1,
      err: { type: 'TypeError' },
    })
    expect(lines().at(-1)?.msg).toBe('stopped')
  } finally {
    child.kill('SIGKILL')
    await remove()
  }
})
