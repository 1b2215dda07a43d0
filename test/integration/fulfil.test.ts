import { randomUUID } from 'node:crypto'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals'
import { createCouponProviders } from '../../src/coupons/registry.ts'
import type { CouponProvider } from '../../src/ports/coupon-provider.ts'
import type { Row } from '../../src/ports/schema.ts'
import type { Store } from '../../src/ports/store.ts'
import type { FulfilDeps } from '../../workers/reward/deps.ts'
import { createFulfil } from '../../workers/reward/fulfil.ts'
import { newSigningSecret } from '../helpers/coupon-requests.ts'
import { type CouponService, startCouponService } from '../helpers/coupon-service.ts'
import {
  clock,
  collectingLogger,
  insert,
  jobContext,
  jobOf,
  makeRewardWorld,
  NOW,
  type RewardWorld,
  read,
  secretBox,
} from '../helpers/reward-world.ts'
import { type ScriptedServer, startScriptedServer } from '../helpers/scripted-server.ts'
import { openTempStore, type TempStore } from '../helpers/sqlite-store.ts'

const DAY_MS = 86_400_000
const signingSecret = newSigningSecret()
const { logger, lines } = collectingLogger()
let temp: TempStore
let store: Store
let service: CouponService
let servers: ScriptedServer[]

beforeEach(async () => {
  lines.length = 0
  servers = []
  temp = await openTempStore()
  store = temp.store
  const dataFile = join(temp.folder, 'coupons.jsonl')
  service = await startCouponService({ dataFile, signingSecret, clock })
})

afterEach(async () => {
  await service.stop()
  await Promise.all(servers.map((server) => server.stop()))
  await temp.close()
})

function fulfilWith(deps: Partial<FulfilDeps> = {}) {
  const allowedHosts = [new URL(service.url).host, ...servers.map(({ host }) => host)]
  const providers = createCouponProviders({ store, clock, allowedHosts })
  return createFulfil({ store, providers, secretBox, clock, logger, ...deps })
}

function askingService(url = service.url): Promise<RewardWorld> {
  return makeRewardWorld(store, { provider: 'http', settings: { url } }, { signingSecret })
}

async function askingServerThatAnswers(status: number, headers: Record<string, string> = {}, body = '') {
  const server = await startScriptedServer((response) => response.writeHead(status, headers).end(body))
  servers.push(server)
  return { server, world: await askingService(server.url) }
}

function reload(reward: Row<'reward_log'>): Promise<Row<'reward_log'>> {
  return read(store, 'reward_log', reward.id)
}

/** Providers of which the `http` one answers as told. */
function providersThat(issue: CouponProvider['issue']): FulfilDeps['providers'] {
  const real = createCouponProviders({ store, clock }).get('http')
  if (real === undefined) throw new Error('no http provider')
  return new Map([['http', { ...real, issue }]])
}

describe('fulfilling a reward', () => {
  it('asks for the drawn code and writes down coupon and times', async () => {
    const world = await askingService()
    const reward = await world.addReward({ createdAt: NOW - DAY_MS }, { expiresInDays: 30 })
    await fulfilWith()(jobOf(reward), jobContext())
    expect(await reload(reward)).toEqual({
      ...reward,
      fulfilmentStatus: 'issued',
      askedAt: NOW,
      couponCode: reward.drawnCode,
      rewardIssuedAt: NOW,
      rewardExpiryAt: NOW + 29 * DAY_MS,
      dueAt: null,
      waitingForProviderId: null,
      revision: 3,
      updatedAt: NOW,
    })
    expect(service.issued()).toEqual([
      {
        key: reward.id,
        code: reward.drawnCode,
        expiresAt: new Date(NOW + 29 * DAY_MS).toISOString(),
        asked: 1,
      },
    ])
  })

  it('lets code and expiry of the service win', async () => {
    const body = JSON.stringify({ code: 'THEIRS', expiresAt: '2026-12-01T00:00:00Z' })
    const { world } = await askingServerThatAnswers(200, {}, body)
    const reward = await world.addReward({}, { expiresInDays: 30 })
    await fulfilWith()(jobOf(reward), jobContext())
    expect(await reload(reward)).toMatchObject({
      couponCode: 'THEIRS',
      rewardExpiryAt: Date.parse('2026-12-01T00:00:00Z'),
    })
  })

  it('counts the expiry from the end of a hold, and leaves it out where none is asked for', async () => {
    const world = await askingService()
    const createdAt = NOW - 20 * DAY_MS
    const held = await world.addReward({ createdAt, fulfilAfter: NOW - DAY_MS }, { expiresInDays: 7 })
    const endless = await world.addReward()
    await fulfilWith()(jobOf(held), jobContext())
    await fulfilWith()(jobOf(endless), jobContext())
    expect((await reload(held)).rewardExpiryAt).toBe(NOW + 6 * DAY_MS)
    expect((await reload(endless)).rewardExpiryAt).toBeNull()
  })

  it('goes on where an earlier worker was cut off', async () => {
    const world = await askingService()
    const reward = await world.addReward({ fulfilmentStatus: 'issuing', revision: 2 })
    await fulfilWith()(jobOf(reward), jobContext())
    expect(await reload(reward)).toMatchObject({ fulfilmentStatus: 'issued', revision: 3 })
  })

  it('says nothing of secrets, codes or people in the log', async () => {
    const world = await askingService('http://localhost:1/')
    const reward = await world.addReward()
    await fulfilWith()(jobOf(reward), jobContext({ lastTry: true })).catch(() => undefined)
    expect(lines).toHaveLength(1)
    for (const secret of [signingSecret, String(reward.drawnCode), 'customer-1']) {
      expect(lines.join()).not.toContain(secret)
    }
  })
})

describe('there is nothing to do', () => {
  it.each<[string, Partial<Row<'reward_log'>>]>([
    ['issued', { fulfilmentStatus: 'issued', couponCode: 'A' }],
    ['failed', { fulfilmentStatus: 'failed' }],
    ['held', { fulfilmentStatus: 'held' }],
    ['revoked', { fulfilmentStatus: 'revoked', standing: false }],
  ])('for a reward that is %s', async (_, given) => {
    const reward = await (await askingService()).addReward(given)
    await fulfilWith()(jobOf(reward), jobContext())
    expect(await reload(reward)).toEqual(reward)
    expect(service.issued()).toEqual([])
  })

  it('for a reward that an operator abandoned', async () => {
    const failureReason = 'ABANDONED: the shop is closed'
    const reward = await (await askingService()).addReward({ fulfilmentStatus: 'failed', failureReason })
    await fulfilWith()(jobOf(reward), jobContext())
    expect(await reload(reward)).toEqual(reward)
  })

  it('for a manual reward', async () => {
    const reward = await (await askingService()).addReward({}, null)
    await fulfilWith()(jobOf(reward), jobContext())
    expect(await reload(reward)).toEqual(reward)
  })

  it('for a job whose place a newer one has taken', async () => {
    const reward = await (await askingService()).addReward({ attempt: 2 })
    await fulfilWith()({ ...jobOf(reward), attempt: 1 }, jobContext())
    expect(await reload(reward)).toEqual(reward)
    expect(service.issued()).toEqual([])
  })

  it('for a reward that does not exist, or belongs to another account', async () => {
    const reward = await (await askingService()).addReward()
    await fulfilWith()({ ...jobOf(reward), rewardLogId: randomUUID() }, jobContext())
    await fulfilWith()({ ...jobOf(reward), accountId: randomUUID() }, jobContext())
    expect(await reload(reward)).toEqual(reward)
    expect(service.issued()).toEqual([])
  })
})

describe('passing trouble', () => {
  it('is handed to the queue, with the wait that was asked for; the reward goes on waiting', async () => {
    const { world } = await askingServerThatAnswers(503, { 'retry-after': '120' })
    const reward = await world.addReward()
    await expect(fulfilWith()(jobOf(reward), jobContext())).rejects.toMatchObject({
      code: 'PROVIDER_UNAVAILABLE',
      retryable: true,
      retryAfterMs: 120_000,
    })
    expect(await reload(reward)).toMatchObject({
      fulfilmentStatus: 'issuing',
      dueAt: NOW,
      failureReason: null,
    })
  })

  it('at the last try makes the reward fail, saying why', async () => {
    const { world } = await askingServerThatAnswers(503)
    const reward = await world.addReward()
    const lastTry = fulfilWith()(jobOf(reward), jobContext({ lastTry: true }))
    await expect(lastTry).rejects.toMatchObject({ code: 'PROVIDER_UNAVAILABLE' })
    expect(await reload(reward)).toMatchObject({
      fulfilmentStatus: 'failed',
      failureReason: 'PROVIDER_UNAVAILABLE: the coupon service answered 503',
      couponCode: null,
      dueAt: null,
    })
  })

  it('of a worker that is told to stop does not use up the last try', async () => {
    const stopping = new AbortController()
    const server = await startScriptedServer(() => stopping.abort())
    servers.push(server)
    const reward = await (await askingService(server.url)).addReward()
    const context = jobContext({ lastTry: true, signal: stopping.signal })
    await expect(fulfilWith()(jobOf(reward), context)).rejects.toMatchObject({ retryable: true })
    expect(await reload(reward)).toMatchObject({ fulfilmentStatus: 'issuing', dueAt: NOW })
  })

  it('is what credentials are that cannot be decrypted', async () => {
    const world = await askingService()
    const reward = await world.addReward()
    const closed = {
      ...secretBox,
      open: () => {
        throw new Error('sealed with another key')
      },
    }
    await expect(fulfilWith({ secretBox: closed })(jobOf(reward), jobContext())).rejects.toMatchObject({
      code: 'PROVIDER_UNAVAILABLE',
      message: expect.stringMatching(/^CREDENTIALS_UNREADABLE/),
    })
    await fulfilWith()(jobOf(reward), jobContext())
    expect((await reload(reward)).fulfilmentStatus).toBe('issued')
  })

  it('is not spent on opening credentials again: for a minute, unless they were sealed anew', async () => {
    const world = await askingService()
    let opened = 0
    let now = NOW
    const counting = {
      ...secretBox,
      open: (...args: Parameters<typeof secretBox.open>) => {
        opened += 1
        return secretBox.open(...args)
      },
    }
    const fulfil = fulfilWith({ secretBox: counting, clock: { now: () => now } })
    const issue = async () => fulfil(jobOf(await world.addReward()), jobContext())
    await issue()
    await issue()
    expect(opened).toBe(1)
    now += 60_000
    await issue()
    expect(opened).toBe(2)
    const place = { collection: 'coupon_provider', id: world.providerId, field: 'sealedCredentials' } as const
    const sealedCredentials = secretBox.seal(JSON.stringify({ signingSecret }), place)
    const { id, accountId } = await read(store, 'coupon_provider', world.providerId)
    const set = { sealedCredentials }
    await store.commit([{ op: 'update', collection: 'coupon_provider', id, accountId, guard: {}, set }])
    await issue()
    expect(opened).toBe(3)
  })

  it('is what a provider is that throws; what it said goes nowhere', async () => {
    const reward = await (await askingService()).addReward()
    const providers = providersThat(async () => {
      throw new Error(`cannot read ${signingSecret}`)
    })
    const lastTry = fulfilWith({ providers })(jobOf(reward), jobContext({ lastTry: true }))
    await expect(lastTry).rejects.toMatchObject({ code: 'PROVIDER_UNAVAILABLE' })
    expect((await reload(reward)).failureReason).toMatch(/^PROVIDER_ERROR/)
    expect(lines.join()).not.toContain(signingSecret)
  })
})

const thrownBy = (work: Promise<void>) =>
  work.then(
    () => null,
    (error: unknown) => error,
  )

describe('a reward fails at once', () => {
  async function failureOf(
    reward: Row<'reward_log'>,
    deps: Partial<FulfilDeps> = {},
  ): Promise<string | null> {
    const thrown = await thrownBy(fulfilWith(deps)(jobOf(reward), jobContext()))
    const stored = await reload(reward)
    expect(stored).toMatchObject({
      fulfilmentStatus: 'failed',
      couponCode: null,
      dueAt: null,
      updatedAt: NOW,
    })
    // the job that is listed as failed says what its row says
    const failed = { code: 'FAILED_FOR_GOOD', retryable: false, message: stored.failureReason }
    expect(thrown).toMatchObject(failed)
    // and says so again to whoever has it tried again
    expect(await thrownBy(fulfilWith(deps)(jobOf(reward), jobContext()))).toMatchObject(failed)
    expect(await reload(reward)).toEqual(stored)
    return stored.failureReason
  }

  it('when the service refuses', async () => {
    const { world } = await askingServerThatAnswers(422, {}, '{"error":"secret"}')
    expect(await failureOf(await world.addReward())).toBe('PROVIDER_REFUSED: the coupon service answered 422')
  })

  it('when its provider is gone', async () => {
    const world = await askingService()
    const reward = await world.addReward({}, { providerId: randomUUID() })
    expect(await failureOf(reward)).toMatch(/^PROVIDER_GONE/)
  })

  it('when its provider is that of another account', async () => {
    const [world, other] = [await askingService(), await askingService()]
    const reward = await world.addReward({}, { providerId: other.providerId })
    expect(await failureOf(reward)).toMatch(/^PROVIDER_GONE/)
  })

  it('when its kind of provider is not part of this version', async () => {
    const reward = await (await askingService()).addReward()
    expect(await failureOf(reward, { providers: new Map() })).toMatch(/^PROVIDER_NOT_SUPPORTED: .*"http"/)
  })

  it('when its coupon would have lapsed before anybody was asked', async () => {
    const world = await askingService()
    const reward = await world.addReward({ createdAt: NOW - 7 * DAY_MS }, { expiresInDays: 7 })
    expect(await failureOf(reward)).toMatch(/^COUPON_EXPIRED: .*2026-11-22T10:00:00.000Z/)
    expect(service.issued()).toEqual([])
  })

  it('when the service answers with a coupon that has lapsed', async () => {
    const { world } = await askingServerThatAnswers(
      200,
      {},
      '{"code":"A","expiresAt":"2026-11-22T10:00:00Z"}',
    )
    expect(await failureOf(await world.addReward())).toMatch(/^COUPON_EXPIRED/)
  })

  it('with a reason of at most 256 well-formed characters', async () => {
    const reward = await (await askingService()).addReward()
    const reason = `${'x'.repeat(255)}🎉`
    const stored = await failureOf(reward, {
      providers: providersThat(async () => ({ outcome: 'failed', reason })),
    })
    expect(stored).toBe(`${'x'.repeat(255)}\uFFFD`)
  })
})

describe('one coupon per reward', () => {
  it('when two workers have the same job at the same time', async () => {
    const reward = await (await askingService()).addReward()
    await Promise.all(Array.from({ length: 5 }, () => fulfilWith()(jobOf(reward), jobContext())))
    expect(await reload(reward)).toMatchObject({ fulfilmentStatus: 'issued', couponCode: reward.drawnCode })
    expect(service.issued()).toMatchObject([{ key: reward.id, code: reward.drawnCode }])
  })

  it('when the answer comes and the store is away: asked again, the same coupon', async () => {
    const reward = await (await askingService()).addReward()
    let commits = 0
    const failing: Store = {
      ...bound(store),
      commit: (changes) => {
        commits += 1
        if (commits === 2) throw new Error('the connection broke')
        return store.commit(changes)
      },
    }
    await expect(fulfilWith({ store: failing })(jobOf(reward), jobContext())).rejects.toThrow(
      'the connection broke',
    )
    await fulfilWith()(jobOf(reward), jobContext({ tryNumber: 2 }))
    expect(await reload(reward)).toMatchObject({ fulfilmentStatus: 'issued', couponCode: reward.drawnCode })
    expect(service.issued()).toMatchObject([{ key: reward.id, code: reward.drawnCode, asked: 2 }])
  })

  it('and none on a reward that was revoked while the service was asked', async () => {
    const { id, accountId } = await (await askingService()).addReward()
    const reward = await read(store, 'reward_log', id)
    const providers = providersThat(async ({ code }) => {
      const set = { fulfilmentStatus: 'revoked' as const, standing: false, revision: 3 }
      await store.commit([{ op: 'update', collection: 'reward_log', id, accountId, set }])
      return { outcome: 'issued', code, expiresAt: null }
    })
    await fulfilWith({ providers })(jobOf(reward), jobContext())
    expect(await reload(reward)).toMatchObject({ fulfilmentStatus: 'revoked', couponCode: null, revision: 3 })
  })
})

describe('codes of a pool', () => {
  async function makePool(codes: number): Promise<RewardWorld> {
    const world = await makeRewardWorld(store, { provider: 'pool', settings: {} })
    const { accountId, providerId } = world
    for (let index = 0; index < codes; index++) {
      const code = `POOL-${index}`
      await insert(store, 'coupon_code', {
        accountId,
        providerId,
        code,
        source: 'pool',
        createdAt: NOW + index,
      })
    }
    return world
  }

  it('are each handed out once when 20 workers race for 20 of them', async () => {
    const world = await makePool(20)
    const rewards = await Promise.all(Array.from({ length: 20 }, () => world.addReward()))
    await Promise.all(rewards.map((reward) => fulfilWith()(jobOf(reward), jobContext())))
    const issued = await Promise.all(rewards.map(reload))
    expect(issued.map(({ fulfilmentStatus }) => fulfilmentStatus)).toEqual(Array(20).fill('issued'))
    expect(new Set(issued.map(({ couponCode }) => couponCode)).size).toBe(20)
    const codes = await store.find('coupon_code', { limit: 100 })
    const owners = new Map(codes.map(({ code, rewardLogId }) => [code, rewardLogId]))
    for (const { id, couponCode } of issued) expect(owners.get(String(couponCode))).toBe(id)
  })

  it('that run out make the next reward wait, and fail at the last try', async () => {
    const world = await makePool(1)
    const [first, second] = [await world.addReward(), await world.addReward()]
    await fulfilWith()(jobOf(first), jobContext())
    await expect(fulfilWith()(jobOf(second), jobContext())).rejects.toMatchObject({
      message: expect.stringMatching(/^POOL_EMPTY/),
    })
    // there surely is no coupon yet, so that a withdrawal or an erasure still revokes it
    expect((await reload(second)).fulfilmentStatus).toBe('pending')
    await fulfilWith()(jobOf(second), jobContext({ lastTry: true })).catch(() => undefined)
    expect(await reload(second)).toMatchObject({
      fulfilmentStatus: 'failed',
      failureReason: expect.stringMatching(/^POOL_EMPTY/),
    })
  })

  it('are taken from the oldest 64', async () => {
    const world = await makePool(70)
    const reward = await world.addReward()
    const picks: number[] = []
    const providers = createCouponProviders({ store, clock, pick: (limit) => picks.push(limit) && limit - 1 })
    await fulfilWith({ providers })(jobOf(reward), jobContext())
    expect(picks).toEqual([64])
    expect((await reload(reward)).couponCode).toBe('POOL-63')
  })

  it('of other pools and accounts, and codes that were drawn, are left alone', async () => {
    const [world, other] = [await makePool(0), await makePool(1)]
    const { accountId, providerId } = world
    await insert(store, 'coupon_code', { accountId, providerId, code: 'DRAWN', source: 'drawn' })
    await insert(store, 'coupon_code', { accountId, providerId: randomUUID(), code: 'ELSE', source: 'pool' })
    await insert(store, 'coupon_code', {
      accountId: other.accountId,
      providerId,
      code: 'FOREIGN',
      source: 'pool',
    })
    const reward = await world.addReward()
    await expect(fulfilWith()(jobOf(reward), jobContext())).rejects.toMatchObject({
      message: expect.stringMatching(/^POOL_EMPTY/),
    })
  })
})

/** The methods of a store as an object of their own, to replace one. */
function bound(original: Store): Store {
  return {
    kind: original.kind,
    findByKeys: (collection, fields, keys) => original.findByKeys(collection, fields, keys),
    find: (collection, query) => original.find(collection, query),
    count: (collection, where, max) => original.count(collection, where, max),
    commit: (changes) => original.commit(changes),
    migrate: () => original.migrate(),
    outstanding: () => original.outstanding(),
    schemaVersion: () => original.schemaVersion(),
    note: (name) => original.note(name),
    writeNote: (name, before, value) => original.writeNote(name, before, value),
    purge: () => original.purge(),
    ping: () => original.ping(),
    durability: () => original.durability(),
    close: () => original.close(),
  }
}
