import { storeWith } from './commit/store-with.ts'
import type { CouponProvider } from './ports/coupon-provider.ts'
import type { FailPoints, FailStep } from './ports/fail-points.ts'
import type { JobQueue } from './ports/queue.ts'
import type { ProviderKind } from './ports/schema/values.ts'
import type { Store } from './ports/store.ts'

type Providers = ReadonlyMap<ProviderKind, CouponProvider>

/** Puts fail points around the calls through which a part changes what others can see. */
export interface Marks {
  store(store: Store, before: FailStep, after: FailStep): Store
  queue(queue: JobQueue, before: FailStep, after: FailStep): JobQueue
  providers(providers: Providers): Providers
  /** Reaches `step` before the work begins. */
  work<A extends readonly unknown[]>(
    step: FailStep,
    work: (...args: A) => Promise<void>,
  ): (...args: A) => Promise<void>
}

/** Without fail points each part gets the very thing that it would get anyway. */
export function marksOf(failPoints: FailPoints | undefined): Marks {
  if (failPoints === undefined) {
    const same = <T>(thing: T): T => thing
    return { store: same, queue: same, providers: same, work: (_step, work) => work }
  }
  return {
    store: (store, before, after) =>
      storeWith(store, {
        commit: (changes) => around(failPoints, before, after, () => store.commit(changes)),
      }),
    queue: (queue, before, after) => ({
      ...queue,
      enqueue: (name, jobs) => around(failPoints, before, after, () => queue.enqueue(name, jobs)),
    }),
    providers: (providers) =>
      new Map([...providers].map(([kind, provider]) => [kind, markedProvider(provider, failPoints)])),
    work:
      (step, work) =>
      async (...args) => {
        await failPoints.reach(step)
        await work(...args)
      },
  }
}

function markedProvider(provider: CouponProvider, failPoints: FailPoints): CouponProvider {
  return {
    ...provider,
    issue: (request) =>
      around(failPoints, 'reward_before_provider', 'reward_after_provider', () => provider.issue(request)),
    revoke: (request) =>
      around(failPoints, 'revoke_before_provider', 'revoke_after_provider', () => provider.revoke(request)),
  }
}

async function around<T>(
  failPoints: FailPoints,
  before: FailStep,
  after: FailStep,
  call: () => Promise<T>,
): Promise<T> {
  await failPoints.reach(before)
  const result = await call()
  await failPoints.reach(after)
  return result
}
