import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { command, freePort } from './redis-server.ts'
import { until } from './until.ts'

/** Nodes of a cluster meet at their port and 10,000 beyond it. */
const HIGHEST_PORT = 55_535
const UP_WITHIN_MS = 120_000

/** One `redis-server` of a group, on loopback, killed when this process ends. */
export interface RedisProcess {
  readonly port: number
  readonly url: string
  start(): Promise<void>
  /** SIGKILL, also of one that is paused. */
  kill(): Promise<void>
  pause(): void
  resume(): void
  /** Ends it and removes its data. */
  stop(): Promise<void>
}

/** @param settings lines of a configuration file, `[name, value]`; `sentinel` makes it one */
export async function redisProcess(
  settings: readonly (readonly [string, string])[],
  kind: 'server' | 'sentinel' = 'server',
): Promise<RedisProcess> {
  const dir = await mkdtemp(join(tmpdir(), 'streakline-redis-'))
  const port = await lowPort()
  const url = `redis://127.0.0.1:${port}`
  const file = join(dir, 'redis.conf')
  const lines = [['port', String(port)], ['dir', dir], ['bind', '127.0.0.1'], ...settings]
  await writeFile(file, lines.map((line) => `${line.join(' ')}\n`).join(''))
  let child: ChildProcess | undefined
  const end = () => void child?.kill('SIGKILL')
  process.once('exit', end)

  async function kill(): Promise<void> {
    if (child === undefined || child.exitCode !== null || child.signalCode !== null) return
    const exited = once(child, 'exit')
    end()
    await exited
  }

  return {
    port,
    url,
    kill,
    async start() {
      child = spawn('redis-server', [file, ...(kind === 'sentinel' ? ['--sentinel'] : [])], {
        stdio: 'ignore',
      })
      await until(() => command(url, (client) => client.ping()).then(Boolean, () => false), UP_WITHIN_MS)
    },
    pause: () => void child?.kill('SIGSTOP'),
    resume: () => void child?.kill('SIGCONT'),
    async stop() {
      await kill()
      process.off('exit', end)
      await rm(dir, { recursive: true, force: true })
    },
  }
}

async function lowPort(): Promise<number> {
  for (;;) {
    const port = await freePort()
    if (port <= HIGHEST_PORT) return port
  }
}
