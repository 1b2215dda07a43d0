/** Milliseconds since 1970-01-01T00:00Z. */
export type Instant = number

/** Where the time comes from. Nothing but `compose.ts` reads the real clock. */
export interface Clock {
  now(): Instant
}
