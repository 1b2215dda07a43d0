import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdir } from 'node:fs/promises'
import { createServer } from 'node:net'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { AppError } from '../../errors.ts'
import { lastFault, logSize } from './local-mongod-log.ts'
import { awaitPrimary, REPLICA_SET } from './local-replica-set.ts'

export interface LocalMongodOptions {
  /** Path of a mongod, 6.0 or newer. */
  readonly binary: string
  /** Made when missing; holds the data and `mongod.log`. One mongod at a time. */
  readonly dataDir: string
  /** On 127.0.0.1; a free one when absent. */
  readonly port?: number
}

export interface LocalMongod {
  /** Names no database. */
  readonly uri: string
  readonly pid: number
  /** Resolves once the process has ended, whoever ended it. */
  readonly ended: Promise<void>
  /** Ends the server cleanly, by force after 10 s. Idempotent. */
  stop(): Promise<void>
}

const START_WITHIN_MS = 30_000
const FOLDER_FREE_WITHIN_MS = 5_000
const STOP_WITHIN_MS = 10_000
/** mongod's exit codes: 48 = the port is taken, 100 = the data folder is locked, among other faults of start-up. */
const EXIT_PORT_TAKEN = 48
const EXIT_START_FAILED = 100

/**
 * Starts a one-node replica set for a demo, a test or a small machine: 127.0.0.1 only, no authentication, 1 GB of
 * cache. It ends with this process, also when this process is killed, and may be started again on the same folder,
 * with the same or another port, after any kind of end. Resolves when writes are accepted.
 * @throws AppError STORE_UNAVAILABLE when it does not come up within 30 s, or the folder stays in use for 5 s
 */
export async function startLocalMongod(options: LocalMongodOptions): Promise<LocalMongod> {
  await mkdir(options.dataDir, { recursive: true })
  const startBy = AbortSignal.timeout(START_WITHIN_MS)
  const folderFreeBy = Date.now() + FOLDER_FREE_WITHIN_MS
  for (;;) {
    const port = options.port ?? (await freePort())
    const logStart = await logSize(logPath(options.dataDir))
    const mongod = await launch(options, port)
    const exited = new AbortController()
    void mongod.exitCode.then(() => exited.abort())
    const ready = awaitPrimary(port, mongod.running.pid, AbortSignal.any([startBy, exited.signal]))
    const fault = await ready.catch((error: Error) => error)
    if (fault === undefined) return mongod.running
    const exitCode = exited.signal.aborted ? await mongod.exitCode : null
    await mongod.running.stop()
    if (exitCode === EXIT_PORT_TAKEN && options.port === undefined && !startBy.aborted) continue
    const said = await lastFault(logPath(options.dataDir), logStart)
    // a mongod whose owner was killed is given the time to end: it was told to when its owner went
    if (exitCode === EXIT_START_FAILED && said.folderInUse && Date.now() < folderFreeBy) {
      await delay(100)
      continue
    }
    const reason = said.text ?? `its log says nothing (${fault.message})`
    throw new AppError('STORE_UNAVAILABLE', sentence(options, port, exitCode, reason))
  }
}

function sentence(
  options: LocalMongodOptions,
  port: number,
  exitCode: number | null,
  reason: string,
): string {
  const end = exitCode === null ? 'did not come up' : `ended with exit code ${exitCode}`
  return `mongod on 127.0.0.1:${port} with data folder ${options.dataDir} ${end}: ${reason}`
}

function logPath(dataDir: string): string {
  return join(dataDir, 'mongod.log')
}

async function launch(
  { binary, dataDir }: LocalMongodOptions,
  port: number,
): Promise<{ running: LocalMongod; exitCode: Promise<number> }> {
  const child = spawn(
    binary,
    [
      ...['--dbpath', dataDir, '--logpath', logPath(dataDir), '--logappend', '--quiet'],
      ...['--bind_ip', '127.0.0.1', '--port', String(port), '--nounixsocket'],
      ...['--replSet', REPLICA_SET, '--oplogSize', '256', '--wiredTigerCacheSizeGB', '1'],
      ...['--setParameter', 'diagnosticDataCollectionEnabled=false'],
      // rows that a killed process had in a transaction are free after this, not after the server's own 60 s
      ...['--setParameter', 'transactionLifetimeLimitSeconds=5'],
    ],
    // a group of its own, so that Ctrl-C reaches the program first; an environment of its own, so that it sees no
    // secrets
    { stdio: 'ignore', detached: true, env: { LC_ALL: 'C' } },
  )
  const exitCode = new Promise<number>((resolve) => child.once('exit', (code) => resolve(code ?? -1)))
  await once(child, 'spawn').catch((error: Error) => {
    throw new AppError('STORE_UNAVAILABLE', `${binary} could not be started: ${error.message}`)
  })
  const guard = endWithThisProcess(child.pid!)
  const ended = exitCode.then(() => void guard.kill('SIGKILL'))
  return {
    exitCode,
    running: {
      uri: `mongodb://127.0.0.1:${port}/?replicaSet=${REPLICA_SET}`,
      pid: child.pid!,
      ended,
      stop: () => stop(child, ended),
    },
  }
}

async function stop(child: ChildProcess, ended: Promise<void>): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return await ended
  child.kill('SIGTERM')
  const timer = setTimeout(() => child.kill('SIGKILL'), STOP_WITHIN_MS)
  await ended
  clearTimeout(timer)
}

/** A shell that reads from us for ever: when we are gone, however that came about, its read ends and it ends `pid`. */
function endWithThisProcess(pid: number): ChildProcess {
  const guard = spawn('/bin/sh', ['-c', 'read -r _; kill -TERM "$0"', String(pid)], {
    stdio: ['pipe', 'ignore', 'ignore'],
    detached: true,
    env: {},
  })
  guard.on('error', () => undefined)
  guard.unref()
  const pipe = guard.stdin as typeof guard.stdin & { unref(): void }
  pipe.unref()
  pipe.on('error', () => undefined)
  return guard
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const address = server.address()
  await new Promise((resolve) => server.close(resolve))
  if (address === null || typeof address === 'string') throw new TypeError('a TCP server has no port')
  return address.port
}
