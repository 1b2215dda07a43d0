import type { Role } from '../../src/compose.ts'

/** What a child process is asked to be. */
export type Subject =
  /** The whole program in the given roles, configured as by its environment. */
  | {
      readonly kind: 'product'
      readonly env: Readonly<Record<string, string>>
      readonly roles: readonly Role[]
    }
  /** An Express handler that checks the HMAC and adds the job. */
  | { readonly kind: 'express'; readonly redisUrl: string; readonly secret: string }
  /** The same, and a BullMQ worker that posts each to `url`. */
  | { readonly kind: 'poster'; readonly redisUrl: string; readonly secret: string; readonly url: string }
  /** A BullMQ worker whose handler does nothing. */
  | { readonly kind: 'noop'; readonly redisUrl: string }
  /** A BullMQ worker that reads, changes and saves one log at a time. */
  | { readonly kind: 'naive'; readonly redisUrl: string; readonly mongoUri: string }

export interface Running {
  /** Where it answers HTTP; null when it does not. */
  readonly port: number | null
  close(): Promise<void>
}

export interface Usage {
  readonly cpuMs: number
  readonly peakRssBytes: number
}

export type Command =
  | { readonly do: 'start'; readonly subject: Subject }
  | { readonly do: 'stop' | 'usage' | 'exit' }

export type Answer =
  | { readonly ok: true; readonly value: number | Usage | null }
  | { readonly ok: false; readonly message: string }
