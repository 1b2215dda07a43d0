import type { StoreKind } from '../helpers/open-store.ts'
import { until } from '../helpers/until.ts'
import { type Child, spawnChild } from './child-process.ts'
import { type CouponReceiver, startCouponReceiver } from './coupon-receiver.ts'
import { count, quantile } from './figures.ts'
import { type Installation, makeInstallation, WEBHOOK_SECRET } from './installation.ts'
import { openLoop } from './open-loop.ts'
import type { Line } from './report.ts'
import type { Bench } from './servers.ts'
import { webhooks } from './webhooks.ts'

const WARM_UP_RATE = 100
/** So few a second come alone. */
const LONE_RATE = 10
/** How long after the last webhook was due its coupon is waited for. */
const PATIENCE_MS = 120_000
const LEAD_MS = 50
const FIRST_MEMBER = 7_000_000

/** What p95 of the whole way should be at most, in milliseconds, by webhooks a second. */
const AIMS: Readonly<Record<StoreKind, Readonly<Record<number, number>>>> = {
  sqlite: { [LONE_RATE]: 25, 200: 25, 1000: 1_000 },
  mongodb: { [LONE_RATE]: 25, 200: 75, 500: 1_000 },
}
const ANSWER_AIM_MS: Readonly<Record<number, number>> = { 200: 10 }

interface Side {
  readonly children: readonly Child[]
  readonly port: number
  readonly path: string
  readonly receiver: CouponReceiver
  /** Customers it has seen: each order is another one's first. */
  seen: number
}

interface Pass {
  readonly answers: readonly number[]
  /** Of the webhooks whose coupon was asked for in time. */
  readonly ways: readonly number[]
  readonly missing: number
  readonly cpuMicros: number
}

/**
 * From when a webhook was due until a coupon service has read the request for its coupon, beside an Express handler and
 * a BullMQ worker that posts. Each order is the first of a member and reaches a milestone.
 */
export async function measureCoupons(bench: Bench, store: StoreKind, report: (line: Line) => void) {
  const receivers = [await startCouponReceiver(), await startCouponReceiver()] as const
  const { redis, mongo } = bench
  const installation = await makeInstallation({
    ...{ store, redisUrl: redis.url, mongoUri: mongo?.anotherUri() },
    coupons: receivers[0],
  })
  const all: Child[] = []
  const spawn = () => all[all.push(spawnChild(bench.children)) - 1]!
  try {
    const sides = [
      await startProduct(spawn, store, installation, receivers[0]),
      await startPoster(spawn, redis.url, receivers[1]),
    ] as const
    for (const side of sides) await pass(side, WARM_UP_RATE, bench.sizes.couponSeconds)
    for (const rate of [LONE_RATE, ...bench.sizes.couponRates]) {
      const [own, bare] = [
        await pass(sides[0], rate, bench.sizes.couponSeconds),
        await pass(sides[1], rate, bench.sizes.couponSeconds),
      ]
      for (const line of linesOf(store, rate, own, bare)) report(line)
      if (own.missing > 0) break
    }
    for (const child of all) await child.stop()
  } finally {
    await Promise.all(all.map((child) => child.exit()))
    await installation.remove()
    for (const receiver of receivers) receiver.close()
  }
}

/** As it is run: with SQLite one process does everything, with MongoDB the web and the worker are apart. */
async function startProduct(
  spawn: () => Child,
  store: StoreKind,
  { env, connector }: Installation,
  receiver: CouponReceiver,
): Promise<Side> {
  const web = spawn()
  const start = (child: Child, roles: ('web' | 'worker')[]) => child.start({ kind: 'product', env, roles })
  const port = await start(web, store === 'sqlite' ? ['web', 'worker'] : ['web'])
  const children = [web]
  if (store !== 'sqlite') {
    const worker = spawn()
    await start(worker, ['worker'])
    children.push(worker)
  }
  const path = `/webhooks/shopify/${connector.id}`
  return { children, port: port!, path, receiver, seen: 0 }
}

async function startPoster(spawn: () => Child, redisUrl: string, receiver: CouponReceiver): Promise<Side> {
  const child = spawn()
  const port = await child.start({ kind: 'poster', redisUrl, secret: WEBHOOK_SECRET, url: receiver.url })
  return { children: [child], port: port!, path: '/webhooks', receiver, seen: 0 }
}

async function pass(side: Side, rate: number, seconds: number): Promise<Pass> {
  const orders = rate * seconds
  const from = side.seen
  side.seen += orders
  const { requests } = webhooks(side.path, WEBHOOK_SECRET, from, orders, Number.MAX_SAFE_INTEGER)
  const before = await cpuOf(side)
  // connections of its own: those that nobody used meanwhile were closed
  const loop = await openLoop(side.port)
  const beginsAt = performance.now() + LEAD_MS
  const dueAt = (place: number) => beginsAt + (place * 1_000) / rate
  const answers = await loop.send(requests, dueAt).finally(() => loop.close())
  const readAt = (place: number) => side.receiver.readAt.get(`shopify:${FIRST_MEMBER + from + place}`)
  const isIn = () => requests.every((_, place) => readAt(place) !== undefined)
  await until(async () => isIn(), PATIENCE_MS).catch(() => {})
  const after = await cpuOf(side)
  const ways = requests.flatMap((_, place) => {
    const at = readAt(place)
    return at === undefined ? [] : [at - dueAt(place)]
  })
  const cpuMicros = ((after - before) / orders) * 1_000
  return { answers, ways, missing: orders - ways.length, cpuMicros }
}

async function cpuOf({ children }: Side): Promise<number> {
  const usages = await Promise.all(children.map((child) => child.usage()))
  return usages.reduce((sum, { cpuMs }) => sum + cpuMs, 0)
}

function linesOf(store: StoreKind, rate: number, own: Pass, bare: Pass): Line[] {
  const line = (what: string, key: 'answers' | 'ways', aim: number | undefined, missing: number): Line => {
    const [p50, p95] = [quantile(own[key], 0.5), quantile(own[key], 0.95)]
    const [bare50, bare95] = [quantile(bare[key], 0.5), quantile(bare[key], 0.95)]
    return {
      what: `${what} at ${count(rate)}/s: p50 / p95`,
      store,
      value: `${milliseconds(p50)} / ${milliseconds(p95)} ms`,
      aim: aim === undefined ? '' : `≤ ${aim} ms`,
      met: aim === undefined ? null : p95 <= aim && missing === 0,
      detail: [
        `bare pair ${milliseconds(bare50)} / ${milliseconds(bare95)} ms`,
        `${(p50 / bare50).toFixed(1)} and ${(p95 / bare95).toFixed(1)} times that`,
        `CPU ${count(own.cpuMicros)} µs to ${count(bare.cpuMicros)} µs each`,
        ...(missing === 0 ? [] : [`${count(missing)} coupons not asked for half a minute later`]),
      ].join(', '),
    }
  }
  return [
    line('answer', 'answers', ANSWER_AIM_MS[rate], 0),
    line('webhook to coupon service', 'ways', AIMS[store][rate], own.missing),
  ]
}

function milliseconds(value: number): string {
  return value < 100 ? value.toFixed(1) : count(value)
}
