import type { Logger } from '../ports/logger.ts'

type Kind = 'uncaughtException' | 'unhandledRejection'

export interface LastResortOptions {
  readonly logger: Logger
  /** `process`, or what stands for it. */
  readonly process: { on(event: Kind, listener: (error: unknown) => void): unknown }
  /** Ends the program in order, with an exit code that is not 0. Called at most once. */
  readonly end: () => void
}

/**
 * What is done about failures that nobody expected. Each is logged and counted (`count`, of its kind, since the start).
 * A broken connection, and a promise that nobody waited for, leave everything else as it was: the program goes on. An
 * exception out of nowhere may have left something half-done: nothing is built on it, the program ends and whoever
 * supervises it starts it again. What was accepted is on disk.
 */
export function guardProgram({ logger, process, end }: LastResortOptions): void {
  const counts: Record<Kind, number> = { uncaughtException: 0, unhandledRejection: 0 }
  let isEnding = false
  const note = (kind: Kind, err: unknown, goesOn: boolean): void => {
    counts[kind] += 1
    const message = goesOn ? 'a failure that nobody expected' : 'an exception that nobody expected: ending'
    logger.error({ kind, count: counts[kind], err }, message)
  }
  process.on('unhandledRejection', (error) => note('unhandledRejection', error, true))
  process.on('uncaughtException', (error) => {
    const goesOn = isEnding || isOfConnection(error)
    note('uncaughtException', error, goesOn)
    if (goesOn) return
    isEnding = true
    end()
  })
}

/** The other side of a connection went away: https://nodejs.org/docs/latest-v24.x/api/errors.html */
const CONNECTION_CODES: ReadonlySet<unknown> = new Set([
  'ECONNRESET',
  'ECONNABORTED',
  'EPIPE',
  'ETIMEDOUT',
  'ERR_STREAM_DESTROYED',
  'ERR_STREAM_PREMATURE_CLOSE',
  'ERR_STREAM_WRITE_AFTER_END',
])

function isOfConnection(error: unknown): boolean {
  return error instanceof Error && CONNECTION_CODES.has((error as NodeJS.ErrnoException).code)
}
