import { randomUUID } from 'node:crypto'
import { v7 as uuidv7 } from 'uuid'
import { type ActivityJob, activityJobsOf, MAX_JOB_ITEMS } from '../../src/ports/queue.ts'
import type { Row } from '../../src/ports/schema.ts'
import type { Store } from '../../src/ports/store.ts'
import type { StoreKind } from '../helpers/open-store.ts'
import { spawnChild } from './child-process.ts'
import type { Subject } from './child-protocol.ts'
import { count, mebibytes, ratioOf, spreadOf } from './figures.ts'
import { commitAll, type Installation, makeInstallation } from './installation.ts'
import type { Part } from './options.ts'
import { activityOf, MEMBERS, type NaiveJob, type Order, ordersOf } from './orders.ts'
import {
  BASELINE_PREFIX,
  type BenchQueue,
  NAIVE_PREFIX,
  openBenchQueue,
  PRODUCT_PREFIX,
  workersWait,
} from './queues.ts'
import { type Line, ratio } from './report.ts'
import type { Bench } from './servers.ts'

const NOOP_AIM: Readonly<Record<StoreKind, number>> = { sqlite: 0.6, mongodb: 0.4 }
const NAIVE_AIM = 5
const WORKER_AIM_BYTES = 384 * 1024 * 1024

/** Something that works off jobs, in a process of its own. */
interface Worker {
  readonly name: string
  readonly subject: Subject
  readonly queue: BenchQueue
  /** Connections that block on Redis once it is idle. */
  readonly blocking: number
  readonly jobs: number
  /** Lays out everything the jobs of a round need, and names them. */
  prepare(orders: readonly Order[]): Promise<object[]>
  /** @throws Error when something was not done */
  check(recorded: number): Promise<void>
}

interface Pass {
  readonly perSecond: number
  readonly cpuMicros: number
}

/**
 * Recording through the worker against a worker that does nothing and one that is written naively, in turns; with jobs
 * as a busy web role adds them, and with a job for each order, as orders have that come one after the other.
 */
export async function measureRecording(
  bench: Bench,
  store: StoreKind,
  parts: ReadonlySet<Part>,
): Promise<{ lines: Line[]; memory: Line }> {
  const install = () =>
    makeInstallation({ store, redisUrl: bench.redis.url, mongoUri: bench.mongo?.anotherUri() })
  const wantsRecording = parts.has('recording')
  const installations = [await install(), ...(wantsRecording ? [await install()] : [])]
  const [product, ...alone] = installations.map((installation, at) =>
    productWorker(bench, installation, at === 0 ? MAX_JOB_ITEMS : 1),
  )
  const noop = wantsRecording ? [noopWorker(bench)] : []
  const naive =
    parts.has('naive') && bench.mongo !== null ? [naiveWorker(bench, bench.mongo.anotherUri())] : []
  const workers = [product!, ...alone, ...noop, ...naive]
  const children = workers.map(() => spawnChild(bench.children))
  const passes = new Map<Worker, Pass[]>(workers.map((worker) => [worker, []]))
  try {
    for (let round = 0; round <= bench.sizes.rounds; round += 1) {
      for (const [at, worker] of workers.entries()) {
        const result = await pass(bench, worker, children[at]!, round)
        if (round > 0) passes.get(worker)!.push(result)
      }
    }
    const { peakRssBytes } = await children[0]!.usage()
    const compare = (what: string, aim: number | null, own: Worker, base: Worker) =>
      lineOf(store, what, aim, passes.get(own)!, passes.get(base)!)
    const lines = [
      ...noop.map((base) => compare('recording / no-op worker', NOOP_AIM[store], product!, base)),
      ...noop.flatMap((base) =>
        alone.map((own) => compare('recording, a job for each order / no-op worker', null, own, base)),
      ),
      ...naive.map((base) => compare('recording / naive worker', NAIVE_AIM, product!, base)),
    ]
    return { lines, memory: memoryLine(store, peakRssBytes) }
  } finally {
    await Promise.all(children.map((child) => child.exit()))
    await Promise.all(workers.map(({ queue }) => queue.close()))
    await Promise.all(installations.map((installation) => installation.remove()))
  }
}

async function pass({ redis }: Bench, worker: Worker, child: ReturnType<typeof spawnChild>, round: number) {
  const jobs = await worker.prepare(ordersOf(round * worker.jobs, worker.jobs))
  await worker.queue.hold(jobs)
  await child.start(worker.subject)
  await workersWait(redis.url, worker.blocking)
  const before = await child.usage()
  const seconds = await worker.queue.release()
  const after = await child.usage()
  const failed = await worker.queue.failed()
  await child.stop()
  await redis.flush()
  if (failed > 0) throw new Error(`${failed} jobs failed with the ${worker.name} worker`)
  await worker.check((round + 1) * worker.jobs)
  return { perSecond: worker.jobs / seconds, cpuMicros: ((after.cpuMs - before.cpuMs) / worker.jobs) * 1000 }
}

function productWorker({ redis, sizes }: Bench, installation: Installation, jobItems: number): Worker {
  return {
    name: 'product',
    subject: { kind: 'product', env: installation.env, roles: ['worker'] },
    queue: openBenchQueue(redis.url, PRODUCT_PREFIX),
    // activity, reward and upkeep
    blocking: 3,
    jobs: sizes.jobs,
    async prepare(orders) {
      const items = orders.map((order) => itemOf(installation, order))
      if (jobItems > 1) assignBatches(items, jobItems)
      await installation.withStore((store) =>
        commitAll(
          store,
          items.map((row) => ({ op: 'insert', collection: 'delivery_item', row })),
        ),
      )
      return activityJobsOf(items)
    },
    check: (recorded) => installation.withStore((store) => checkRecorded(store, installation, recorded)),
  }
}

async function checkRecorded(store: Store, { accountId }: Installation, recorded: number): Promise<void> {
  const own = { field: 'accountId', op: 'eq', value: accountId } as const
  const logs = await store.count('streak_log', own, recorded + 1)
  const due = await store.count('delivery_item', { field: 'dueAt', op: 'isNotNull' }, recorded + 1)
  if (logs !== recorded || due !== 0)
    throw new Error(`${logs} of ${recorded} logs are there, ${due} items are open`)
}

/** As the inbox has them when so many arrive together. */
function assignBatches(items: Row<'delivery_item'>[], jobItems: number): void {
  let batchId = uuidv7()
  for (const [at, item] of items.entries()) {
    if (at % jobItems === 0) batchId = uuidv7()
    item.batchId = batchId
  }
}

/** The item that the inbox would have stored, without its delivery, which a worker does not read. */
function itemOf({ accountId, streakId, connector }: Installation, order: Order): Row<'delivery_item'> {
  const now = Date.now()
  const activity = activityOf(order, connector.purchaseSpace)
  return {
    id: uuidv7(),
    accountId,
    createdAt: now,
    updatedAt: now,
    deliveryId: uuidv7(),
    connectorId: connector.id,
    report: null,
    orderKey: null,
    ruleIndex: 0,
    streakId,
    activity,
    externalId: activity.externalId,
    addressIdentity: null,
    nameKeptSince: null,
    status: 'pending',
    reason: null,
    message: null,
    streakLogId: null,
    quiet: null,
    duplicateOfId: null,
    receivedAt: now,
    dueAt: now,
    batchId: null,
    attempt: 0,
  }
}

function jobOfOne(accountId: string): ActivityJob {
  return { batchId: null, attempt: 0, items: [{ accountId, deliveryId: uuidv7(), itemId: uuidv7() }] }
}

function noopWorker({ redis, sizes }: Bench): Worker {
  return {
    name: 'no-op',
    subject: { kind: 'noop', redisUrl: redis.url },
    queue: openBenchQueue(redis.url, BASELINE_PREFIX),
    blocking: 1,
    jobs: sizes.jobs,
    prepare: async (orders) => orders.map(() => jobOfOne(uuidv7())),
    check: async () => {},
  }
}

function naiveWorker({ redis, sizes }: Bench, mongoUri: string): Worker {
  const streakId = randomUUID()
  return {
    name: 'naive',
    subject: { kind: 'naive', redisUrl: redis.url, mongoUri },
    queue: openBenchQueue(redis.url, NAIVE_PREFIX),
    blocking: 1,
    jobs: sizes.naiveJobs,
    prepare: async (orders) =>
      orders.map((order): NaiveJob => ({ ...order, ...jobOfOne(streakId), accountId: streakId, streakId })),
    check: async () => {},
  }
}

function lineOf(
  store: StoreKind,
  what: string,
  aim: number | null,
  product: readonly Pass[],
  other: readonly Pass[],
): Line {
  const rates = (passes: readonly Pass[]) => passes.map(({ perSecond }) => perSecond)
  const middle = (passes: readonly Pass[], key: keyof Pass) =>
    spreadOf(passes.map((each) => each[key])).median
  const result = ratioOf(rates(product), rates(other))
  return {
    what,
    store,
    value: ratio(result),
    aim: aim === null ? '' : `≥ ${aim}`,
    met: aim === null ? null : result.median >= aim,
    detail: [
      `${count(middle(product, 'perSecond'))}/s to ${count(middle(other, 'perSecond'))}/s`,
      `${count(MEMBERS)} members`,
      `CPU ${count(middle(product, 'cpuMicros'))} µs to ${count(middle(other, 'cpuMicros'))} µs a job`,
    ].join(', '),
  }
}

function memoryLine(store: StoreKind, peakRssBytes: number): Line {
  return {
    what: 'memory of a worker, recording',
    store,
    value: mebibytes(peakRssBytes),
    aim: `≤ ${mebibytes(WORKER_AIM_BYTES)}`,
    met: peakRssBytes <= WORKER_AIM_BYTES,
    detail: 'peak resident set',
  }
}
