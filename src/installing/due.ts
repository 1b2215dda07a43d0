import type { Instant } from '../ports/clock.ts'
import type { Row } from '../ports/schema.ts'

export const CHECKED_EACH_MS = 3_600_000
/** After the first time that a platform could not be reached; then twice as long, up to the hour. */
const AGAIN_MS = 60_000
/** Trouble that lasts longer is told to the merchant. */
export const TOLD_AFTER_MS = 3_600_000
/** Late webhooks and compliance topics are verified for so long. */
export const SECRETS_KEPT_MS = 90 * 86_400_000

/** When upkeep looks at an installation that stands: hourly, a little apart from the others. */
export function nextCheck(now: Instant): Instant {
  return now + Math.round(CHECKED_EACH_MS * (0.95 + 0.05 * Math.random()))
}

/** When it is tried again after the platform could not be reached. */
export function nextTry(now: Instant, tries: number): Instant {
  return now + Math.min(CHECKED_EACH_MS, AGAIN_MS * 2 ** Math.min(tries, 10))
}

/** Whether something can be asked of the platform for it. */
export function isOpen({ state, sealedAccess }: Row<'installation'>): boolean {
  return (state === 'installed' || state === 'needs_attention') && sealedAccess !== null
}

/**
 * Whether nothing more is asked with its token or key: the platform refused it, and until a check or an install finds
 * otherwise nobody looks at it again. One that works and cannot be renewed has the same problem, and is looked at.
 */
export function isDead({ problem, dueAt }: Pick<Row<'installation'>, 'problem' | 'dueAt'>): boolean {
  return problem?.code === 'TOKEN_REFUSED' && dueAt === null
}
