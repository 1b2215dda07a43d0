import type { Instant } from '../clock.ts'

/** How far a connector is installed at its platform. */
export const INSTALLATION_STATES = ['none', 'pending', 'installed', 'needs_attention', 'uninstalled'] as const
export type InstallationState = (typeof INSTALLATION_STATES)[number]
/** `ok`: it is as we want it; `missing`: it is not there; `failing`: it is, and nothing good comes of it. */
export const SUBSCRIPTION_STATES = ['ok', 'missing', 'failing'] as const
export type SubscriptionState = (typeof SUBSCRIPTION_STATES)[number]
export interface ShownSubscription {
  readonly topic: string
  readonly state: SubscriptionState
}
/** What may be wrong with an installation; of several the first of these is shown. */
export const PROBLEM_CODES = [
  'TOKEN_REFUSED',
  'SCOPES_MISSING',
  'SUBSCRIPTION_MISSING',
  'SUBSCRIPTION_FAILING',
  'WEBHOOKS_SILENT',
  'SHOP_MISMATCH',
  'PLATFORM_UNAVAILABLE',
  'CONSENT_DENIED',
  'UNINSTALLED',
] as const
export type ProblemCode = (typeof PROBLEM_CODES)[number]
export interface InstallationProblem {
  readonly code: ProblemCode
  /** For a merchant: what it is, and what to do. */
  readonly message: string
  /** Stays while the code stays. */
  readonly since: Instant
}
