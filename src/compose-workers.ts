import { createProcessItems } from '../workers/activity/process.ts'
import { createAttend } from '../workers/reward/attend.ts'
import { createDesk } from '../workers/reward/desk.ts'
import { createFulfil, createStep } from '../workers/reward/fulfil.ts'
import { ALONE, Lanes } from '../workers/reward/lanes.ts'
import { createLookAtUse } from '../workers/reward/use.ts'
import { createNews } from '../workers/upkeep/news.ts'
import { createPrune } from '../workers/upkeep/prune.ts'
import { createRounds } from '../workers/upkeep/rounds.ts'
import { sharedStore } from './commit/shared-store.ts'
import { composeBackfills } from './compose-backfills.ts'
import type { Marks } from './compose-fail-points.ts'
import { type Installations, shopsOf } from './compose-installing.ts'
import { countingProviders } from './compose-metrics.ts'
import type { QueueParts } from './compose-queue.ts'
import type { StoreParts } from './compose-store.ts'
import type { Telling } from './compose-telling.ts'
import { composeTellingWorkers, inTurn } from './compose-telling-workers.ts'
import type { Config } from './config.ts'
import { createCouponProviders } from './coupons/registry.ts'
import type { createSecretBox } from './crypto/secret-box.ts'
import type { createRecorder } from './engine/record.ts'
import type { PrometheusMetrics } from './ops/metrics.ts'
import type { Clock } from './ports/clock.ts'
import type { Logger } from './ports/logger.ts'
import type { WorkerPool, Workforce } from './ports/queue.ts'
import { startWorkerPool } from './queue/worker-pool.ts'

/** What the roles of a process are started with. */
export interface Parts extends StoreParts, QueueParts {
  readonly config: Config
  readonly clock: Clock
  readonly logger: Logger
  readonly marks: Marks
  readonly metrics: PrometheusMetrics
  readonly secretBox: ReturnType<typeof createSecretBox>
  readonly recorder: ReturnType<typeof createRecorder>
  readonly telling: Telling
  readonly installations: Installations
}

/** Takes jobs, and does what time does. */
export function startWorkers(parts: Parts, workforce: Workforce | null): WorkerPool {
  const { config, clock, logger, marks, metrics, secretBox, recorder, store, queue, redisUrl, telling } =
    parts
  const providers = countingProviders(
    createCouponProviders({
      ...{ store, clock, allowedHosts: config.httpProviderAllow },
      ...{ door: parts.installations.door, calls: parts.installations.calls },
    }),
    metrics,
  )
  const processItems = createProcessItems({
    store: marks.store(store, 'item_before_write', 'item_after_write'),
    recorder,
    clock,
    logger,
    metrics,
  })
  const rewards = {
    // jobs that run at the same time share what they read and write
    store: sharedStore(marks.store(store, 'reward_before_write', 'reward_after_write')),
    providers: marks.providers(providers),
    secretBox,
    clock,
    logger,
    metrics,
    ...(workforce === null ? {} : { workforce }),
    queue,
    teller: telling.teller,
  }
  const desk = createDesk(rewards, new Lanes(workforce ?? ALONE))
  const step = createStep(rewards, desk)
  const raising = marks.store(store, 'sweep_before_raise', 'sweep_after_raise')
  const sweep = createRounds({ store: raising, queue, clock, logger })
  const lookAtUse = createLookAtUse(rewards, desk)
  const prune = createPrune({ store, clock, logger, deliveryRetentionDays: config.deliveryRetentionDays })
  const workers = composeTellingWorkers({ ...parts, allowedHosts: config.httpProviderAllow })
  const news = createNews({
    ...{ store, clock, logger, shops: shopsOf(parts.installations) },
    sealNothing: (id) =>
      secretBox.seal(JSON.stringify({ webhookSecrets: [] }), {
        collection: 'connector',
        id,
        field: 'sealedCredentials',
      }),
  })
  const backfills = composeBackfills({ ...parts, processItems })
  const attend = createAttend(rewards, step)
  const pool = startWorkerPool({
    redisUrl,
    handlers: {
      activity: marks.work('activity_taken', processItems),
      reward: marks.work('reward_taken', createFulfil(rewards, step)),
      message: workers.message,
      upkeep: marks.work('upkeep_before_prune', inTurn(prune, lookAtUse, workers.prune)),
      sweep: inTurn(workers.wake, sweep),
      news,
      tend: parts.installations.tend,
      attend: async () => {
        await Promise.all([attend(), backfills.attend()])
      },
      watch: workers.watch,
    },
    concurrency: { activity: config.activityConcurrency, reward: config.rewardConcurrency },
    logger,
    clock,
    queue,
  })
  return {
    async close(deadlineMs) {
      await Promise.all([pool.close(deadlineMs), backfills.close(deadlineMs)])
    },
  }
}
