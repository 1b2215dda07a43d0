import type { StoreKind } from '../helpers/open-store.ts'
import { until } from '../helpers/until.ts'
import { type Child, spawnChild } from './child-process.ts'
import { count, mebibytes, percent, ratioOf, type Spread, spreadOf } from './figures.ts'
import { type Installation, makeInstallation, WEBHOOK_SECRET } from './installation.ts'
import { type Load, openLoad } from './load.ts'
import { BASELINE_PREFIX, type BenchQueue, openBenchQueue, PRODUCT_PREFIX } from './queues.ts'
import type { Line } from './report.ts'
import { ratio } from './report.ts'
import type { Bench } from './servers.ts'
import { webhooks } from './webhooks.ts'

export const ACCEPTANCE_AIM = 0.8
export const WEB_AIM_BYTES = 256 * 1024 * 1024
const QUEUED_WITHIN_MS = 2_000

interface Side {
  readonly child: Child
  readonly load: Load
  readonly queue: BenchQueue
  readonly path: string
  readonly passes: Pass[]
}

interface Pass {
  readonly perSecond: number
  readonly cpuMicros: number
  readonly generatorCpu: number
  readonly leftToSweep: number
  readonly itemsPerJob: number
}

/** Webhook acceptance against an Express handler that checks the HMAC and adds the same job, one after the other. */
export async function measureAcceptance(
  bench: Bench,
  store: StoreKind,
): Promise<{ line: Line; memory: Line }> {
  const { redis, mongo, children } = bench
  const installation = await makeInstallation({ store, redisUrl: redis.url, mongoUri: mongo?.anotherUri() })
  const { env } = installation
  const [product, baseline] = [spawnChild(children), spawnChild(children)]
  try {
    const productPort = await product.start({ kind: 'product', env, roles: ['web'] })
    const baselinePort = await baseline.start({
      kind: 'express',
      redisUrl: redis.url,
      secret: WEBHOOK_SECRET,
    })
    const sides = [
      await openSide(bench, product, productPort!, PRODUCT_PREFIX, pathOf(installation)),
      await openSide(bench, baseline, baselinePort!, BASELINE_PREFIX, '/webhooks'),
    ] as const
    let bodyBytes = 0
    for (let round = 0; round <= bench.sizes.rounds; round += 1) {
      for (const side of sides) bodyBytes = await pass(bench, side, round)
    }
    for (const { load, queue } of sides) {
      load.close()
      await queue.close()
    }
    const { peakRssBytes } = await product.usage()
    await Promise.all([product.stop(), baseline.stop()])
    return {
      line: lineOf(store, sides[0].passes, sides[1].passes, bodyBytes),
      memory: memoryLine(store, peakRssBytes),
    }
  } finally {
    await Promise.all([product.exit(), baseline.exit()])
    await installation.remove()
  }
}

function pathOf({ connector }: Installation): string {
  return `/webhooks/shopify/${connector.id}`
}

async function openSide(
  bench: Bench,
  child: Child,
  port: number,
  prefix: string,
  path: string,
): Promise<Side> {
  const load = await openLoad(port, bench.sizes.connections)
  return { child, load, queue: openBenchQueue(bench.redis.url, prefix), path, passes: [] }
}

/** One pass of one side; the first warms up and is not kept. */
async function pass({ redis, sizes }: Bench, side: Side, round: number): Promise<number> {
  const { child, load, queue } = side
  const { requests, bodyBytes } = webhooks(side.path, WEBHOOK_SECRET, round * sizes.webhooks, sizes.webhooks)
  const before = await child.usage()
  const { seconds, cpuMs } = await load.send(requests)
  const after = await child.usage()
  const allQueued = until(async () => (await queue.waiting()).items === requests.length, QUEUED_WITHIN_MS)
  await allQueued.catch(() => {})
  const { jobs, items } = await queue.waiting()
  await redis.flush()
  if (round === 0) return bodyBytes
  side.passes.push({
    perSecond: requests.length / seconds,
    cpuMicros: ((after.cpuMs - before.cpuMs) / requests.length) * 1000,
    generatorCpu: cpuMs / 1000 / seconds,
    leftToSweep: requests.length - items,
    itemsPerJob: items / jobs,
  })
  return bodyBytes
}

function lineOf(
  store: StoreKind,
  product: readonly Pass[],
  baseline: readonly Pass[],
  bodyBytes: number,
): Line {
  const result: Spread = ratioOf(
    product.map(({ perSecond }) => perSecond),
    baseline.map(({ perSecond }) => perSecond),
  )
  const middle = (passes: readonly Pass[], key: keyof Pass) =>
    spreadOf(passes.map((each) => each[key])).median
  const left = product.reduce((sum, { leftToSweep }) => sum + leftToSweep, 0)
  return {
    what: 'acceptance / bare Express',
    store,
    value: ratio(result),
    aim: `≥ ${ACCEPTANCE_AIM}`,
    met: result.median >= ACCEPTANCE_AIM,
    detail: [
      `${count(middle(product, 'perSecond'))}/s to ${count(middle(baseline, 'perSecond'))}/s`,
      `bodies of ${count(bodyBytes)} bytes`,
      `CPU ${count(middle(product, 'cpuMicros'))} µs to ${count(middle(baseline, 'cpuMicros'))} µs each`,
      `generator at ${percent(middle(product, 'generatorCpu'))} and ${percent(middle(baseline, 'generatorCpu'))} of a core`,
      `${middle(product, 'itemsPerJob').toFixed(1)} webhooks a job`,
      ...(left === 0 ? [] : [`${left} jobs left to the sweep`]),
    ].join(', '),
  }
}

function memoryLine(store: StoreKind, peakRssBytes: number): Line {
  return {
    what: 'memory of web, accepting',
    store,
    value: mebibytes(peakRssBytes),
    aim: `≤ ${mebibytes(WEB_AIM_BYTES)}`,
    met: peakRssBytes <= WEB_AIM_BYTES,
    detail: 'peak resident set',
  }
}
