import type { Logger } from '../ports/logger.ts'

const QUIET_MS = 30_000

/**
 * Warns at most every 30 s and counts what was left out: a Redis outage makes each running job fail to renew its lock.
 * True when the warning was written.
 */
export function quietWarnings(logger: Logger): (fields: object, message: string) => boolean {
  let quietUntil = 0
  let leftOut = 0
  return (fields, message) => {
    if (performance.now() < quietUntil) {
      leftOut += 1
      return false
    }
    logger.warn(leftOut === 0 ? fields : { ...fields, leftOut }, message)
    quietUntil = performance.now() + QUIET_MS
    leftOut = 0
    return true
  }
}
