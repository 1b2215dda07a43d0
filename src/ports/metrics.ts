/**
 * What the rooms tell of what they do, for whoever watches the program. Never throws, waits for nothing, keeps no ids:
 * labels are of few values, whatever callers send.
 */
export interface Metrics {
  /** A webhook was answered. `platform` is one that connectors are built for, or `unknown`. */
  webhook(platform: string, outcome: string): void
  /** A purchase was counted so long after its webhook was received. */
  counted(delayMs: number): void
  /** A coupon was issued so long after its reward was granted. */
  issued(delayMs: number): void
  /** The store answered a change set: `committed`, or why it was a conflict: `duplicate`, `changed`, `busy`. */
  commit(outcome: string): void
  /** A coupon provider of this kind was asked (`issue`, `revoke`) and answered, or threw: `error`. */
  providerCall(kind: string, call: string, outcome: string, durationMs: number): void
}

/** For who has nobody to tell. */
export const NO_METRICS: Metrics = {
  webhook() {},
  counted() {},
  issued() {},
  commit() {},
  providerCall() {},
}
