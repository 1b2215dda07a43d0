import { randomBytes } from 'node:crypto'
import { Router } from 'express'
import { pino } from 'pino'
import { connectorFor } from '../connectors/registry.ts'
import { createProcessItems } from '../workers/activity/process.ts'
import { createAttend } from '../workers/reward/attend.ts'
import { createFulfil, createStep } from '../workers/reward/fulfil.ts'
import { createNews } from '../workers/upkeep/news.ts'
import { createPrune } from '../workers/upkeep/prune.ts'
import { shopsByHand } from '../workers/upkeep/shops-by-hand.ts'
import { createSweep } from '../workers/upkeep/sweep.ts'
import { sharedStore } from './commit/shared-store.ts'
import { createShifts } from './commit/shifts.ts'
import { type Bodies, composeBodies } from './compose-bodies.ts'
import { type Marks, marksOf } from './compose-fail-points.ts'
import { composeHttp } from './compose-http.ts'
import { checkAddress, listenOrSay } from './compose-listen.ts'
import {
  composeMetrics,
  countingInbox,
  countingProviders,
  countingStore,
  listenForMetrics,
} from './compose-metrics.ts'
import { type Board, composeBoard, composeQueue, composeWorkforce, type QueueParts } from './compose-queue.ts'
import { composeStore, type StoreOptions, type StoreParts } from './compose-store.ts'
import { agreeOnZoneData, checkZoneData, composeZoneData } from './compose-zones.ts'
import { type Config, summaryOf } from './config.ts'
import { createCouponProviders } from './coupons/registry.ts'
import { createSecretBox } from './crypto/secret-box.ts'
import { describeError } from './describe-error.ts'
import { createRecorder } from './engine/record.ts'
import { createHttpApp } from './http/app.ts'
import { limitsOf } from './http/limits/limits.ts'
import type { Listening } from './http/server.ts'
import { createIdSource } from './ids.ts'
import { createInbox } from './inbox/accept.ts'
import { createDeliveries } from './inbox/replay/deliveries.ts'
import type { PrometheusMetrics } from './ops/metrics.ts'
import { createMetricsPage } from './ops/metrics-page.ts'
import type { Clock } from './ports/clock.ts'
import type { FailPoints } from './ports/fail-points.ts'
import type { Logger } from './ports/logger.ts'
import type { WorkerPool, Workforce } from './ports/queue.ts'
import { startWorkerPool } from './queue/worker-pool.ts'
import type { LiveWorkforce } from './queue/workforce.ts'
import { drawCode, foldCode } from './rewards/code.ts'
import { replayReward } from './rewards/replay.ts'
import { auditedStore } from './users/audit.ts'
import { inviteFirstOwner } from './users/first-owner.ts'
import type { Invited } from './users/users.ts'
import { ownZoneData } from './zones/own-data.ts'

export type Role = 'web' | 'worker'

export interface App {
  /** Where the API and the webhooks answer; null when this process only works. */
  readonly http: { readonly host: string; readonly port: number } | null
  /** Where `/metrics` answers; null: nowhere. */
  readonly metricsPort: number | null
  /** See `inviteFirstOwner`: null once somebody can sign in to the console. */
  inviteOwner(): Promise<Invited | null>
  /** Ends web first, then the workers, then store and queue, each within the configured deadline. Idempotent. */
  close(): Promise<void>
}

const clock: Clock = { now: () => Date.now() }
export const newId = createIdSource(clock.now)

/** A coupon code and the form by which it is unique. */
function drawFoldedCode(prefix: string): { code: string; foldedCode: string } {
  const code = drawCode(prefix, randomBytes)
  return { code, foldedCode: foldCode(code) }
}

/** Writes to standard output. `onReaderGone`: whoever read that has gone; what is logged from then on is lost. */
export function createLogger(config: Pick<Config, 'logLevel'>, onReaderGone: () => void = () => {}): Logger {
  const output = pino.destination(1)
  output.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code === 'EPIPE') onReaderGone()
  })
  const base = { service: 'streakline' }
  return pino({ level: config.logLevel, base, serializers: { err: describeError } }, output)
}

/** What the command line needs of an installation without running it. */
export async function openInstallation(
  config: Config,
  logger: Logger,
  options: StoreOptions = { claim: true },
) {
  const secretBox = createSecretBox(config.encryptionKeys)
  const zoneData = composeZoneData(config)
  const opened = await composeStore(config, logger, options)
  const { close } = opened
  // whatever a command changes in somebody's name is written down beside it
  const store = auditedStore(opened.store, { clock, newId })
  await checkZoneData(store, zoneData).catch(async (error: unknown) => {
    await close()
    throw error
  })
  // without a queue: the sweep of the workers finds what is due
  const deliveries = createDeliveries({ store, connectorFor, clock, logger, newId })
  const rewards = {
    replay: (accountId: string, id: string) => replayReward({ store, clock }, accountId, id),
  }
  return { store, secretBox, clock, newId, deliveries, rewards, zoneData, ownZoneData: ownZoneData(), close }
}

export type Installation = Awaited<ReturnType<typeof openInstallation>>

/** What only tests compose: nothing of it can be had from the environment. */
export interface Hooks extends Pick<StoreOptions, 'onSqliteOpen'> {
  readonly failPoints?: FailPoints
}

/** The composition root: builds the parts, hands them to each other, starts the roles. @throws ConfigError, AppError */
export async function startApp(
  config: Config,
  roles: readonly Role[],
  logger: Logger = createLogger(config),
  { failPoints, ...storeHooks }: Hooks = {},
): Promise<App> {
  logger.info(summaryOf(config), 'starting')
  const secretBox = createSecretBox(config.encryptionKeys)
  const zoneData = composeZoneData(config)
  logger.info({ zoneData: zoneData.version, folder: config.zoneInfo ?? undefined }, 'time zone data')
  const closers: (() => Promise<void>)[] = []
  const close = async (): Promise<void> => {
    for (const closer of closers.splice(0).reverse()) {
      await closer().catch((error: unknown) => logger.warn({ err: error }, 'a part did not close cleanly'))
    }
  }
  try {
    const marks = marksOf(failPoints)
    const opened = await composeStore(config, logger, { claim: true, fills: true, ...storeHooks })
    closers.push(opened.close)
    const metrics = composeMetrics(opened.store, clock)
    const storeParts = { ...opened, store: countingStore(opened.store, metrics) }
    if (roles.includes('web')) await checkAddress(config)
    await agreeOnZoneData(storeParts.store, zoneData, logger)
    const queueParts = await composeQueue(config, logger)
    closers.push(queueParts.close)
    let workforce: LiveWorkforce | null = null
    const recorder = createRecorder({
      shifts: createShifts(() => workforce?.standing() ?? null, clock),
      store: marks.store(storeParts.store, 'engine_before_commit', 'engine_after_commit'),
      queue: marks.queue(queueParts.queue, 'engine_before_enqueue', 'engine_after_enqueue'),
      clock,
      logger,
      sources: { newId, drawCode: drawFoldedCode },
    })
    closers.push(() => recorder.drain())
    const parts = { config, logger, marks, metrics, secretBox, recorder, ...storeParts, ...queueParts }
    if (roles.includes('worker')) {
      // one process owns a file
      workforce = storeParts.store.kind === 'sqlite' ? null : composeWorkforce(queueParts)
      if (workforce !== null) closers.push(workforce.close)
      const pool = startWorkers(parts, workforce)
      closers.push(() => pool.close(config.shutdownMs))
    }
    const inviteOwner = () => inviteFirstOwner({ store: storeParts.store, clock, newId })
    if (!roles.includes('web')) {
      const page = await listenForMetrics(config, metrics)
      if (page !== null) closers.push(() => page.close(config.shutdownMs))
      return { http: null, metricsPort: page?.port ?? null, inviteOwner, close }
    }
    const board = composeBoard({ ...parts, clock })
    if (board !== null) closers.push(board.close)
    const bodies = composeBodies()
    closers.push(() => bodies.close())
    const { listening, inbox } = await startWeb(parts, board, bodies)
    closers.push(() => inbox.close())
    closers.push(() => listening.close(config.shutdownMs))
    logger.info({ host: config.host, port: listening.port }, 'listening')
    return {
      http: { host: config.host, port: listening.port },
      metricsPort: listening.port,
      inviteOwner,
      close,
    }
  } catch (error) {
    await close()
    throw error
  }
}

interface Parts extends StoreParts, QueueParts {
  readonly config: Config
  readonly logger: Logger
  readonly marks: Marks
  readonly metrics: PrometheusMetrics
  readonly secretBox: ReturnType<typeof createSecretBox>
  readonly recorder: ReturnType<typeof createRecorder>
}

function startWorkers(parts: Parts, workforce: Workforce | null): WorkerPool {
  const { config, logger, marks, metrics, secretBox, recorder, store, queue, redisUrl } = parts
  const providers = countingProviders(
    createCouponProviders({ store, clock, allowedHosts: config.httpProviderAllow }),
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
  }
  const step = createStep(rewards)
  const raising = marks.store(store, 'sweep_before_raise', 'sweep_after_raise')
  const sweep = createSweep({ store: raising, queue, clock, logger })
  const news = createNews({
    ...{ store, clock, logger, shops: shopsByHand({ store, clock }) },
    sealNothing: (id) =>
      secretBox.seal(JSON.stringify({ webhookSecrets: [] }), {
        collection: 'connector',
        id,
        field: 'sealedCredentials',
      }),
  })
  const prune = createPrune({ store, clock, logger, deliveryRetentionDays: config.deliveryRetentionDays })
  return startWorkerPool({
    redisUrl,
    handlers: {
      activity: marks.work('activity_taken', processItems),
      reward: marks.work('reward_taken', createFulfil(rewards, step)),
      upkeep: marks.work('upkeep_before_prune', prune),
      sweep: async () => {
        await sweep()
        await news()
      },
      attend: createAttend(rewards, step),
    },
    concurrency: { activity: config.activityConcurrency, reward: config.rewardConcurrency },
    logger,
    clock,
    queue,
  })
}

function opsPages({ config, metrics }: Parts, board: Board | null): Router {
  const pages = Router()
  pages.use(createMetricsPage({ metrics, operator: config.operator, token: config.metricsToken }))
  if (board !== null) pages.use(board.router)
  return pages
}

async function startWeb(
  parts: Parts,
  board: Board | null,
  { read }: Bodies,
): Promise<{ listening: Listening; inbox: ReturnType<typeof createInbox> }> {
  const { config, logger, marks, metrics, secretBox, recorder, queue } = parts
  const store = marks.store(parts.store, 'api_before_commit', 'api_after_commit')
  const inbox = createInbox({
    store: marks.store(parts.store, 'inbox_before_commit', 'inbox_after_commit'),
    queue: marks.queue(queue, 'inbox_before_enqueue', 'inbox_after_enqueue'),
    connectorFor,
    read,
    secretBox,
    clock,
    logger,
    newId,
  })
  const deps = composeHttp({
    store,
    recorder,
    inbox: countingInbox(inbox, connectorFor, metrics),
    read,
    queue,
    secretBox,
    clock,
    logger,
    newId,
    allowedHosts: config.httpProviderAllow,
    limits: limitsOf(config.requestsPerKey, config.requestsPerAddress, config.requestsPerEndUser),
    bodyBudgetBytes: config.bodyBudgetBytes,
    trustProxyHops: config.trustProxyHops,
    servesReference: config.servesReference,
    ...(config.operator === null && config.metricsToken === null
      ? {}
      : { opsRouter: opsPages(parts, board) }),
  })
  const listening = await listenOrSay(createHttpApp(deps), { ...config, logger })
  return { listening, inbox }
}
