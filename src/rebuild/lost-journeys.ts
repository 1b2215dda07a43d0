import { journeyKey, keyOf } from '../engine/load/loaded.ts'
import type { Clock } from '../ports/clock.ts'
import { all } from '../ports/conditions.ts'
import { pagesOf } from '../ports/paging.ts'
import { isErased } from '../ports/schema/values.ts'
import type { Row } from '../ports/schema.ts'
import type { Store } from '../ports/store.ts'

const KEYS_PER_READ = 1000

/**
 * Members on streaks who have live logs in the ledger and no record of a member streak: it was lost. Each comes as the
 * record from which a repair starts, with nothing in it that follows from the ledger.
 */
export async function* lostJourneys(
  store: Store,
  clock: Clock,
  newId: () => string,
): AsyncGenerator<Row<'member_streak'>> {
  const streaksOf = new Map<string, Promise<string[]>>()
  for await (const members of pagesOf(store, 'member', all())) {
    for (const { accountId } of members) {
      if (!streaksOf.has(accountId)) streaksOf.set(accountId, streakIds(store, accountId))
    }
    const pairs: string[][] = []
    for (const { accountId, id } of members) {
      for (const streakId of await streaksOf.get(accountId)!) pairs.push([accountId, id, streakId])
    }
    const byId = new Map(members.map((member) => [member.id, member]))
    for (let at = 0; at < pairs.length; at += KEYS_PER_READ) {
      for (const log of await logsWithoutRecord(store, pairs.slice(at, at + KEYS_PER_READ))) {
        yield emptyRecord(log, byId.get(log.ownedById)!, clock.now(), newId)
      }
    }
  }
}

async function streakIds(store: Store, accountId: string): Promise<string[]> {
  const streaks = await store.findByKeys('streak', ['accountId'], [[accountId]])
  return streaks.filter((streak) => streak.hasLogs).map((streak) => streak.id)
}

/** One live log of each pair that has some and no record. A log and its record are written together. */
async function logsWithoutRecord(store: Store, pairs: readonly string[][]): Promise<Row<'streak_log'>[]> {
  const fields = ['accountId', 'ownedById', 'streakId'] as const
  const known = await recordsOf(store, pairs)
  const open = pairs.filter((pair) => !known.has(keyOf(...pair)))
  if (open.length === 0) return []
  const logs = (await store.findByKeys('streak_log', fields, open)).filter(({ status }) => status === 'live')
  const one = new Map(logs.map((log) => [journeyKey(log.accountId, log.ownedById, log.streakId), log]))
  // what was recorded since the first look has its record now
  const since = await recordsOf(store, open)
  return [...one].flatMap(([pair, log]) => (since.has(pair) ? [] : [log]))
}

async function recordsOf(store: Store, pairs: readonly string[][]): Promise<Set<string>> {
  const rows = await store.findByKeys('member_streak', ['accountId', 'ownedById', 'streakId'], pairs)
  return new Set(rows.map((row) => journeyKey(row.accountId, row.ownedById, row.streakId)))
}

function emptyRecord(
  { accountId, ownedById, streakId, activityAt }: Row<'streak_log'>,
  member: Row<'member'>,
  now: number,
  newId: () => string,
): Row<'member_streak'> {
  return {
    id: newId(),
    accountId,
    createdAt: now,
    updatedAt: now,
    ownedById,
    streakId,
    version: 1,
    lastActivityAt: activityAt,
    longestRunLength: 0,
    completedCycles: 0,
    hasRewards: false,
    revokedRewards: 0,
    closed: isErased(member),
  }
}
