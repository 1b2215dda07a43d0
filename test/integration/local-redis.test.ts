import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync } from 'node:fs'
import { mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals'
import { type LocalRedis, startLocalRedis } from '../../src/queue/local-redis.ts'
import { recordingLogger } from '../helpers/recording-logger.ts'
import { command } from '../helpers/redis-server.ts'
import { until } from '../helpers/until.ts'

let dataDir: string
const opened: LocalRedis[] = []
const children: ChildProcess[] = []

beforeEach(async () => {
  // blanks and quotes must not matter
  dataDir = await mkdtemp(join(tmpdir(), `streakline "local" redis-`))
})
afterEach(async () => {
  for (const child of children.splice(0)) child.kill('SIGKILL')
  for (const redis of opened.splice(0)) await redis.stop()
  // whatever a killed process left behind is found by its folder
  const left = await start()
  await left.stop()
  await rm(dataDir, { recursive: true, force: true })
})

const start = (options: { binary?: string; logger?: ReturnType<typeof recordingLogger> } = {}) =>
  startLocalRedis({ dataDir, logger: recordingLogger(), ...options })

async function open(): Promise<LocalRedis> {
  const redis = await start()
  opened.push(redis)
  return redis
}

interface Started {
  readonly url: string
  readonly pid: number
  readonly adopted: boolean
}

/** Another process that starts the local Redis of this folder. */
async function startElsewhere(): Promise<{ started: Started; child: ChildProcess }> {
  const script = new URL('../helpers/local-redis-child.ts', import.meta.url).pathname
  const child = spawn(process.execPath, [script, dataDir, 'stay'], { stdio: ['ignore', 'pipe', 'inherit'] })
  children.push(child)
  const [line] = (await once(child.stdout!, 'data')) as [Buffer]
  return { started: JSON.parse(line.toString()) as Started, child }
}

async function killProcess(child: ChildProcess): Promise<void> {
  const exited = once(child, 'exit')
  child.kill('SIGKILL')
  await exited
}

const isAlive = async (url: string) =>
  command(url, (client) => client.ping()).then(
    () => true,
    () => false,
  )
const setting = async (url: string, name: string) =>
  ((await command(url, (client) => client.config('GET', name))) as string[])[1]

describe('a new local Redis', () => {
  it('keeps every job: append-only file on, nothing evicted, on the loopback address alone', async () => {
    const redis = await open()
    expect(redis.adopted).toBe(false)
    expect(await setting(redis.url, 'appendonly')).toBe('yes')
    expect(await setting(redis.url, 'appendfsync')).toBe('everysec')
    expect(await setting(redis.url, 'maxmemory-policy')).toBe('noeviction')
    expect(await setting(redis.url, 'bind')).toBe('127.0.0.1')
    expect(await setting(redis.url, 'dir')).toBe(join(dataDir, 'redis'))
  })

  it('asks for a password that only the owner of the folder can read', async () => {
    const redis = await open()
    const withoutPassword = redis.url.replace(/:[^:@/]+@/, '')
    await expect(command(withoutPassword, (client) => client.ping())).rejects.toThrow()
    const { mode } = await stat(join(dataDir, 'redis', 'redis.conf'))
    expect(mode & 0o777).toBe(0o600)
    expect((await stat(join(dataDir, 'redis'))).mode & 0o777).toBe(0o700)
    const { password } = new URL(redis.url)
    expect(await readFile(join(dataDir, 'redis', 'redis.conf'), 'utf8')).toContain(password)
    if (process.platform === 'linux') {
      expect(await readFile(`/proc/${redis.pid}/cmdline`, 'utf8')).not.toContain(password)
      expect(await readFile(`/proc/${redis.pid}/environ`, 'utf8')).not.toContain('HOME=')
    }
  })

  it('is left running by a process that ends of its own accord', async () => {
    const script = new URL('../helpers/local-redis-child.ts', import.meta.url).pathname
    const child = spawn(process.execPath, [script, dataDir], { stdio: ['ignore', 'pipe', 'inherit'] })
    children.push(child)
    const [line] = (await once(child.stdout, 'data')) as [Buffer]
    // `close` needs the pipes to be free: a server that had inherited them would keep them open
    const [code] = (await once(child, 'close')) as [number]
    expect(code).toBe(0)
    const { url, pid } = JSON.parse(line.toString()) as Started
    expect(await isAlive(url)).toBe(true)
    expect(await open()).toMatchObject({ url, pid, adopted: true })
  })

  it('is ended by stop, with its data on disk and without its pid file', async () => {
    const redis = await open()
    await command(redis.url, (client) => client.set('kept', '1'))
    await redis.stop()
    await redis.stop()
    expect(await isAlive(redis.url)).toBe(false)
    expect(existsSync(join(dataDir, 'redis', 'redis.pid'))).toBe(false)
    const again = await open()
    expect(again.adopted).toBe(false)
    expect(again.url).toBe(redis.url)
    expect(await command(again.url, (client) => client.get('kept'))).toBe('1')
  })
})

describe('the local Redis of a killed process', () => {
  it('is adopted by the next one, with the same pid', async () => {
    const { started, child } = await startElsewhere()
    await command(started.url, (client) => client.set('kept', '1'))
    await killProcess(child)
    expect(await isAlive(started.url)).toBe(true)
    const redis = await open()
    expect(redis).toMatchObject({ url: started.url, pid: started.pid, adopted: true })
    expect(await command(redis.url, (client) => client.get('kept'))).toBe('1')
    await redis.stop()
    expect(await isAlive(started.url)).toBe(false)
  })

  it('is adopted when the pid file is lost, too', async () => {
    const { started, child } = await startElsewhere()
    await killProcess(child)
    await rm(join(dataDir, 'redis', 'redis.pid'))
    const redis = await open()
    expect(redis).toMatchObject({ pid: started.pid, adopted: true })
    await redis.stop()
    expect(await isAlive(started.url)).toBe(false)
  })

  it('does not hear the signals of the terminal', async () => {
    const { started } = await startElsewhere()
    const processStat = await readFile(`/proc/${started.pid}/stat`, 'utf8').catch(() => null)
    // pid (comm) state ppid pgrp session
    const session =
      processStat === null
        ? started.pid
        : Number(processStat.slice(processStat.lastIndexOf(')') + 2).split(' ')[3])
    expect(session).toBe(started.pid)
  })
})

describe('a second start on the same folder', () => {
  it('finds the running server', async () => {
    const first = await open()
    const second = await open()
    expect(second).toMatchObject({ url: first.url, pid: first.pid, adopted: true })
  })

  it('never makes a second server when several processes start at once', async () => {
    const starts = await Promise.all([
      startElsewhere(),
      startElsewhere(),
      open().then((started) => ({ started })),
      startElsewhere(),
    ])
    expect(new Set(starts.map(({ started }) => started.pid)).size).toBe(1)
    expect(starts.filter(({ started }) => !started.adopted).length).toBe(1)
  })

  it('starts a server when the pid file names a process of another kind', async () => {
    const redis = await open()
    await redis.stop()
    opened.pop()
    await writeFile(join(dataDir, 'redis', 'redis.pid'), `${process.pid}\n`)
    const again = await open()
    expect(again.adopted).toBe(false)
    expect(again.pid).not.toBe(process.pid)
    expect(await isAlive(again.url)).toBe(true)
  })

  it('takes another port when its own was taken meanwhile', async () => {
    const redis = await open()
    await redis.stop()
    opened.pop()
    // who does not read never learns that the other side has gone
    const squatter = createServer((socket) => socket.resume().end('-ERR no\r\n')).listen(
      Number(new URL(redis.url).port),
      '127.0.0.1',
    )
    await once(squatter, 'listening')
    try {
      const again = await open()
      expect(new URL(again.url).port).not.toBe(new URL(redis.url).port)
      expect(await isAlive(again.url)).toBe(true)
    } finally {
      await new Promise((resolve) => squatter.close(resolve))
    }
  })
})

describe('a local Redis whose data is damaged', () => {
  /** Writes where commands are expected, in the middle of what is kept. */
  async function damage(): Promise<void> {
    const folder = join(dataDir, 'redis', 'appendonlydir')
    const kept = (await readdir(folder)).find((name) => name.endsWith('.incr.aof'))!
    const bytes = await readFile(join(folder, kept))
    await writeFile(
      join(folder, kept),
      bytes.fill('no commands at all ', Math.floor(bytes.length / 2), bytes.length - 8),
    )
  }

  it('starts empty, with the damaged data moved aside, and says so in one line', async () => {
    const redis = await open()
    await command(redis.url, async (client) => {
      for (let at = 0; at < 50; at += 1) await client.set(`kept ${at}`, 'x'.repeat(50))
    })
    await redis.stop()
    opened.pop()
    await damage()
    const logger = recordingLogger()
    const again = await start({ logger })
    opened.push(again)
    expect(again.url).toBe(redis.url)
    expect(await command(again.url, (client) => client.dbsize())).toBe(0)
    const aside = (await readdir(dataDir)).filter((name) => name !== 'redis')
    expect(aside).toEqual([expect.stringMatching(/^redis-damaged-\d{4}-\d\d-\d\dT\d\d-\d\d-\d\d\.\d{3}Z$/)])
    expect(await readdir(join(dataDir, aside[0]!))).toContain('appendonlydir')
    const said = logger.lines.filter(({ level }) => level !== 'info')
    expect(said).toMatchObject([{ level: 'warn', fields: { movedTo: join(dataDir, aside[0]!) } }])
    expect((said[0]!.fields as { cause: string }).cause).toMatch(/append only file/i)
  })

  it('keeps its data where it is when something else keeps it from starting', async () => {
    const redis = await open()
    await command(redis.url, (client) => client.set('kept', '1'))
    await redis.stop()
    opened.pop()
    const binary = join(dataDir, 'bad-redis-server')
    const script =
      '#!/bin/sh\n[ "$1" = --version ] && echo "Redis server v=7.2.0" && exit 0\necho "no memory" >&2\nexit 1\n'
    await writeFile(binary, script, { mode: 0o755 })
    await expect(start({ binary })).rejects.toThrow('redis-server did not start: no memory')
    expect((await readdir(dataDir)).filter((name) => name.startsWith('redis-damaged'))).toEqual([])
    expect(await command((await open()).url, (client) => client.get('kept'))).toBe('1')
  })
})

describe('a local Redis that ends while it is needed', () => {
  it('is started again on the same address', async () => {
    const logger = recordingLogger()
    const redis = await start({ logger })
    opened.push(redis)
    const { url, pid } = redis
    process.kill(pid, 'SIGKILL')
    await until(() => redis.pid !== pid)
    expect(redis.url).toBe(url)
    expect(await isAlive(url)).toBe(true)
    const messages = logger.lines.map(({ message }) => message)
    expect(messages).toEqual(['local Redis is up', 'local Redis had ended and was started again'])
    expect(JSON.stringify(logger.lines)).not.toContain(new URL(url).password)
  })
})

describe('without a fitting redis-server', () => {
  it('says what to do when there is none', async () => {
    await expect(start({ binary: 'no-such-redis-server' })).rejects.toMatchObject({
      code: 'STORE_UNAVAILABLE',
      message: 'redis-server was not found on PATH; install Redis 6.2 or newer, or set REDIS_URL',
    })
  })

  it('says what to do when it is too old', async () => {
    const binary = join(dataDir, 'old-redis-server')
    await writeFile(
      binary,
      '#!/bin/sh\necho "Redis server v=6.0.16 sha=00000000:0 malloc=jemalloc bits=64"\n',
      { mode: 0o755 },
    )
    await expect(start({ binary })).rejects.toThrow(
      'redis-server is 6.0.16; install Redis 6.2 or newer, or set REDIS_URL',
    )
  })

  it('passes on the last words of one that does not start', async () => {
    const binary = join(dataDir, 'bad-redis-server')
    const script =
      '#!/bin/sh\n[ "$1" = --version ] && echo "Redis server v=7.2.0" && exit 0\necho "disk is full" >&2\nexit 1\n'
    await writeFile(binary, script, { mode: 0o755 })
    await expect(start({ binary })).rejects.toThrow('redis-server did not start: disk is full')
  })
})
