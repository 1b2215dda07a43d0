import { Batcher } from '../../src/commit/batcher.ts'
import { next } from '../../src/life/life.ts'
import { change, revise } from '../../src/ports/changes.ts'
import type { Row } from '../../src/ports/schema.ts'
import type { Change } from '../../src/ports/store.ts'
import type { ProviderState } from '../../src/rewards/breaker.ts'
import type { FulfilDeps } from './deps.ts'

type Reward = Row<'reward_log'>

interface Parking {
  readonly reward: Reward
  readonly state: ProviderState
  /** It is written that its provider is asked, and that did not happen. */
  readonly wasNotAsked: boolean
}

const MAX_TOGETHER = 256

/**
 * Sets rewards aside while their provider is paused: nothing is due of them until it is asked again, and they spend no
 * tries. One whose provider was never asked is `held`; of others a coupon may exist. Guarded by the provider's state, so
 * that none is parked that nobody would let go.
 * @returns whether it was written; else the reward or the provider's state was changed meanwhile
 */
export function createPark({ store, clock }: Pick<FulfilDeps, 'store' | 'clock'>) {
  const batcher = new Batcher<Parking, boolean>({
    run: async (parkings) => {
      if (parkings.length > 1 && (await commit(parkings))) return parkings.map(() => true)
      const results: boolean[] = []
      for (const parking of parkings) results.push(await commit([parking]))
      return results
    },
    keyOf: ({ state }) => state.id,
    sizeOf: () => 1,
    maxItems: MAX_TOGETHER,
    maxBytes: MAX_TOGETHER,
    maxInFlight: 2,
  })

  async function commit(parkings: readonly Parking[]): Promise<boolean> {
    const updatedAt = clock.now()
    const states = new Map(parkings.map(({ state }) => [state.id, state]))
    const result = await store.commit([
      ...[...states.values()].map((state) => stillPaused(state, updatedAt)),
      ...parkings.flatMap((parking) => parked(parking, updatedAt)),
    ])
    return result.outcome === 'committed'
  }

  return (reward: Reward, state: ProviderState, wasNotAsked = false): Promise<boolean> =>
    batcher.add({ reward, state, wasNotAsked })
}

function stillPaused(state: ProviderState, updatedAt: number): Change {
  return change('provider_state', state, { state: 'paused', since: state.since }, { updatedAt })
}

function parked({ reward, wasNotAsked }: Parking, now: number): Change[] {
  const turn = next(reward, { kind: 'parked', wasNotAsked }, now)
  return turn.to === 'next' ? [revise('reward_log', reward, turn.set)] : []
}
