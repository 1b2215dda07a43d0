/**
 * A worker of its own that takes reward jobs and stops in the middle of one, for tests of kills:
 *
 *   node shared-job-child.ts <json of SharedJobChildOptions>
 *
 * Says `paused` at the commit that it is told, and does nothing more then.
 */

import { sharedStore } from '../../src/commit/shared-store.ts'
import { storeWith } from '../../src/commit/store-with.ts'
import { createCouponProviders } from '../../src/coupons/registry.ts'
import { createSecretBox } from '../../src/crypto/secret-box.ts'
import { createJobQueue, startWorkerPool } from '../../src/queue/bullmq.ts'
import { createFulfil } from '../../workers/reward/fulfil.ts'
import { openStore } from './open-store.ts'
import { quietLogger } from './quiet-logger.ts'

export interface SharedJobChildOptions {
  readonly storePath: string
  readonly encryptionKey: string
  readonly allowedHost: string
  readonly now: number
  readonly redisUrl: string
  readonly prefix: string
  /** From 1 on. */
  readonly pauseAtCommit: number
  /** Whether that commit is made. */
  readonly isWritten: boolean
}

async function main(options: SharedJobChildOptions): Promise<void> {
  const { storePath, redisUrl, prefix, pauseAtCommit, isWritten } = options
  const store = await openStore('sqlite', storePath)
  const clock = { now: () => options.now }
  let commits = 0
  const pausing = storeWith(store, {
    async commit(changes) {
      commits += 1
      // whatever comes beside it stops as well
      if (commits > pauseAtCommit) return new Promise(() => {})
      if (commits < pauseAtCommit) return store.commit(changes)
      if (isWritten) await store.commit(changes)
      process.stdout.write('paused\n')
      return new Promise(() => {})
    },
  })
  const fulfil = createFulfil({
    store: sharedStore(pausing),
    providers: createCouponProviders({ store, clock, allowedHosts: [options.allowedHost] }),
    secretBox: createSecretBox([options.encryptionKey]),
    clock,
    logger: quietLogger,
  })
  const idle = async () => {}
  startWorkerPool({
    ...{ redisUrl, prefix, logger: quietLogger, clock: { now: () => Date.now() } },
    queue: createJobQueue({ redisUrl, prefix, logger: quietLogger }),
    handlers: {
      ...{ activity: idle, message: idle, upkeep: idle, sweep: idle, attend: idle, watch: idle },
      reward: fulfil,
    },
  })
}

await main(JSON.parse(process.argv[2] ?? '{}'))
