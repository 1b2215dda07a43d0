import { execFile, spawn } from 'node:child_process'
import { once } from 'node:events'
import { open, readFile, rm, writeFile } from 'node:fs/promises'
import { createServer } from 'node:net'
import { setTimeout as pause } from 'node:timers/promises'
import { promisify } from 'node:util'
import { AppError } from '../errors.ts'
import { moveDataAside } from './local-redis-damage.ts'
import {
  type LocalAddress,
  type LocalRedisFiles,
  newPassword,
  readAddress,
  writeSettings,
} from './local-redis-files.ts'
import { isServerOf, livingServer, probe, shutDown } from './local-redis-probe.ts'

const START_TIMEOUT_MS = 30_000
const SHUTDOWN_TIMEOUT_MS = 10_000
const POLL_MS = 30
const MISSING = 'redis-server was not found on PATH; install Redis 6.2 or newer, or set REDIS_URL'

export interface Server {
  readonly pid: number
  readonly address: LocalAddress
  readonly adopted: boolean
  /** Set when it did not start with the data that it had, and why. */
  readonly damage?: { readonly movedTo: string; readonly cause: string }
}

/** Finds the server of the folder or starts one. The caller holds the start lock. */
export async function adoptOrStart(
  files: LocalRedisFiles,
  binary: string,
  portTries: number,
): Promise<Server> {
  const known = await readAddress(files)
  const running = known && (await findRunning(files, known))
  if (known && running !== undefined) {
    await writeFile(files.pid, `${running}\n`)
    return { pid: running, address: known, adopted: true }
  }
  await checkBinary(binary)
  const password = known?.password ?? newPassword()
  let port = known?.port ?? (await freePort())
  for (let triesLeft = portTries; ; port = await freePort()) {
    const address = { port, password }
    const started = await start(files, address, binary)
    if ('pid' in started) return { pid: started.pid, address, adopted: false }
    const without = started.gaveUp ? await startEmpty(files, address, binary, started.lastWords) : null
    if (without !== null) return without
    if (--triesLeft === 0 || !started.portTaken)
      throw unavailable(`redis-server did not start: ${started.lastWords}`)
  }
}

/** The pid of the server that has this folder; waits for one that is still loading its data. */
async function findRunning(files: LocalRedisFiles, address: LocalAddress): Promise<number | undefined> {
  const deadline = performance.now() + START_TIMEOUT_MS
  for (;;) {
    const seen = await probe(address, files)
    if (seen.found === 'ours' && !seen.loading) return seen.pid
    const pid = await livingServer(files)
    if (seen.found !== 'ours' && pid === undefined) return undefined
    if (seen.found !== 'ours' && performance.now() > deadline) {
      throw unavailable(`redis-server (pid ${pid}) has the folder ${files.dir} but does not answer`)
    }
    await pause(POLL_MS)
  }
}

/** Without the data, in case it is that which keeps the server from starting; null, and all as it was, when it is not. */
async function startEmpty(
  files: LocalRedisFiles,
  address: LocalAddress,
  binary: string,
  cause: string,
): Promise<Server | null> {
  const aside = await moveDataAside(files)
  if (aside === null) return null
  const started = await start(files, address, binary)
  if ('pid' in started) {
    return { pid: started.pid, address, adopted: false, damage: { movedTo: aside.movedTo, cause } }
  }
  await aside.back()
  return null
}

type StartResult =
  | { readonly pid: number }
  | {
      readonly portTaken: boolean
      /** It ended by itself, with a sentence, over something that is not the port. */
      readonly gaveUp: boolean
      readonly lastWords: string
    }

async function start(files: LocalRedisFiles, address: LocalAddress, binary: string): Promise<StartResult> {
  await writeSettings(files, address)
  const log = await open(files.log, 'w', 0o600)
  try {
    // Its own session: neither the terminal's signals nor our end reach it. Its environment holds none of our secrets.
    const child = spawn(binary, [files.settings], {
      cwd: files.dir,
      detached: true,
      stdio: ['ignore', log.fd, log.fd],
      env: { PATH: process.env.PATH, LC_ALL: 'C' },
    })
    let ended = false
    let gaveUp = false
    const onEnd = (code?: unknown) => {
      ended = true
      gaveUp = typeof code === 'number' && code !== 0
    }
    child.once('error', onEnd).once('exit', onEnd).unref()
    if (child.pid === undefined) return { portTaken: false, gaveUp, lastWords: `${binary} cannot be run` }
    await writeFile(files.pid, `${child.pid}\n`)
    if (await comesUp(files, address, () => ended)) return { pid: child.pid }
    child.kill('SIGKILL')
    await rm(files.pid, { force: true })
    const words = (await readFile(files.log, 'utf8')).trim()
    const portTaken = /address already in use/i.test(words)
    return { portTaken, gaveUp: gaveUp && !portTaken, lastWords: words.split('\n').at(-1) ?? '' }
  } finally {
    await log.close()
  }
}

/** Loading a long append-only file may take its time; saying nothing at all may not. */
async function comesUp(
  files: LocalRedisFiles,
  address: LocalAddress,
  hasEnded: () => boolean,
): Promise<boolean> {
  let deadline = performance.now() + START_TIMEOUT_MS
  while (!hasEnded() && performance.now() < deadline) {
    const seen = await probe(address, files)
    if (seen.found === 'ours' && !seen.loading) return true
    if (seen.found === 'ours') deadline = performance.now() + START_TIMEOUT_MS
    await pause(POLL_MS)
  }
  return false
}

/** Ends the server of the folder, if one runs, with everything on disk. The caller holds the start lock. */
export async function stopServer(files: LocalRedisFiles, address: LocalAddress): Promise<void> {
  const deadline = performance.now() + SHUTDOWN_TIMEOUT_MS
  const pid = await livingServer(files)
  if (pid !== undefined) {
    await shutDown(address, SHUTDOWN_TIMEOUT_MS / 2).catch(async () => {
      if (await isServerOf(files, pid)) process.kill(pid, 'SIGTERM')
    })
  }
  while (pid !== undefined && (await isServerOf(files, pid))) {
    if (performance.now() > deadline) throw unavailable(`redis-server (pid ${pid}) does not end`)
    await pause(POLL_MS)
  }
  await rm(files.pid, { force: true })
}

async function checkBinary(binary: string): Promise<void> {
  const { stdout } = await promisify(execFile)(binary, ['--version']).catch(
    (error: NodeJS.ErrnoException) => {
      throw unavailable(error.code === 'ENOENT' ? MISSING : `${binary} cannot be run: ${error.code}`)
    },
  )
  const [, version, major, minor] = /v=((\d+)\.(\d+)\S*)/.exec(stdout) ?? []
  if (Number(major) < 6 || (Number(major) === 6 && Number(minor) < 2)) {
    throw unavailable(`redis-server is ${version}; install Redis 6.2 or newer, or set REDIS_URL`)
  }
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const address = server.address()
  server.close()
  await once(server, 'close')
  if (address === null || typeof address === 'string') throw unavailable('no free port on 127.0.0.1')
  return address.port
}

function unavailable(message: string): AppError {
  return new AppError('STORE_UNAVAILABLE', message)
}
