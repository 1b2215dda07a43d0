import { type ChildProcess, spawn } from 'node:child_process'
import { randomUUID } from 'node:crypto'
import { once } from 'node:events'
import { mkdtemp, rm } from 'node:fs/promises'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Redis } from 'ioredis'
import { until } from './until.ts'

export interface TestRedis {
  readonly url: string
  /** Queue prefix of this caller alone. */
  readonly prefix: string
  /** SIGKILL: nothing is saved that was not saved yet. */
  kill(): Promise<void>
  /** Starts it again on the same port, after `kill`; with its data (append-only file) or without. */
  restart(options?: { readonly wiped?: boolean }): Promise<void>
  flush(): Promise<void>
  /** SIGSTOP and SIGCONT: connections stay open and nothing answers. */
  pause(): void
  resume(): void
  /** Ends the server and removes its data. */
  stop(): Promise<void>
}

/** A Redis URL on which nothing listens yet, and what starts it. */
export interface AbsentRedis extends TestRedis {
  start(): Promise<void>
}

/**
 * The server named by TEST_REDIS_URL, else one of its own. With `controllable` always one of its own: only servers
 * started here are ever wiped, killed or paused.
 */
export async function redisForTests(options: { readonly controllable?: boolean } = {}): Promise<TestRedis> {
  const shared = process.env.TEST_REDIS_URL
  if (shared !== undefined && shared !== '' && options.controllable !== true) return sharedRedis(shared)
  const server = await absentRedis()
  await server.start()
  return server
}

/** A port of its own with no server yet. */
export async function absentRedis(): Promise<AbsentRedis> {
  const dir = await mkdtemp(join(tmpdir(), 'streakline-redis-'))
  const port = await freePort()
  const url = `redis://127.0.0.1:${port}`
  let child: ChildProcess | undefined

  async function start(): Promise<void> {
    const settings = ['--save', '', '--appendonly', 'yes', '--appendfsync', 'everysec', '--bind', '127.0.0.1']
    child = spawn('redis-server', ['--port', String(port), '--dir', dir, ...settings], { stdio: 'ignore' })
    await until(() => answers(url))
  }

  async function kill(): Promise<void> {
    if (child === undefined || child.exitCode !== null || child.signalCode !== null) return
    const exited = once(child, 'exit')
    child.kill('SIGKILL')
    await exited
  }

  return {
    url,
    prefix: 'test',
    start,
    kill,
    async restart({ wiped = false } = {}) {
      await kill()
      if (wiped) await rm(join(dir, 'appendonlydir'), { recursive: true, force: true })
      if (wiped) await rm(join(dir, 'appendonly.aof'), { force: true })
      await start()
    },
    flush: () => command(url, async (client) => void (await client.flushall())),
    pause: () => void child?.kill('SIGSTOP'),
    resume: () => void child?.kill('SIGCONT'),
    async stop() {
      await kill()
      await rm(dir, { recursive: true, force: true })
    },
  }
}

function sharedRedis(url: string): TestRedis {
  const prefix = `test-${randomUUID()}`
  const refuse = (): never => {
    throw new Error('TEST_REDIS_URL names a shared server: ask for redisForTests({ controllable: true })')
  }
  const removeKeys = () =>
    command(url, async (client) => {
      for await (const keys of client.scanStream({ match: `{${prefix}-*`, count: 1_000 })) {
        if (keys.length > 0) await client.unlink(...keys)
      }
    })
  return {
    url,
    prefix,
    kill: async () => refuse(),
    restart: async () => refuse(),
    flush: removeKeys,
    pause: refuse,
    resume: refuse,
    stop: removeKeys,
  }
}

export async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as { port: number }
  server.close()
  await once(server, 'close')
  return port
}

async function answers(url: string): Promise<boolean> {
  return command(url, async (client) => (await client.ping()) === 'PONG').catch(() => false)
}

/** Runs `work` on a connection of its own that is tried once. */
export async function command<T>(url: string, work: (client: Redis) => Promise<T>): Promise<T> {
  const client = new Redis(url, {
    lazyConnect: true,
    retryStrategy: () => null,
    connectTimeout: 2_000,
    disconnectTimeout: 100,
  })
  client.on('error', () => {})
  try {
    await client.connect()
    return await work(client)
  } finally {
    client.disconnect()
  }
}
