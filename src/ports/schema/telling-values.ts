import type { Instant } from '../clock.ts'
/** Closed lists of outgoing webhooks, each here and nowhere else. */
/** What merchants' own systems can be told of. */
export const WEBHOOK_EVENTS = [
  'milestone.achieved',
  'reward.issued',
  'reward.failed',
  'reward.revoked',
  'streak.at_risk',
  'streak.broken',
  'streak.completed',
] as const
export type WebhookEvent = (typeof WEBHOOK_EVENTS)[number]
/** What a message can be: an event, or a test that somebody asked for. */
export const MESSAGE_TYPES = [...WEBHOOK_EVENTS, 'webhook.test'] as const
export type MessageType = (typeof MESSAGE_TYPES)[number]
export const MESSAGE_STATUSES = ['pending', 'delivered', 'failed'] as const
/** One try to deliver a message. */
export interface MessageAttempt {
  readonly at: Instant
  /** Of the answer; null where there was none. */
  readonly status: number | null
  readonly durationMs: number
  /** Why it failed; null: it did not. */
  readonly error: string | null
  /** The beginning of the answer; null where there was none, and once the member is erased. */
  readonly response: string | null
}
/** Why an endpoint was paused by itself: nothing but failures for days, or it said that it is gone. */
export const ENDPOINT_PROBLEMS = ['ENDPOINT_DEAD', 'ENDPOINT_GONE'] as const
export interface EndpointProblem {
  readonly code: (typeof ENDPOINT_PROBLEMS)[number]
  readonly message: string
  readonly since: Instant
}
/** Members of a streak that are looked at for an event of a period, page by page. */
export interface WatchWork {
  readonly event: 'streak.at_risk' | 'streak.broken'
  readonly periodNumber: number
  /** The id of the last run that was looked at; null: none. */
  readonly after: string | null
}
