import { randomUUID } from 'node:crypto'
import { v7 as uuidv7 } from 'uuid'
import type { ActivityJob } from '../../src/ports/queue.ts'
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

/** Recording through the worker against a worker that does nothing and one that is written naively, in turns. */
export async function measureRecording(
  bench: Bench,
  store: StoreKind,
  parts: ReadonlySet<Part>,
): Promise<{ lines: Line[]; memory: Line }> {
  const installation = await makeInstallation({
    store,
    redisUrl: bench.redis.url,
    mongoUri: bench.mongo?.anotherUri(),
  })
  const product = productWorker(bench, installation)
  const noop = parts.has('recording') ? [noopWorker(bench)] : []
  const naive =
    parts.has('naive') && bench.mongo !== null ? [naiveWorker(bench, bench.mongo.anotherUri())] : []
  const workers = [product, ...noop, ...naive]
  const children = workers.map(() => spawnChild(bench.children))
  const passes: Pass[][] = workers.map(() => [])
  try {
    for (let round = 0; round <= bench.sizes.rounds; round += 1) {
      for (const [at, worker] of workers.entries()) {
        const result = await pass(bench, worker, children[at]!, round)
        if (round > 0) passes[at]!.push(result)
      }
    }
    const { peakRssBytes } = await children[0]!.usage()
    const lines = workers.slice(1).map((worker, at) => {
      const aim = worker.name === 'naive' ? NAIVE_AIM : NOOP_AIM[store]
      return lineOf(store, worker.name, aim, passes[0]!, passes[at + 1]!)
    })
    return { lines, memory: memoryLine(store, peakRssBytes) }
  } finally {
    await Promise.all(children.map((child) => child.exit()))
    await Promise.all(workers.map(({ queue }) => queue.close()))
    await installation.remove()
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

function productWorker({ redis, sizes }: Bench, installation: Installation): Worker {
  return {
    name: 'product',
    subject: { kind: 'product', env: installation.env, roles: ['worker'] },
    queue: openBenchQueue(redis.url, PRODUCT_PREFIX),
    // activity, reward and upkeep
    blocking: 3,
    jobs: sizes.jobs,
    async prepare(orders) {
      const items = orders.map((order) => itemOf(installation, order))
      await installation.withStore((store) =>
        commitAll(
          store,
          items.map((row) => ({ op: 'insert', collection: 'delivery_item', row })),
        ),
      )
      return items.map(({ accountId, deliveryId, id, attempt }): ActivityJob => {
        return { accountId, deliveryId, itemId: id, attempt }
      })
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
    status: 'pending',
    reason: null,
    message: null,
    streakLogId: null,
    duplicateOfId: null,
    receivedAt: now,
    dueAt: now,
    attempt: 0,
  }
}

function noopWorker({ redis, sizes }: Bench): Worker {
  return {
    name: 'no-op',
    subject: { kind: 'noop', redisUrl: redis.url },
    queue: openBenchQueue(redis.url, BASELINE_PREFIX),
    blocking: 1,
    jobs: sizes.jobs,
    prepare: async (orders) =>
      orders.map(() => ({ accountId: uuidv7(), deliveryId: uuidv7(), itemId: uuidv7(), attempt: 0 })),
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
      orders.map(
        (order): NaiveJob => ({ ...order, streakId, accountId: streakId, itemId: uuidv7(), attempt: 0 }),
      ),
    check: async () => {},
  }
}

function lineOf(
  store: StoreKind,
  baseline: string,
  aim: number,
  product: readonly Pass[],
  other: readonly Pass[],
): Line {
  const rates = (passes: readonly Pass[]) => passes.map(({ perSecond }) => perSecond)
  const middle = (passes: readonly Pass[], key: keyof Pass) =>
    spreadOf(passes.map((each) => each[key])).median
  const result = ratioOf(rates(product), rates(other))
  return {
    what: `recording / ${baseline} worker`,
    store,
    value: ratio(result),
    aim: `≥ ${aim}`,
    met: result.median >= aim,
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
