import type { Logger } from '../ports/logger.ts'

const QUIET_MS = 30_000

/** Says a thing at most every 30 s and how often it was left out: a Redis outage makes each running job fail to renew its lock. */
export function quietWarnings(logger: Logger): (fields: object, message: string) => void {
  let quietUntil = 0
  let leftOut = 0
  return (fields, message) => {
    if (performance.now() < quietUntil) {
      leftOut += 1
      return
    }
    logger.warn({ ...fields, leftOut }, message)
    quietUntil = performance.now() + QUIET_MS
    leftOut = 0
  }
}
