import { AppError } from '../../errors.ts'
import { type ReplayDeps, replayDelivery } from './delivery.ts'
import { cursorAt, findDeliveries, type Seen, withItems } from './select.ts'
import { type DeliveryReplay, type ReplayFilter, type ReplayPage, reasonsOf } from './types.ts'

/** Deliveries that one page looks at, unless it has replayed its fill before. */
const MAX_LOOKED = 1_000
export const MAX_REPLAYED = 500
const AT_ONCE = 8

export interface ReplayPageOptions {
  /** `count` finds out how many the filter names, `dry_run` also what would become of them. */
  readonly mode: 'count' | 'dry_run' | 'replay'
  /** The `next` of the page before; null begins. */
  readonly cursor: string | null
  /** How many deliveries to replay at most: 1 to 500. */
  readonly limit: number
}

/**
 * Replays deliveries of a filter, one page of them, the newest first. Each is replayed by itself, as `replayDelivery`
 * does; what arrives meanwhile is not among them. Abandoned items are taken up only where the filter asks for them.
 * Going on with the `next` of the answer comes to every delivery once; not going on ends it, with nothing half done.
 * @throws AppError INVALID_INPUT for a cursor of nobody's; STORE_UNAVAILABLE
 */
export async function replayPage(
  deps: ReplayDeps,
  accountId: string,
  filter: ReplayFilter,
  { mode, cursor, limit }: ReplayPageOptions,
): Promise<ReplayPage> {
  const page = await findDeliveries(deps.store, accountId, filter, cursor, MAX_LOOKED)
  const named = await withItems(deps.store, accountId, page, filter)
  const isFull = mode !== 'count' && named.length > limit
  const matched = isFull ? named.slice(0, limit) : named
  // up to the last one that is done, or to the end of what was read
  const last = isFull ? matched.at(-1) : page.length < MAX_LOOKED ? undefined : page.at(-1)
  const looked = isFull ? page.findIndex(({ id }) => id === last?.id) + 1 : page.length
  const options = { dryRun: mode === 'dry_run', includeAbandoned: filter.itemStatus === 'abandoned' }
  const done = mode === 'count' ? [] : await inTurns(matched, ({ id }) => tried(deps, accountId, id, options))
  const replays = done.filter((replay) => replay !== null)
  const items = replays.flatMap((replay) => replay.items)
  const unchanged = replays.filter(({ outcome }) => outcome === 'unchanged')
  return {
    looked,
    matched: matched.length,
    replayed: replays.length - unchanged.length,
    unchanged: unchanged.length,
    reasons: numbersOf(unchanged.flatMap(reasonsOf)),
    busy: done.length - replays.length,
    bodyGone: replays.filter(({ reason }) => reason === 'BODY_GONE').length,
    itemsQueued: items.filter(({ effect }) => effect === 'queued').length,
    next: last === undefined ? null : cursorAt(last),
  }
}

function numbersOf(words: readonly string[]): Readonly<Record<string, number>> {
  const groups = Map.groupBy(words, (word) => word)
  return Object.fromEntries([...groups].map(([word, same]) => [word, same.length]))
}

/** null when other writers were faster all the time. */
async function tried(
  ...[deps, accountId, id, options]: Parameters<typeof replayDelivery>
): Promise<DeliveryReplay | null> {
  try {
    return await replayDelivery(deps, accountId, id, options)
  } catch (error) {
    if (error instanceof AppError && error.code === 'STORE_BUSY') return null
    throw error
  }
}

/** A few at once, since each waits for its own commit. */
async function inTurns<T>(deliveries: readonly Seen[], act: (delivery: Seen) => Promise<T>): Promise<T[]> {
  const results: T[] = new Array(deliveries.length)
  let next = 0
  const work = async (): Promise<void> => {
    while (next < deliveries.length) {
      const index = next++
      results[index] = await act(deliveries[index]!)
    }
  }
  await Promise.all(Array.from({ length: AT_ONCE }, work))
  return results
}
