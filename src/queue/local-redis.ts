import type { Logger } from '../ports/logger.ts'
import { describeFailure } from './job-error.ts'
import { localRedisFiles, urlOf } from './local-redis-files.ts'
import { isServerOf } from './local-redis-probe.ts'
import { adoptOrStart, type Server, stopServer } from './local-redis-process.ts'
import { quietWarnings } from './quiet-log.ts'
import { withStartLock } from './start-lock.ts'

const LOCK_TIMEOUT_MS = 45_000
const WATCH_MS = 2_000
const PORT_TRIES = 5

export interface LocalRedisOptions {
  /** The server keeps everything in the folder `redis` in it. */
  readonly dataDir: string
  readonly logger: Logger
  /** Default `redis-server`, looked for on PATH. */
  readonly binary?: string
}

export interface LocalRedis {
  /** Holds the password: never log it. */
  readonly url: string
  readonly pid: number
  /** True when a server left by an earlier process was found and kept. */
  readonly adopted: boolean
  /** Ends the server with everything on disk, also one that was adopted. Idempotent. */
  stop(): Promise<void>
}

/**
 * Gives this folder's Redis: the one that still runs since an earlier process was killed, else a new one, with an
 * append-only file and no eviction, on a private port. There is never a second server on a folder. It outlives this
 * process and its terminal; while this process lives it is started again, on the same port, should it end.
 * @throws AppError STORE_UNAVAILABLE when redis-server is missing, too old or does not start
 */
export async function startLocalRedis(options: LocalRedisOptions): Promise<LocalRedis> {
  const { dataDir, logger, binary = 'redis-server' } = options
  const files = await localRedisFiles(dataDir)
  const locked = <T>(work: () => Promise<T>) => withStartLock(files.lock, LOCK_TIMEOUT_MS, work)
  let server = await locked(() => adoptOrStart(files, binary, PORT_TRIES))
  const { adopted } = server
  const warnOfDamage = ({ damage }: Server): void => {
    if (damage !== undefined) logger.warn(damage, 'local Redis could not read its data and began without it')
  }
  warnOfDamage(server)
  logger.info({ pid: server.pid, port: server.address.port, adopted }, 'local Redis is up')

  const warn = quietWarnings(logger)
  let stopping: Promise<void> | undefined
  let reviving = false

  async function revive(): Promise<void> {
    if (reviving || (await isServerOf(files, server.pid))) return
    reviving = true
    try {
      // Its port is known to everybody who uses it: another one would not do.
      await locked(async () => {
        if (stopping === undefined) server = await adoptOrStart(files, binary, 1)
      })
      warnOfDamage(server)
      logger.warn({ pid: server.pid }, 'local Redis had ended and was started again')
    } catch (error) {
      warn({ cause: describeFailure(error) }, 'local Redis has ended and does not start')
    } finally {
      reviving = false
    }
  }
  const watch = setInterval(revive, WATCH_MS)
  watch.unref()

  return {
    get url() {
      return urlOf(server.address)
    },
    get pid() {
      return server.pid
    },
    adopted,
    stop() {
      clearInterval(watch)
      stopping ??= locked(() => stopServer(files, server.address))
      return stopping
    },
  }
}
