import { randomUUID } from 'node:crypto'
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals'
import { createCouponProviders } from '../../src/coupons/registry.ts'
import type { Row } from '../../src/ports/schema.ts'
import { wholeQuantity } from '../../src/streaks/quantity.ts'
import { createFulfil } from '../../workers/reward/fulfil.ts'
import { newSigningSecret } from '../helpers/coupon-requests.ts'
import { EngineKit } from '../helpers/engine-kit.ts'
import { quietLogger } from '../helpers/quiet-logger.ts'
import { insert, jobContext, jobOf, secretBox } from '../helpers/reward-world.ts'
import { type ScriptedServer, startScriptedServer } from '../helpers/scripted-server.ts'
import { credentialsOf } from '../helpers/secret-places.ts'
import { openTempStore, type TempStore } from '../helpers/sqlite-store.ts'

const june = (day: number) => Date.UTC(2025, 5, day, 12)
const signingSecret = newSigningSecret()

/** A coupon that was issued and whose day is taken back: its provider is asked. */
describe('taking an issued coupon back', () => {
  let temp: TempStore
  let kit: EngineKit
  let service: ScriptedServer
  let answer: { status: number; body: object }
  /** What happens while the service is at its next request. */
  let meanwhile: (() => Promise<void>) | undefined

  beforeEach(async () => {
    temp = await openTempStore()
    kit = new EngineKit(temp.store)
    meanwhile = undefined
    service = await startScriptedServer(async (response) => {
      const first = meanwhile
      meanwhile = undefined
      await first?.()
      response
        .writeHead(answer.status, { 'content-type': 'application/json' })
        .end(JSON.stringify(answer.body))
    })
  })
  afterEach(async () => {
    await service.stop()
    await temp.close()
  })

  /** A reward of one day, issued, whose day was then withdrawn. */
  async function revoking(settings: object): Promise<Row<'reward_log'>> {
    const log = await granted(settings)
    answer = { status: 200, body: { code: 'THEIRS' } }
    await fulfil()
    await kit.withdraw(log.id)
    return theReward()
  }

  /** The log that was granted a reward. */
  async function granted(settings: object): Promise<Row<'streak_log'>> {
    const id = randomUUID()
    const provider = await insert(temp.store, 'coupon_provider', {
      id,
      accountId: kit.accountId,
      provider: 'http',
      settings: { url: service.url, ...settings },
      sealedCredentials: secretBox.seal(
        JSON.stringify({ signingSecret }),
        credentialsOf('coupon_provider', id),
      ),
    })
    const streak = await kit.streak()
    const reward = { providerId: provider.id, discount: { percentage: '10' } }
    await kit.milestone(streak, { milestoneTargetValue: wholeQuantity(1), reward, onWithdrawal: 'revoke' })
    const result = await kit.record(streak, june(1))
    if (result.outcome !== 'recorded') throw new Error(`not recorded: ${result.outcome}`)
    return result.log
  }

  async function theReward(): Promise<Row<'reward_log'>> {
    const [reward] = await kit.rows('reward_log')
    return reward!
  }

  async function fulfil(lastTry = false, given?: Row<'reward_log'>): Promise<Row<'reward_log'>> {
    const clock = { now: () => kit.now }
    const providers = createCouponProviders({ store: temp.store, clock, allowedHosts: [service.host] })
    const run = createFulfil({ store: temp.store, providers, secretBox, clock, logger: quietLogger })
    const reward = given ?? (await theReward())
    await run(jobOf(reward), jobContext({ lastTry }))
    return (await kit.rows('reward_log')).find(({ id }) => id === reward.id)!
  }

  const outcome = (row: Row<'reward_log'>) => [row.fulfilmentStatus, row.couponUsed, row.standing, row.dueAt]
  const runs = () => kit.rows('run')

  it('ends its standing when the service says that it was not used', async () => {
    const waiting = await revoking({ revokeUrl: `${service.url}/revoke` })
    expect([waiting.fulfilmentStatus, waiting.standing, waiting.dueAt]).toEqual(['revoking', true, kit.now])
    answer = { status: 200, body: { used: false } }
    expect(outcome(await fulfil())).toEqual(['revoked', 'no', false, null])
    const asked = service.seen.at(-1)!
    expect([asked.path, JSON.parse(asked.body)]).toEqual([
      '/coupons/revoke',
      {
        idempotencyKey: `${waiting.id}-revoke`,
        rewardLogId: waiting.id,
        accountId: kit.accountId,
        code: 'THEIRS',
      },
    ])
  })

  it.each([
    ['was used', { status: 200, body: { used: true } }, 'yes', true],
    ['is not known there', { status: 404, body: {} }, 'no', false],
    ['cannot be told', { status: 200, body: {} }, 'unknown', true],
    ['may not be disabled', { status: 403, body: {} }, 'unknown', true],
  ])('records that it %s', async (_, given, used, standing) => {
    await revoking({ revokeUrl: `${service.url}/revoke` })
    answer = given
    expect(outcome(await fulfil())).toEqual(['revoked', used, standing, null])
  })

  it('waits for a coupon that is just being made before it is asked back', async () => {
    const log = await granted({ revokeUrl: `${service.url}/revoke` })
    meanwhile = async () => {
      await kit.withdraw(log.id)
      answer = { status: 404, body: {} }
      await expect(fulfil()).rejects.toMatchObject({
        code: 'PROVIDER_UNAVAILABLE',
        message: expect.stringContaining('COUPON_BEING_MADE'),
        retryAfterMs: 15_000,
      })
      answer = { status: 200, body: { code: 'THEIRS' } }
    }
    await fulfil().catch(() => undefined)
    expect(service.seen.map(({ path }) => path)).toEqual(['/coupons'])
    kit.now += 15_000
    answer = { status: 200, body: { used: false } }
    expect(outcome(await fulfil())).toEqual(['revoked', 'no', false, null])
    expect(service.seen.map(({ path }) => path)).toEqual(['/coupons', '/coupons/revoke'])
  })

  it('asks for a coupon back that was made in the end, though its service had said that there was none', async () => {
    const log = await granted({ revokeUrl: `${service.url}/revoke` })
    meanwhile = async () => {
      await kit.withdraw(log.id)
      kit.now += 15_000
      answer = { status: 404, body: {} }
      expect(outcome(await fulfil())).toEqual(['revoked', 'no', false, null])
      // the day earns anew: what comes late must not take its place
      const [streak] = await temp.store.findByKeys('streak', ['id'], [[log.streakId]])
      await kit.record(streak!, june(1))
      answer = { status: 200, body: { code: 'LATE' } }
    }
    await fulfil()
    const late = (await kit.rows('reward_log')).find(({ streakLogId }) => streakLogId === log.id)!
    expect(outcome(late)).toEqual(['revoking', 'no', false, kit.now])
    kit.now += 15_000
    answer = { status: 200, body: { used: true } }
    expect(outcome(await fulfil(false, late))).toEqual(['revoked', 'yes', false, null])
    expect(service.seen.filter(({ path }) => path === '/coupons/revoke')).toHaveLength(2)
    const rewards = await kit.rows('reward_log')
    expect(rewards.filter(({ standing }) => standing)).toHaveLength(1)
    expect((await runs()).map(({ standing }) => Object.values(standing))).toEqual([[1]])
  })

  it('counts a coupon as used when there is nobody to ask', async () => {
    await revoking({})
    const asked = service.seen.length
    expect(outcome(await fulfil())).toEqual(['revoked', 'unknown', true, null])
    expect(service.seen).toHaveLength(asked)
  })

  it('asks again while the service is away, and counts the coupon as used after the last try', async () => {
    await revoking({ revokeUrl: `${service.url}/revoke` })
    answer = { status: 503, body: {} }
    await expect(fulfil()).rejects.toMatchObject({ code: 'PROVIDER_UNAVAILABLE' })
    expect((await theReward()).fulfilmentStatus).toBe('revoking')
    expect(outcome(await fulfil(true))).toEqual(['revoked', 'unknown', true, null])
  })

  it('lets the day earn anew once the unused coupon is gone, and the run count only what stands', async () => {
    await revoking({ revokeUrl: `${service.url}/revoke` })
    const [streakId] = (await kit.rows('member_streak')).map((row) => row.streakId)
    const [streak] = await temp.store.findByKeys('streak', ['id'], [[streakId!]])
    // the day is completed again before the service answers: the reward still stands in its run
    await kit.record(streak!, june(1) + 1)
    const milestoneId = (await theReward()).milestoneId
    expect((await runs()).map((run) => run.standing[milestoneId])).toEqual([1])
    answer = { status: 200, body: { used: false } }
    await fulfil()
    expect((await runs()).map((run) => run.standing[milestoneId])).toEqual([0])
    expect((await kit.rows('member_streak'))[0]!.version).toBe(4)
  })
})
