/**
 * A process of its own that fulfils one reward and can be stopped on the way, for tests of kills:
 *
 *   node fulfil-child.ts <json of FulfilChildOptions>
 *
 * Says `paused` and then does nothing more when it is told to pause; else ends with code 0.
 */

import { createCouponProviders } from '../../src/coupons/registry.ts'
import { createSecretBox } from '../../src/crypto/secret-box.ts'
import type { RewardJob } from '../../src/ports/queue.ts'
import type { Store } from '../../src/ports/store.ts'
import { createFulfil } from '../../workers/reward/fulfil.ts'
import { openStore } from './open-store.ts'
import { collectingLogger, jobContext } from './reward-world.ts'

/** Before the service is asked, between its answer and the write, or after the write. */
export type PausePoint = 'before_asking' | 'before_writing' | 'after_writing'

export interface FulfilChildOptions {
  readonly storePath: string
  readonly encryptionKey: string
  readonly allowedHost: string
  readonly now: number
  readonly job: RewardJob
  readonly pauseAt: PausePoint
}

function pause(): Promise<never> {
  process.stdout.write('paused\n')
  setInterval(() => {}, 60_000)
  return new Promise(() => {})
}

async function main(options: FulfilChildOptions): Promise<void> {
  const store = await openStore('sqlite', options.storePath)
  const clock = { now: () => options.now }
  let commits = 0
  const commit: Store['commit'] = async (changes) => {
    commits += 1
    if (commits === 2 && options.pauseAt === 'before_writing') return pause()
    const result = await store.commit(changes)
    if (commits === 1 && options.pauseAt === 'before_asking') return pause()
    if (commits === 2 && options.pauseAt === 'after_writing') return pause()
    return result
  }
  const pausing = new Proxy(store, {
    get: (target, name) => {
      if (name === 'commit') return commit
      const member: unknown = Reflect.get(target, name)
      return typeof member === 'function' ? member.bind(target) : member
    },
  })
  const fulfil = createFulfil({
    store: pausing,
    providers: createCouponProviders({ store, clock, allowedHosts: [options.allowedHost] }),
    secretBox: createSecretBox([options.encryptionKey]),
    clock,
    logger: collectingLogger().logger,
  })
  await fulfil(options.job, jobContext())
  await store.close()
}

await main(JSON.parse(process.argv[2] ?? '{}'))
