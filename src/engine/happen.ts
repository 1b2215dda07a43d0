import { AppError } from '../errors.ts'
import { placeOf } from '../life/caps.ts'
import type { LifeEvent, LifeOf, Reward } from '../life/events.ts'
import { next } from '../life/life.ts'
import { openPlaces } from '../life/load-places.ts'
import { Places } from '../life/places.ts'
import { revise } from '../ports/changes.ts'
import type { Clock } from '../ports/clock.ts'
import type { Change } from '../ports/store.ts'
import { type TellRewardDeps, tellRewards } from './tell-reward.ts'

type Admitted = LifeOf<'hold_ended' | 'replayed'>
/** What happens to one reward alone; of what takes a place, room is looked for here. */
export type Happening =
  | Exclude<LifeEvent, { readonly admits: () => boolean }>
  | { readonly kind: 'hold_ended' }
  | { readonly kind: 'replayed'; readonly drawnCode?: string }

export interface HappenDeps extends TellRewardDeps {
  readonly clock: Clock
}

/**
 * Has something happen to a reward, in one commit with what caps count of it, with what merchants' systems are told of it,
 * and with `besides`. Atomic, guarded by the
 * reward's revision.
 * @returns the row as it is now; null when somebody else wrote it, or what is written beside it, since it was read
 * @throws AppError as the state machine refuses, STORE_UNAVAILABLE
 */
export async function happen(
  deps: HappenDeps,
  reward: Reward,
  happening: Happening,
  besides: readonly Change[] = [],
): Promise<Reward | null> {
  const { store, clock } = deps
  const now = clock.now()
  const { accountId, milestoneId } = reward
  const open = async () => new Places(await openPlaces(store, accountId, [milestoneId]), now)
  const isAdmitted = happening.kind === 'hold_ended' || happening.kind === 'replayed'
  let places = isAdmitted && mayTakePlace(reward, happening.kind) ? await open() : null
  const admits = () => places?.admits(reward) ?? true
  const event = isAdmitted ? ({ ...happening, admits } as Admitted) : (happening as LifeEvent)
  const turn = next(reward, event, now)
  if (turn.to === 'refused') throw new AppError(turn.code, turn.message)
  if (turn.to === 'same') return reward
  const after = { ...reward, ...turn.set, revision: reward.revision + 1 }
  const givesPlaceBack = placeOf(reward) !== null && placeOf(after) === null
  if (givesPlaceBack) places ??= await open()
  places?.changed(reward, after)
  const told = await tellRewards(deps, [{ before: reward, after }], now)
  const changes = [
    revise('reward_log', reward, turn.set),
    ...(places?.changes() ?? []),
    ...besides,
    ...told.changes,
  ]
  if ((await store.commit(changes)).outcome === 'conflict') return null
  told.sent()
  return after
}

/** Caps are read only where they are asked. */
function mayTakePlace({ placeAt, fulfilmentStatus: status }: Reward, kind: Admitted['kind']): boolean {
  return placeAt === null && status === (kind === 'replayed' ? 'failed' : 'held')
}
