import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals'
import { createStripeHands } from '../../connectors/stripe/hands/index.ts'
import { createStripeProvider } from '../../src/coupons/stripe/index.ts'
import { type StripeDouble, startStripeDouble } from '../../src/doubles/stripe/index.ts'
import { createPlatformCalls } from '../../src/platforms/calls.ts'
import { createOrigins } from '../../src/platforms/origins.ts'
import { createOwnPace } from '../../src/platforms/own-pace.ts'
import type { CouponProvider } from '../../src/ports/coupon-provider.ts'
import type { Pace } from '../../src/ports/pace.ts'
import type { PlatformDoor } from '../../src/ports/platform-door.ts'
import { openRedisLink, type RedisLink } from '../../src/queue/redis-link.ts'
import { createSharedPace } from '../../src/queue/shared-pace.ts'
import { couponRequest } from '../helpers/coupon-requests.ts'
import { tell } from '../helpers/doubles.ts'
import { freePort, redisForTests, type TestRedis } from '../helpers/redis-server.ts'

/** Timers may be a little early. */
const EARLY_MS = 5

let redis: TestRedis
let links: RedisLink[] = []
beforeAll(async () => {
  redis = await redisForTests()
})
afterEach(async () => {
  for (const link of links) link.close()
  links = []
  await redis.flush()
})
afterAll(() => redis.stop())

/** That of a process of its own. */
function paceOf(redisUrl = redis.url): Pace {
  const link = openRedisLink({ redisUrl, role: 'producer' })
  links.push(link)
  return createSharedPace({ link, own: createOwnPace(), prefix: redis.prefix })
}

const turns = (paces: readonly Pace[], each: number, key = 'a key', apartMs = 20) =>
  Promise.all(paces.flatMap((pace) => Array.from({ length: each }, () => pace(key, apartMs))))

async function msFor(act: () => Promise<unknown>): Promise<number> {
  const before = performance.now()
  await act()
  return performance.now() - before
}

describe('the pace of an installation', () => {
  it('is that of all its processes together', async () => {
    const paces = [paceOf(), paceOf(), paceOf()]
    expect(await msFor(() => turns(paces, 10))).toBeGreaterThan(29 * 20 - EARLY_MS)
  })

  it('is another for each key', async () => {
    const [one, other] = [paceOf(), paceOf()]
    await turns([one!], 1, 'a key', 3_600_000)
    await turns([other!], 1, 'another key', 3_600_000)
  })

  it('is that of each process where Redis is not to be had', async () => {
    const nowhere = `redis://127.0.0.1:${await freePort()}`
    expect(await msFor(() => turns([paceOf(nowhere)], 10))).toBeGreaterThan(9 * 20 - EARLY_MS)
  })

  it('is taken up anew where Redis’ clock was set back', async () => {
    const pace = paceOf()
    await turns([pace], 1)
    const { client } = links[0]!
    const [key] = await client.keys('*')
    const dayAhead = (Date.now() + 86_400_000) * 1_000
    await client.set(key!, String(dayAhead))
    await turns([pace], 1)
  })

  it('is waited for no longer than the signal says', async () => {
    const pace = paceOf()
    await turns([pace], 1, 'a key', 50_000)
    await pace('a key', 50_000, AbortSignal.abort())
  })
})

describe('the budget of a Stripe account', () => {
  let double: StripeDouble
  beforeEach(async () => {
    double = await startStripeDouble()
  })
  afterEach(() => double.stop())

  /** Of a worker process of its own. */
  function providerBy(apiKey: string): CouponProvider {
    const origins = createOrigins(new Map([['stripe', double.origin]]))
    const parts = { calls: createPlatformCalls({ origins }), clock: double.clock, pace: paceOf() }
    const hands = createStripeHands(parts)
    const door: PlatformDoor = {
      use: (_account, _connector, ask) => ask(hands, {} as Parameters<typeof ask>[1], { apiKey }),
    }
    return createStripeProvider({ door })
  }

  /** Answers of 429 while so many rewards are worked for by two processes at once. */
  async function refusalsOf(live: boolean, rewards: number): Promise<number> {
    const { id } = await tell<{ id: string }>(double, 'POST /keys', { live })
    const providers = [providerBy(id), providerBy(id)]
    const shared = { accountId: 'account', connectorId: 'connector' }
    const requests = Array.from({ length: rewards }, () => couponRequest(shared))
    await Promise.all(
      requests.map(async (request, at) => {
        const provider = providers[at % providers.length]!
        await provider.issue(request)
        const taken = { ...request, wasIssued: true, idempotencyKey: `${request.rewardLogId}-revoke` }
        await provider.revoke(taken)
      }),
    )
    const { requests: seen } = await tell<{ requests: { status: number }[] }>(double, 'GET /requests')
    expect(seen.length).toBeGreaterThan(rewards)
    return seen.filter(({ status }) => status === 429).length
  }

  it('is not overdrawn at any endpoint, whichever processes make coupons and take them back', async () => {
    expect(await refusalsOf(true, 60)).toBe(0)
  })

  it('is smaller in a sandbox, for all endpoints together', async () => {
    expect(await refusalsOf(false, 20)).toBe(0)
  })
})
