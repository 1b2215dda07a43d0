import type { ErrorCode } from '../errors.ts'
import type { Reward, Turn } from './events.ts'

/** How the `failureReason` of a reward begins that an operator gave up. */
export const ABANDONED = 'ABANDONED:'
const MAX_REASON_LENGTH = 256

/** A reason as a reward log keeps it. */
export function cut(reason: string): string {
  return reason.slice(0, MAX_REASON_LENGTH).toWellFormed()
}

export const SAME: Turn = { to: 'same' }

export function to(set: Partial<Omit<Reward, 'revision'>>): Turn {
  return { to: 'next', set }
}

export function refused(code: ErrorCode, message: string): Turn {
  return { to: 'refused', code, message }
}
