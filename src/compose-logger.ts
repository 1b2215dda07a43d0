import { pino } from 'pino'
import type { Config } from './config.ts'
import { describeError } from './describe-error.ts'
import type { Logger } from './ports/logger.ts'

/** Writes to standard output. `onReaderGone`: whoever read that has gone; what is logged from then on is lost. */
export function createLogger(config: Pick<Config, 'logLevel'>, onReaderGone: () => void = () => {}): Logger {
  const output = pino.destination(1)
  output.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code === 'EPIPE') onReaderGone()
  })
  const base = { service: 'streakline' }
  return pino({ level: config.logLevel, base, serializers: { err: describeError } }, output)
}
