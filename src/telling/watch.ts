import type { Listener, Listeners, Teller } from '../engine/happenings.ts'
import type { Views } from '../engine/types.ts'
import { insert, revise } from '../ports/changes.ts'
import type { Clock } from '../ports/clock.ts'
import { equal } from '../ports/conditions.ts'
import { eachRow } from '../ports/paging.ts'
import { type JobQueue, messageJobOf } from '../ports/queue.ts'
import type { WatchWork } from '../ports/schema/telling-values.ts'
import type { Row } from '../ports/schema.ts'
import type { Store } from '../ports/store.ts'
import { newRow } from '../setup/change-row.ts'
import { hearers, isStale, workDue } from './moments.ts'
import { happeningsOf, readRuns } from './watch-page.ts'

/** Messages of one commit; members of a page are so many fewer the more endpoints want to know. */
const MESSAGES_PER_COMMIT = 400
const LEAST_MEMBERS = 20
const MOST_MEMBERS = 200
const ACCOUNTS_PER_READ = 500
/** Streaks that are looked at in one read. */
const WATCHES_PER_READ = 1_000

export interface WatchDeps {
  readonly store: Store
  readonly teller: Teller
  readonly views: Pick<Views, 'memberStreaks'>
  readonly clock: Clock
  readonly queue: Pick<JobQueue, 'enqueue'>
}

type Streak = Row<'streak'>
type Watch = Row<'streak_watch'>

/**
 * Tells of what time brings: streaks that are broken as their period ends, and those that are at risk some time before.
 * Members are found by the period that they completed last, page by page; how far it came is written in the commit of
 * each page's messages, so each member is told of once for a period, whoever is killed and how many processes do it.
 * @throws AppError STORE_UNAVAILABLE
 */
export function createWatch(deps: WatchDeps): () => Promise<void> {
  const { store } = deps
  return async () => {
    const listeners = await readListeners(store)
    const accounts = [...listeners.keys()]
    for (let from = 0; from < accounts.length; from += ACCOUNTS_PER_READ) {
      const keys = accounts.slice(from, from + ACCOUNTS_PER_READ).map((id) => [id])
      const streaks = await store.findByKeys('streak', ['accountId'], keys)
      await seeAll(
        deps,
        streaks.filter(({ hasLogs }) => hasLogs),
        listeners,
      )
    }
  }
}

/** Who wants to be told of what time brings. */
async function readListeners(store: Store): Promise<Listeners> {
  const byAccount = new Map<string, Listener[]>()
  for await (const endpoint of eachRow(store, 'webhook_endpoint', equal({ status: 'live' }))) {
    const { accountId, events } = endpoint
    if (!events.includes('streak.at_risk') && !events.includes('streak.broken')) continue
    byAccount.set(accountId, [...(byAccount.get(accountId) ?? []), endpoint])
  }
  return byAccount
}

async function seeAll(deps: WatchDeps, streaks: readonly Streak[], listeners: Listeners): Promise<void> {
  for (let from = 0; from < streaks.length; from += WATCHES_PER_READ) {
    const page = streaks.slice(from, from + WATCHES_PER_READ)
    const watches = await deps.store.findByKeys(
      'streak_watch',
      ['id'],
      page.map(({ id }) => [id]),
    )
    const byId = new Map(watches.map((watch) => [watch.id, watch]))
    for (const streak of page) {
      const own = listeners.get(streak.accountId) ?? []
      await see(deps, streak, byId.get(streak.id) ?? null, own)
    }
  }
}

/** Does what is due of a streak, until nothing is or another process does it. */
async function see(
  deps: WatchDeps,
  streak: Streak,
  known: Watch | null,
  own: readonly Listener[],
): Promise<void> {
  let watch = known
  for (;;) {
    const work = workDue(streak, watch, own, deps.clock.now())
    if (work === null) return
    const next = await seePage(deps, streak, watch, work, own)
    if (next === null) return
    watch = next
  }
}

/** @returns how far it came; null: another process was faster */
async function seePage(
  deps: WatchDeps,
  streak: Streak,
  watch: Watch | null,
  work: WatchWork,
  own: readonly Listener[],
): Promise<Watch | null> {
  const { store, teller, clock, queue } = deps
  const hearing = hearers(work, streak, own)
  const fitting = Math.floor(MESSAGES_PER_COMMIT / Math.max(1, hearing.length))
  const limit = Math.min(MOST_MEMBERS, Math.max(LEAST_MEMBERS, fitting))
  const isOver = hearing.length === 0 || isStale(work, streak, clock.now())
  const runs = isOver ? [] : await readRuns(store, streak, work, limit)
  const now = clock.now()
  const happenings = await happeningsOf(deps, streak, work, runs, now)
  const messages = teller.messages(happenings, new Map([[streak.accountId, hearing]]), now)
  const next = progressed(streak, watch, work, runs.length < limit ? null : runs.at(-1)!.id, now)
  const { outcome } = await store.commit([
    watch === null ? insert('streak_watch', next) : revise('streak_watch', watch, noted(next)),
    ...messages.map((message) => insert('webhook_message', message)),
  ])
  if (outcome === 'conflict') return null
  if (messages.length > 0) await queue.enqueue('message', messages.map(messageJobOf))
  return next
}

/** @param after the last run that was looked at; null: that was all */
function progressed(
  { id, accountId }: Streak,
  watch: Watch | null,
  work: WatchWork,
  after: string | null,
  now: number,
): Watch {
  const { event, periodNumber } = work
  const unseen = { ...newRow(id, accountId, now), revision: 0, brokenPeriod: null, atRiskPeriod: null }
  const before = watch ?? { ...unseen, work: null }
  const done = event === 'streak.broken' ? { brokenPeriod: periodNumber } : { atRiskPeriod: periodNumber }
  const set = after === null ? { ...done, work: null } : { work: { ...work, after } }
  return { ...before, ...set, revision: before.revision + 1, updatedAt: now }
}

function noted({ brokenPeriod, atRiskPeriod, work, updatedAt }: Watch): Partial<Omit<Watch, 'revision'>> {
  return { brokenPeriod, atRiskPeriod, work, updatedAt }
}
