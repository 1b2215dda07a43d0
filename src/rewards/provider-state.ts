import { findRow } from '../commit/planned.ts'
import { untilWritten } from '../commit/until-written.ts'
import { AppError } from '../errors.ts'
import { insert, revise } from '../ports/changes.ts'
import type { Clock, Instant } from '../ports/clock.ts'
import { equal } from '../ports/conditions.ts'
import type { ProviderError } from '../ports/schema/values.ts'
import type { Store } from '../ports/store.ts'
import { afterRefusal, isRefused, type ProviderState, resumed } from './breaker.ts'
import { findWaiting } from './find-waiting.ts'
import { type LetGoDeps, letGo } from './let-go.ts'

const MAX_ROUNDS = 20
/** More are not counted. */
const MAX_COUNTED = 1_000_000

export interface Owned {
  readonly accountId: string
  readonly providerId: string
}

/** A provider of which nothing was noted yet. */
export function unknownState({ accountId, providerId: id }: Owned, now: Instant): ProviderState {
  const common = { id, accountId, createdAt: now, updatedAt: now, revision: 0 }
  const nothing = { failures: 0, probes: 0, lastError: null, waitUntil: null, dueAt: null }
  return { ...common, state: 'ok', since: now, ...nothing }
}

/**
 * Notes what `decide` makes of a provider's state, decided anew when another process was faster; null: nothing.
 * Atomic. @throws AppError STORE_BUSY, STORE_UNAVAILABLE
 */
export function noteState(
  { store, clock }: { readonly store: Store; readonly clock: Clock },
  owned: Owned,
  decide: (state: ProviderState) => Partial<ProviderState> | null,
): Promise<ProviderState> {
  const { providerId: id } = owned
  return untilWritten(`the state of coupon_provider ${id}`, MAX_ROUNDS, async () => {
    const [stored] = await store.findByKeys('provider_state', ['id'], [[id]])
    const state = stored ?? unknownState(owned, clock.now())
    const set = decide(state)
    if (set === null) return state
    const { revision } = state
    const next = { ...state, ...set, revision: revision + 1, updatedAt: clock.now() }
    const result = await store.commit([
      stored === undefined
        ? insert('provider_state', next)
        : revise('provider_state', stored, { ...set, updatedAt: next.updatedAt }),
    ])
    return result.outcome === 'committed' ? next : null
  })
}

/** How a coupon provider fares, as its record shows it. */
export interface ProviderHealth {
  readonly state: 'ok' | 'paused'
  readonly since: Instant
  readonly lastError: ProviderError | null
  /** Rewards that wait for it, counted up to a million. */
  readonly waiting: number
  /** When the oldest of these was granted. */
  readonly oldestWaitingAt: Instant | null
}

/** By provider. @throws AppError STORE_UNAVAILABLE */
export async function readHealth(
  store: Store,
  providers: readonly { readonly id: string; readonly createdAt: Instant }[],
): Promise<ReadonlyMap<string, ProviderHealth>> {
  if (providers.length === 0) return new Map()
  const keys = providers.map(({ id }) => [id])
  const states = await store.findByKeys('provider_state', ['id'], keys)
  const byId = new Map(states.map((state) => [state.id, state]))
  const entries = providers.map(async ({ id, createdAt }) => {
    const { state = 'ok', since = createdAt, lastError = null } = byId.get(id) ?? {}
    return [id, { state, since, lastError, ...(await readWaiting(store, id)) }] as const
  })
  return new Map(await Promise.all(entries))
}

async function readWaiting(store: Store, providerId: string) {
  const [oldest] = await findWaiting(store, providerId, 1)
  if (oldest === undefined) return { waiting: 0, oldestWaitingAt: null }
  const waiting = await store.count('reward_log', equal({ waitingForProviderId: providerId }), MAX_COUNTED)
  return { waiting, oldestWaitingAt: oldest.createdAt }
}

/**
 * Lets a provider be asked again that had refused us, once its credentials or its installation have changed. Idempotent;
 * one that is paused for anything else stays so. @throws AppError STORE_BUSY, STORE_UNAVAILABLE
 */
export async function resumeRefused(deps: LetGoDeps, owned: Owned): Promise<void> {
  const now = deps.clock.now()
  const state = await noteState(deps, owned, (found) => (isRefused(found) ? resumed(now) : null))
  if (state.dueAt !== null) await letGo(deps, state)
}

/**
 * Pauses a provider that would refuse us, before it is asked, until `resumeRefused` or `resumeProvider`. One that is
 * paused for another refusal has this one from then on. Idempotent.
 * @param error a code in capitals, such as NOT_INSTALLED, and a sentence
 * @throws AppError STORE_BUSY, STORE_UNAVAILABLE
 */
export async function pauseRefused(
  deps: Pick<LetGoDeps, 'store' | 'clock'>,
  owned: Owned,
  error: Pick<ProviderError, 'code' | 'message'>,
): Promise<void> {
  const at = deps.clock.now()
  const isSaid = (found: ProviderState) => isRefused(found) && found.lastError?.code === error.code
  await noteState(deps, owned, (found) => (isSaid(found) ? null : afterRefusal(found, { ...error, at })))
}

/**
 * Ends a provider's pause and lets everything that was parked for it go. Idempotent: one that is not paused stays as
 * it is. @throws AppError NOT_FOUND, STORE_BUSY, STORE_UNAVAILABLE
 */
export async function resumeProvider(deps: LetGoDeps, accountId: string, providerId: string): Promise<void> {
  const provider = await findRow(deps.store, 'coupon_provider', accountId, providerId)
  if (provider === null) throw new AppError('NOT_FOUND', 'There is no coupon provider by this id')
  const now = deps.clock.now()
  const isWaiting = ({ state, failures, waitUntil }: ProviderState) =>
    state === 'paused' || failures > 0 || waitUntil !== null
  const state = await noteState(deps, { accountId, providerId }, (found) =>
    isWaiting(found) ? resumed(now) : null,
  )
  if (state.dueAt !== null) await letGo(deps, state)
}
