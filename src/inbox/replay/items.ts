import { change, insert } from '../../ports/changes.ts'
import type { Instant } from '../../ports/clock.ts'
import { isLongAgo } from '../../ports/schema/purchases.ts'
import type { Row } from '../../ports/schema.ts'
import type { Change } from '../../ports/store.ts'
import type { ItemEffect } from './types.ts'

type Item = Row<'delivery_item'>

/** What a replay does to one item. */
export interface ReplayedItem {
  /** As it is then. */
  readonly item: Item
  readonly effect: ItemEffect
  readonly changes: readonly Change[]
}

export interface ReplayTerms {
  readonly now: Instant
  /** Whether items that were abandoned are taken up again. */
  readonly includeAbandoned: boolean
  /** The delivery was read by a backfill that grants nothing. */
  readonly isQuiet: boolean
}

/**
 * Sets the items of a delivery against what the rules of now make of it. What counted, is a duplicate or is on its way
 * stays; what did not count gets its new outcome; a rule that has no item yet gets one; items that no rule stands for
 * any more stay as they are. Pure.
 */
export function renewItems(
  stored: readonly Item[],
  translated: readonly Item[],
  terms: ReplayTerms,
): ReplayedItem[] {
  const left = new Set(stored)
  const renewed = translated.map((next): ReplayedItem => {
    const known = counterpart(left, translated, next)
    if (known === undefined) return added(next, terms.now)
    left.delete(known)
    return renew(known, next, terms)
  })
  return [...renewed, ...[...left].map((item) => wake(item, terms.now))]
}

/** The same for a delivery whose body is gone: what did not count is queued as it had been translated. Pure. */
export function requeueItems(stored: readonly Item[], terms: ReplayTerms): ReplayedItem[] {
  return stored.map((item) => {
    // whoever was erased left neither name nor purchase behind
    const isKept = item.report !== null || (item.activity !== null && item.externalId !== null)
    return isOpen(item, terms) && isKept
      ? queued(item, receivedNow(item, terms), terms.now)
      : wake(item, terms.now)
  })
}

/** A purchase as it had been translated, but received at this moment: how far back it lies decides anew. */
function receivedNow(item: Item, { now, isQuiet }: ReplayTerms): Item {
  const { activity } = item
  if (activity === null) return item
  const { activityAt, rewardWithinDays = null } = activity
  const quiet = isQuiet || isLongAgo(activityAt, now, rewardWithinDays)
  return { ...item, activity: { ...activity, quiet } }
}

/** Of the same object; of the same rule; else of any rule for the same streak, since a purchase counts once for a streak. */
function counterpart(left: ReadonlySet<Item>, translated: readonly Item[], next: Item): Item | undefined {
  const isSameRule = (a: Item, b: Item) => a.ruleIndex === b.ruleIndex && a.streakId === b.streakId
  const candidates = [...left].filter(
    (item) => item.streakId === next.streakId && item.report?.object === next.report?.object,
  )
  return (
    candidates.find((item) => isSameRule(item, next)) ??
    candidates.find((item) => !translated.some((other) => isSameRule(item, other)))
  )
}

function isOpen({ status }: Item, { includeAbandoned }: ReplayTerms): boolean {
  return status === 'failed' || status === 'ignored' || (status === 'abandoned' && includeAbandoned)
}

function renew(known: Item, next: Item, terms: ReplayTerms): ReplayedItem {
  if (!isOpen(known, terms)) return wake(known, terms.now)
  if (next.status === 'pending') return queued(known, next, terms.now)
  const { ruleIndex, status, reason, message, activity } = next
  const isSame = known.status === status && known.reason === reason && known.ruleIndex === ruleIndex
  if (isSame && known.message === message) return { item: known, effect: 'unchanged', changes: [] }
  return changed(known, { ruleIndex, status, reason, message, activity, dueAt: null }, 'changed', terms.now)
}

function queued(known: Item, { ruleIndex, activity, report, orderKey, externalId }: Item, now: Instant) {
  const fields: Partial<Item> = {
    ruleIndex,
    activity: activity === null ? null : { ...activity, fillsBlanks: true },
    report,
    orderKey,
    externalId: externalId ?? known.externalId,
    status: 'pending',
    reason: null,
    message: null,
    dueAt: now,
    attempt: known.attempt + 1,
  }
  return changed(known, fields, 'queued', now)
}

/** What waits for its next try, or for its purchase, need not wait any longer. */
function wake(item: Item, now: Instant): ReplayedItem {
  const { status, dueAt, attempt } = item
  const waits = status === 'waiting' || (status === 'pending' && dueAt !== null)
  if (!waits || (dueAt !== null && dueAt <= now)) return { item, effect: 'unchanged', changes: [] }
  return changed(item, { dueAt: now, attempt: attempt + 1 }, 'queued', now)
}

function changed(known: Item, fields: Partial<Item>, effect: ItemEffect, now: Instant): ReplayedItem {
  const { status, attempt, externalId } = known
  const set = { ...fields, updatedAt: now }
  // an erasure takes the externalId away and leaves the rest
  const update = change('delivery_item', known, { status, attempt, externalId }, set)
  return { item: { ...known, ...set }, effect, changes: [update] }
}

function added(next: Item, now: Instant): ReplayedItem {
  const activity = next.activity === null ? null : ({ ...next.activity, fillsBlanks: true } as const)
  const dueAt = next.status === 'pending' ? now : null
  const row = { ...next, activity, dueAt, createdAt: now, updatedAt: now }
  const effect = next.status === 'pending' ? 'queued' : 'changed'
  return { item: row, effect, changes: [insert('delivery_item', row)] }
}
