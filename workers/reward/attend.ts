import { revise } from '../../src/ports/changes.ts'
import { above, any, ascending, atMost } from '../../src/ports/conditions.ts'
import { lastProbeFrom, type ProviderState, probing } from '../../src/rewards/breaker.ts'
import { findWaiting } from '../../src/rewards/find-waiting.ts'
import { letGo } from '../../src/rewards/let-go.ts'
import type { FulfilDeps } from './deps.ts'
import type { Step } from './fulfil.ts'

const MAX_AT_ONCE = 100
/** Rewards that are looked at for one that can be asked for. */
const MAX_LOOKED_AT = 10

/**
 * Sees to the providers that are due: of a paused one a reward that waits for it is asked for, to find out whether it
 * is well again, and of one that is, what was parked is let go. Safe in several processes at once; what one of them
 * leaves undone another does.
 * @throws AppError STORE_UNAVAILABLE
 */
export function createAttend(deps: FulfilDeps, step: Step): () => Promise<void> {
  const { store, clock } = deps
  return async () => {
    const now = clock.now()
    const due = await store.find('provider_state', {
      // the latter was noted while the clock was ahead
      where: any(atMost('dueAt', now), above('dueAt', lastProbeFrom(now))),
      sort: ascending('dueAt', 'id'),
      limit: MAX_AT_ONCE,
    })
    await Promise.all(due.map((state) => (state.state === 'ok' ? letGo(deps, state) : probe(state))))
  }

  async function probe(state: ProviderState): Promise<void> {
    if (!(await claim(state))) return
    const signal = new AbortController().signal
    const context = { isProbe: true, lastTry: false, signal }
    for (const reward of await findWaiting(store, state.id, MAX_LOOKED_AT)) {
      const done = await step(reward, context, { issued: false }).catch(() => null)
      if (done === true) break
    }
    const [after] = await store.findByKeys('provider_state', ['id'], [[state.id]])
    if (after?.state === 'ok') await letGo(deps, after)
  }

  async function claim(state: ProviderState): Promise<boolean> {
    const now = clock.now()
    const claimed = revise('provider_state', state, { ...probing(now), updatedAt: now })
    return (await store.commit([claimed])).outcome === 'committed'
  }
}
