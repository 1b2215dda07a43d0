import type { Instant } from '../../ports/clock.ts'
import type { Row } from '../../ports/schema.ts'
import type { Quantity } from '../../streaks/quantity.ts'
import type { Sources } from '../deps.ts'
import { standingWithdrawals, withdrawnBy } from './effective-value.ts'
import type { TakenBack } from './taken-back.ts'

type Entry = Row<'withdrawal'>

interface Input {
  readonly log: Row<'streak_log'>
  /** What the log counts in full. */
  readonly full: Quantity
  /** Entries the log has already, from reports and from the API. */
  readonly entries: readonly Entry[]
  readonly taken: TakenBack
  /** The report at hand: in its name the entries are made. */
  readonly source: { readonly object: string; readonly deliveryId: string }
  readonly now: Instant
  readonly newId: Sources['newId']
}

/**
 * The entries that make what reports have withdrawn of a log equal to what they take. What came over the API stays
 * beside it. Nothing when it is equal already, so a repetition adds nothing.
 */
export function reportEntries(input: Input): Entry[] {
  const { full, entries, taken, source } = input
  const wanted = taken === 'whole' || taken > full ? full : taken
  const standing = standingWithdrawals(entries)
    .filter(({ deliveryId }) => deliveryId !== null)
    // the report's own entry is undone first, then the youngest
    .sort(
      (a, b) => Number(isOf(a, source.object)) - Number(isOf(b, source.object)) || a.createdAt - b.createdAt,
    )
  const added: Entry[] = []
  while (withdrawnBy(full, standing) > wanted) added.push(reinstatement(input, standing.pop()!))
  const missing = wanted - withdrawnBy(full, standing)
  if (missing > 0n) added.push(withdrawal(input, taken === 'whole' ? null : missing))
  return added
}

function isOf({ uniqueIdentifier }: Entry, object: string): boolean {
  return uniqueIdentifier === object || uniqueIdentifier?.startsWith(`${object}#`) === true
}

function withdrawal(input: Input, value: Quantity | null): Entry {
  const { entries, source } = input
  const earlier = entries.filter((entry) => isOf(entry, source.object)).length
  const uniqueIdentifier = earlier === 0 ? source.object : `${source.object}#${earlier + 1}`
  return { ...common(input), kind: 'withdrawal', value, uniqueIdentifier, withdrawalId: null }
}

function reinstatement(input: Input, { id }: Entry): Entry {
  return { ...common(input), kind: 'reinstatement', value: null, uniqueIdentifier: null, withdrawalId: id }
}

function common({ log, source, now, newId }: Input) {
  const { accountId, ownedById, streakId, id: streakLogId } = log
  const owner = { accountId, ownedById, streakId, streakLogId }
  return {
    ...owner,
    id: newId(),
    createdAt: now,
    updatedAt: now,
    reason: `reported as ${source.object}`,
    deliveryId: source.deliveryId,
  }
}
