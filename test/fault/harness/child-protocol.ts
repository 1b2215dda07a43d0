import type { Role } from '../../../src/compose.ts'
import type { FailStep } from '../../../src/ports/fail-points.ts'

/** Where a process is to end: when it reaches `step` for the `nth` time from now. */
export interface Armed {
  readonly step: FailStep
  /** From 1. */
  readonly nth: number
}

export type Command =
  | {
      readonly do: 'start'
      readonly env: Readonly<Record<string, string>>
      readonly roles: readonly Role[]
      readonly armed: Armed | null
    }
  | { readonly do: 'arm'; readonly armed: Armed | null }
  /** SQLite only: whether its file may grow. */
  | { readonly do: 'limit_disk'; readonly full: boolean }
  /** How often each step was reached. */
  | { readonly do: 'count' }
  | { readonly do: 'stop' }

export type Answer =
  | { readonly said: 'started' | 'done' }
  | { readonly said: 'counted'; readonly reached: Partial<Record<FailStep, number>> }
  | { readonly said: 'failed'; readonly message: string }
