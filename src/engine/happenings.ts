import type { Instant } from '../ports/clock.ts'
import type { WebhookEvent } from '../ports/schema/telling-values.ts'
import type { Row } from '../ports/schema.ts'
import type { Period } from '../streaks/period.ts'
import type { MemberStreakView } from './types.ts'

/** What a reward log is told of as. */
export type RewardEvent = Exclude<WebhookEvent, `streak.${string}`>
/** What a member's streak is told of as. */
export type StreakEvent = Extract<WebhookEvent, `streak.${string}`>

interface Whose {
  /** As of the moment that is told of. */
  readonly member: Row<'member'>
  readonly streak: Row<'streak'>
  /** Tells it from every other thing that happens: of one cause an endpoint gets one message. */
  readonly cause: string
}

export interface RewardHappening extends Whose {
  readonly event: RewardEvent
  readonly milestone: Row<'milestone'>
  /** As the commit that is told of leaves it. */
  readonly rewardLog: Row<'reward_log'>
}

export interface StreakHappening extends Whose {
  readonly event: StreakEvent
  readonly memberStreak: MemberStreakView
  readonly period: Period
}

/** Something that merchants' own systems can be told of. */
export type Happening = RewardHappening | StreakHappening

/** An endpoint that is live. */
export type Listener = Pick<Row<'webhook_endpoint'>, 'id' | 'accountId' | 'events' | 'liveSince'>
/** By account; one that is not in it has nobody who listens. */
export type Listeners = ReadonlyMap<string, readonly Listener[]>

/** Tells merchants' own systems of what happens. */
export interface Teller {
  /**
   * Who is to be told of what happens in these accounts. Costs nothing for accounts that have no live endpoint: who
   * becomes live is found as soon as its request was answered. @throws AppError STORE_UNAVAILABLE
   */
  listeners(accountIds: readonly string[]): Promise<Listeners>
  /**
   * The messages to be written in the commit of what happened, one for each endpoint that wants to know. Pure but for
   * the ids.
   */
  messages(
    happenings: readonly Happening[],
    listeners: Listeners,
    now: Instant,
  ): readonly Row<'webhook_message'>[]
}

export const NOBODY: Listeners = new Map()

/** Whether anybody of an account wants to be told of an event. */
export function isHeard(
  listeners: Listeners,
  accountId: string,
  ...events: readonly WebhookEvent[]
): boolean {
  const own = listeners.get(accountId) ?? []
  return own.some((listener) => events.some((event) => listener.events.includes(event)))
}

/** The cause of what a reward log became: each commit of it raises its revision. */
export function rewardCause(event: RewardEvent, { id, revision }: Row<'reward_log'>): string {
  return `${event} ${id} ${revision}`
}
