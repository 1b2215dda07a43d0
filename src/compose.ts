import { Router } from 'express'
import { connectorFor } from '../connectors/registry.ts'
import { createShifts } from './commit/shifts.ts'
import { composeBackfillCommand } from './compose-backfills.ts'
import { type Bodies, composeBodies } from './compose-bodies.ts'
import { drawFoldedCode } from './compose-codes.ts'
import { marksOf } from './compose-fail-points.ts'
import { composeHttp } from './compose-http.ts'
import { composeInstalling } from './compose-installing.ts'
import { checkAddress, listenOrSay } from './compose-listen.ts'
import { createLogger } from './compose-logger.ts'
import { composeMetrics, countingInbox, countingStore, listenForMetrics } from './compose-metrics.ts'
import { type Board, composeBoard, composePace, composeQueue, composeWorkforce } from './compose-queue.ts'
import { composeStore, type StoreOptions } from './compose-store.ts'
import { composeTelling } from './compose-telling.ts'
import { type Parts, startWorkers } from './compose-workers.ts'
import { agreeOnZoneData, checkZoneData, composeZoneData } from './compose-zones.ts'
import { type Config, summaryOf } from './config.ts'
import { createSecretBox } from './crypto/secret-box.ts'
import { createRecorder } from './engine/record.ts'
import { createHttpApp } from './http/app.ts'
import { limitsOf } from './http/limits/limits.ts'
import type { Listening } from './http/server.ts'
import { createIdSource } from './ids.ts'
import { createInbox } from './inbox/accept.ts'
import { createDeliveries } from './inbox/replay/deliveries.ts'
import { createWebhookNotes } from './installing/webhook-notes.ts'
import { createMetricsPage } from './ops/metrics-page.ts'
import type { Clock } from './ports/clock.ts'
import type { FailPoints } from './ports/fail-points.ts'
import type { Logger } from './ports/logger.ts'
import type { LiveWorkforce } from './queue/workforce.ts'
import { replayReward } from './rewards/replay.ts'
import { auditedStore } from './users/audit.ts'
import { inviteFirstOwner } from './users/first-owner.ts'
import type { Invited } from './users/users.ts'
import { ownZoneData } from './zones/own-data.ts'

export { createLogger }

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
  const sources = { newId, drawCode: drawFoldedCode }
  const rewards = {
    replay: (accountId: string, id: string) => replayReward({ store, clock, sources }, accountId, id),
  }
  const { teller } = composeTelling(store, newId)
  const installations = composeInstalling({ ...config, store, secretBox, clock, logger, newId })
  const backfills = composeBackfillCommand({ store, clock, logger, newId, installations })
  const zones = { zoneData, ownZoneData: ownZoneData() }
  return {
    ...{ store, secretBox, clock, logger, newId, deliveries, rewards, teller, installations, backfills },
    close,
    ...zones,
  }
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
    const telling = composeTelling(storeParts.store, newId)
    const recorder = createRecorder({
      teller: telling.teller,
      shifts: createShifts(() => workforce?.standing() ?? null, clock),
      store: marks.store(storeParts.store, 'engine_before_commit', 'engine_after_commit'),
      queue: marks.queue(queueParts.queue, 'engine_before_enqueue', 'engine_after_enqueue'),
      clock,
      logger,
      sources: { newId, drawCode: drawFoldedCode },
    })
    closers.push(() => recorder.drain())
    // one process owns a file
    const paces = storeParts.store.kind === 'sqlite' ? null : composePace(queueParts)
    if (paces !== null) closers.push(paces.close)
    const installations = composeInstalling({
      ...config,
      ...(paces === null ? {} : { pace: paces.pace }),
      ...{ store: storeParts.store, queue: queueParts.queue, secretBox, clock, logger, newId },
    })
    const parts = {
      ...{ config, clock, logger, marks, metrics, secretBox, recorder, telling, installations },
      ...storeParts,
      ...queueParts,
    }
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
    const board = composeBoard({ ...parts, newId })
    closers.push(board.close)
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

function opsPages({ config, metrics }: Parts, board: Board): Router {
  const pages = Router()
  pages.use(createMetricsPage({ metrics, operator: config.operator, token: config.metricsToken }))
  pages.use(board.router)
  return pages
}

async function startWeb(
  parts: Parts,
  board: Board,
  { read }: Bodies,
): Promise<{ listening: Listening; inbox: { close(): Promise<void> } }> {
  const { config, logger, marks, metrics, secretBox, recorder, queue } = parts
  const store = marks.store(parts.store, 'api_before_commit', 'api_after_commit')
  const notes = createWebhookNotes({ store: parts.store, clock, logger })
  const inbox = createInbox({
    notes,
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
    installations: parts.installations,
    allowedHosts: config.httpProviderAllow,
    telling: parts.telling,
    limits: limitsOf(config.requestsPerKey, config.requestsPerAddress, config.requestsPerEndUser),
    bodyBudgetBytes: config.bodyBudgetBytes,
    trustProxyHops: config.trustProxyHops,
    servesReference: config.servesReference,
    opsRouter: opsPages(parts, board),
  })
  const listening = await listenOrSay(createHttpApp(deps), { ...config, logger })
  const close = async () => {
    await inbox.close()
    await notes.close()
  }
  return { listening, inbox: { close } }
}
