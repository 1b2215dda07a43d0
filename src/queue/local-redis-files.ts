import { randomBytes } from 'node:crypto'
import { chmod, mkdir, readFile, realpath, rename, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'

/** Where a server listens and what it asks for. */
export interface LocalAddress {
  readonly port: number
  readonly password: string
}

/**
 * The files of a local Redis: settings with the password (readable by the owner alone), pid, log, lock, and Redis's own
 * data.
 */
export interface LocalRedisFiles {
  readonly dir: string
  readonly settings: string
  readonly pid: string
  readonly log: string
  readonly lock: string
}

export async function localRedisFiles(dataDir: string): Promise<LocalRedisFiles> {
  await mkdir(join(dataDir, 'redis'), { recursive: true, mode: 0o700 })
  const dir = await realpath(join(dataDir, 'redis'))
  await chmod(dir, 0o700)
  return {
    dir,
    settings: join(dir, 'redis.conf'),
    pid: join(dir, 'redis.pid'),
    log: join(dir, 'redis.log'),
    lock: join(dir, 'start.lock'),
  }
}

export function urlOf({ port, password }: LocalAddress): string {
  return `redis://:${password}@127.0.0.1:${port}`
}

export function newPassword(): string {
  return randomBytes(24).toString('hex')
}

export async function writeSettings(files: LocalRedisFiles, { port, password }: LocalAddress): Promise<void> {
  const settings = `bind 127.0.0.1
port ${port}
requirepass ${password}
dir ${JSON.stringify(files.dir)}
daemonize no
set-proc-title no
appendonly yes
appendfsync everysec
save ""
maxmemory-policy noeviction
loglevel warning
`
  const draft = `${files.settings}.new`
  await rm(draft, { force: true })
  await writeFile(draft, settings, { mode: 0o600 })
  await rename(draft, files.settings)
}

export async function readAddress(files: LocalRedisFiles): Promise<LocalAddress | undefined> {
  const settings = await readFile(files.settings, 'utf8').catch(() => '')
  const port = Number(/^port (\d+)$/m.exec(settings)?.[1])
  const password = /^requirepass (\S+)$/m.exec(settings)?.[1]
  return port > 0 && password !== undefined ? { port, password } : undefined
}

export async function readPid(files: LocalRedisFiles): Promise<number | undefined> {
  const pid = Number.parseInt(await readFile(files.pid, 'utf8').catch(() => ''), 10)
  return pid > 1 ? pid : undefined
}
