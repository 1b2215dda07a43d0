import type { Logger } from '../../src/ports/logger.ts'

const nothing = (): void => {}

/** A logger that keeps quiet. */
export const quietLogger: Logger = {
  debug: nothing,
  info: nothing,
  warn: nothing,
  error: nothing,
  child: () => quietLogger,
}
