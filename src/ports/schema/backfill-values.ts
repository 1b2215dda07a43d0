import type { Instant } from '../clock.ts'

/** `backfill`: orders of a span of time, asked for by somebody. `reconcile`: what changed since the last one, by itself. */
export const BACKFILL_KINDS = ['backfill', 'reconcile'] as const
export type BackfillKind = (typeof BACKFILL_KINDS)[number]
export const BACKFILL_STATES = ['running', 'done', 'cancelled', 'failed'] as const
export type BackfillState = (typeof BACKFILL_STATES)[number]

/** Why one ended before it was done, or what it waits for. */
export interface BackfillProblem {
  readonly code: string
  /** For a merchant: what it is, and what to do. */
  readonly message: string
  readonly since: Instant
}
