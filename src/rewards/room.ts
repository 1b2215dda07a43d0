import { countPlaces } from '../life/count-places.ts'
import type { Reward } from '../life/events.ts'
import { next } from '../life/life.ts'
import { findWaitingForRoom, loadPlaces, readTerms } from '../life/load-places.ts'
import { Places, type Waiting } from '../life/places.ts'
import { shareJobs } from '../life/share-jobs.ts'
import { revise } from '../ports/changes.ts'
import type { Clock } from '../ports/clock.ts'
import { above, all, ascending, atLeast, equal } from '../ports/conditions.ts'
import { type JobQueue, rewardJobsOf } from '../ports/queue.ts'
import type { Store } from '../ports/store.ts'

const REWARDS_PER_COMMIT = 200
/** Commits for one account in one look, conflicts among them; what is left is for the next one. */
const MAX_ROUNDS = 50
/** Accounts that one look sees to; the next one goes on behind them. */
const MAX_ACCOUNTS = 500

export interface RoomDeps {
  readonly store: Store
  readonly clock: Clock
  /** Without one the sweep finds what is due. */
  readonly queue?: Pick<JobQueue, 'enqueue'>
}

/**
 * Looks for room for rewards that caps hold, and lets them go that fit: the oldest grant first, none past another of
 * its milestone. Safe in several processes at once. @throws AppError STORE_BUSY, STORE_UNAVAILABLE
 */
export function createFindRoom(deps: RoomDeps): () => Promise<void> {
  const { store } = deps
  let last: string | undefined

  return async () => {
    const uncounted = await store.find('cap_use', { where: equal({ countedAt: null }), limit: MAX_ACCOUNTS })
    for (const accountId of new Set(uncounted.map((use) => use.accountId))) await countPlaces(deps, accountId)
    for (let seen = 0; seen < MAX_ACCOUNTS; seen += 1) {
      const [waiting] = await store.find('reward_log', {
        where: all(last === undefined ? null : above('accountId', last), atLeast('waitsForRoomSince', 0)),
        sort: ascending('accountId', 'milestoneId', 'waitsForRoomSince', 'id'),
        limit: 1,
      })
      last = waiting?.accountId
      if (last === undefined) return
      await findRoomIn(deps, last)
    }
  }
}

/** The same for one account. @throws AppError STORE_UNAVAILABLE */
export async function findRoomIn(deps: RoomDeps, accountId: string): Promise<void> {
  for (let round = 0; round < MAX_ROUNDS; round += 1) {
    const { store, clock, queue } = deps
    const terms = await readTerms(store, accountId)
    const waiting = await findWaitingForRoom(store, accountId)
    const keys = waiting.map(({ milestoneId }) => [accountId, milestoneId])
    if (keys.length === 0) return
    const milestones = await store.findByKeys('milestone', ['accountId', 'id'], keys)
    const now = clock.now()
    const places = new Places(await loadPlaces(store, terms, milestones), now)
    const line = await readLine(store, accountId, waiting, places)
    const gone = letGo(line, places, now)
    if (gone.length === 0) return
    const changes = gone.map(({ reward, set }) => revise('reward_log', reward, set))
    // somebody took or gave back a place meanwhile: it is looked at again
    if ((await store.commit([...changes, ...places.changes()])).outcome === 'conflict') continue
    await queue?.enqueue('reward', rewardJobsOf(gone.map(({ reward, set }) => ({ ...reward, ...set }))))
    if (gone.length < REWARDS_PER_COMMIT) return
  }
}

/** The rewards that might go, the oldest grant first. Of milestones whose oldest does not fit none is read. */
async function readLine(
  store: Store,
  accountId: string,
  waiting: readonly Waiting[],
  places: Places,
): Promise<Reward[]> {
  const fitting = waiting.filter((oldest) => places.hasRoomFor(oldest))
  const pages = fitting.map(({ milestoneId }) =>
    store.find('reward_log', {
      where: all(equal({ accountId, milestoneId }), atLeast('waitsForRoomSince', 0)),
      sort: ascending('waitsForRoomSince', 'id'),
      limit: REWARDS_PER_COMMIT,
    }),
  )
  const rewards = (await Promise.all(pages)).flat()
  return rewards.toSorted((one, other) => one.createdAt - other.createdAt || (one.id < other.id ? -1 : 1))
}

function letGo(line: readonly Reward[], places: Places, now: number) {
  const gone: { reward: Reward; set: Partial<Omit<Reward, 'revision'>> }[] = []
  const stopped = new Set<string>()
  for (const reward of line) {
    if (gone.length === REWARDS_PER_COMMIT) break
    if (stopped.has(reward.milestoneId)) continue
    const turn = next(reward, { kind: 'room_found', admits: () => places.admitsNext(reward) }, now)
    if (turn.to === 'next') gone.push({ reward, set: turn.set })
    else stopped.add(reward.milestoneId)
  }
  const batchIds = shareJobs(gone.map(({ reward }) => reward))
  return gone.map(({ reward, set }) => ({ reward, set: { ...set, batchId: batchIds.get(reward.id)! } }))
}
