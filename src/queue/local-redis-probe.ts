import { execFile } from 'node:child_process'
import { readFile, realpath } from 'node:fs/promises'
import { promisify } from 'node:util'
import { Redis } from 'ioredis'
import { type LocalAddress, type LocalRedisFiles, readPid, urlOf } from './local-redis-files.ts'
import { within } from './within.ts'

const PROBE_TIMEOUT_MS = 1_500
const DISCONNECT_TIMEOUT_MS = 100

/**
 * What is found at an address: `ours` serves our folder (`loading` until its data is in memory), `foreign` is another
 * server, `silent` accepts but does not answer, `none` does not listen.
 */
export type Probe =
  | { readonly found: 'ours'; readonly pid: number; readonly loading: boolean }
  | { readonly found: 'foreign' | 'silent' | 'none' }

export async function probe(address: LocalAddress, files: LocalRedisFiles): Promise<Probe> {
  let reply: Probe['found'] = 'silent'
  const client = openProbe(address, (error) => {
    reply = error.code === 'ECONNREFUSED' ? 'none' : 'foreign'
  })
  try {
    const answer = async (): Promise<Probe> => {
      await client.connect()
      const [, dir] = (await client.config('GET', 'dir')) as string[]
      const info = await client.info()
      const pid = Number(/^process_id:(\d+)/m.exec(info)?.[1])
      const ours = dir !== undefined && (await realpath(dir).catch(() => dir)) === files.dir
      return ours ? { found: 'ours', pid, loading: /^loading:1/m.test(info) } : { found: 'foreign' }
    }
    return await within(PROBE_TIMEOUT_MS, answer())
  } catch {
    return { found: reply } as Probe
  } finally {
    client.disconnect()
  }
}

/** Asks the server to write what it holds to its append-only file and end. Resolves when the connection closes. */
export async function shutDown(address: LocalAddress, timeoutMs: number): Promise<void> {
  const client = openProbe(address, () => {})
  try {
    await client.connect()
    const closed = new Promise<void>((resolve) => {
      client.once('close', resolve)
    })
    client.shutdown('NOSAVE').catch(() => {})
    await within(timeoutMs, closed)
  } finally {
    client.disconnect()
  }
}

function openProbe(address: LocalAddress, onError: (error: Error & { code?: string }) => void): Redis {
  const client = new Redis(urlOf(address), {
    lazyConnect: true,
    enableReadyCheck: false,
    disableClientInfo: true,
    connectTimeout: PROBE_TIMEOUT_MS,
    disconnectTimeout: DISCONNECT_TIMEOUT_MS,
    maxRetriesPerRequest: 0,
    retryStrategy: () => null,
  })
  client.on('error', onError)
  return client
}

/** The pid in the pid file, if that process lives and is the server of this folder: pids are used again by others. */
export async function livingServer(files: LocalRedisFiles): Promise<number | undefined> {
  const pid = await readPid(files)
  return pid !== undefined && (await isServerOf(files, pid)) ? pid : undefined
}

export async function isServerOf(files: LocalRedisFiles, pid: number): Promise<boolean> {
  if (!isAlive(pid)) return false
  return (await commandLineOf(pid)).trimEnd().endsWith(` ${files.settings}`)
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0)
    return true
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM'
  }
}

/** Empty for a process that has ended and was not reaped yet. */
async function commandLineOf(pid: number): Promise<string> {
  if (process.platform === 'linux') {
    return readFile(`/proc/${pid}/cmdline`, 'utf8')
      .then((line) => line.replaceAll('\0', ' '))
      .catch(() => '')
  }
  return promisify(execFile)('ps', ['-ww', '-o', 'command=', '-p', String(pid)])
    .then(({ stdout }) => stdout)
    .catch(() => '')
}
