import { randomUUID } from 'node:crypto'
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals'
import type { Row } from '../../src/ports/schema.ts'
import { foldCode } from '../../src/rewards/code.ts'
import { patchRewardLog, type RewardLogPatch } from '../../src/rewards/patch.ts'
import { clock, insert, makeRewardWorld, NOW, type RewardWorld, read } from '../helpers/reward-world.ts'
import { openTempStore, type TempStore } from '../helpers/sqlite-store.ts'

const LATER = NOW + 86_400_000
let temp: TempStore
let world: RewardWorld

beforeEach(async () => {
  temp = await openTempStore()
  world = await makeRewardWorld(temp.store, { provider: 'pool', settings: {} })
})
afterEach(() => temp.close())

const addManual = (given: Partial<Row<'reward_log'>> = {}) => world.addReward(given, null)
const reload = (reward: Row<'reward_log'>) => read(temp.store, 'reward_log', reward.id)
const patch = (reward: Row<'reward_log'>, given: RewardLogPatch) =>
  patchRewardLog({ store: temp.store, clock, newId: randomUUID }, reward.accountId, reward.id, given)

function addCode(code: string, given: Partial<Row<'coupon_code'>> = {}) {
  const { accountId, providerId } = world
  return insert(temp.store, 'coupon_code', {
    accountId,
    providerId,
    code,
    foldedCode: foldCode(code),
    source: 'pool',
    ...given,
  })
}

/** The patch is refused with this code, and the row is as it was. */
async function expectRefusal(reward: Row<'reward_log'>, given: RewardLogPatch, code: string, path?: string) {
  const refusal = path === undefined ? { code } : { code, details: [expect.objectContaining({ path })] }
  await expect(patch(reward, given)).rejects.toMatchObject(refusal)
  expect(await reload(reward)).toEqual(reward)
}

describe('a manual reward', () => {
  it('becomes issued when it is given a code; the time of issue is then now', async () => {
    const reward = await addManual()
    const patched = await patch(reward, { couponCode: 'STREAK7' })
    expect(patched).toEqual({
      ...reward,
      couponCode: 'STREAK7',
      rewardIssuedAt: NOW,
      fulfilmentStatus: 'issued',
      revision: 2,
      updatedAt: NOW,
    })
    expect(await reload(reward)).toEqual(patched)
  })

  it('takes all three fields together', async () => {
    const given = { couponCode: 'STREAK7', rewardIssuedAt: NOW - 1000, rewardExpiryAt: LATER }
    expect(await patch(await addManual(), given)).toMatchObject({ ...given, fulfilmentStatus: 'issued' })
  })

  it('is not issued by times alone, and times given before are kept', async () => {
    const reward = await addManual()
    expect(await patch(reward, { rewardIssuedAt: NOW - 1000, rewardExpiryAt: LATER })).toMatchObject({
      fulfilmentStatus: 'pending',
      rewardIssuedAt: NOW - 1000,
    })
    expect(await patch(reward, { couponCode: 'A' })).toMatchObject({
      fulfilmentStatus: 'issued',
      rewardIssuedAt: NOW - 1000,
      rewardExpiryAt: LATER,
    })
  })

  it('may have fields cleared before it is issued', async () => {
    const reward = await addManual()
    await patch(reward, { rewardIssuedAt: NOW, rewardExpiryAt: LATER })
    expect(
      await patch(reward, { rewardIssuedAt: null, rewardExpiryAt: null, couponCode: null }),
    ).toMatchObject({
      rewardIssuedAt: null,
      rewardExpiryAt: null,
      fulfilmentStatus: 'pending',
    })
  })

  it('may be corrected after it was issued: code, times, no expiry', async () => {
    const reward = await addManual()
    await patch(reward, { couponCode: 'A', rewardExpiryAt: LATER })
    expect(await patch(reward, { couponCode: 'B' })).toMatchObject({ couponCode: 'B', rewardIssuedAt: NOW })
    expect(await patch(reward, { rewardIssuedAt: NOW - 5 })).toMatchObject({ rewardIssuedAt: NOW - 5 })
    expect(await patch(reward, { rewardExpiryAt: null })).toMatchObject({
      rewardExpiryAt: null,
      couponCode: 'B',
    })
  })

  it('keeps its code and its time of issue once issued', async () => {
    const reward = await addManual({ couponCode: 'A', rewardIssuedAt: NOW, fulfilmentStatus: 'issued' })
    await expectRefusal(reward, { couponCode: null }, 'FIELD_IS_FIXED', 'couponCode')
    await expectRefusal(reward, { rewardIssuedAt: null }, 'FIELD_IS_FIXED', 'rewardIssuedAt')
  })

  it('must not lapse before it is issued, nor at that moment', async () => {
    const reward = await addManual()
    await expectRefusal(reward, { couponCode: 'A', rewardExpiryAt: NOW }, 'INVALID_INPUT', 'rewardExpiryAt')
    await expectRefusal(
      reward,
      { rewardIssuedAt: LATER, rewardExpiryAt: NOW },
      'INVALID_INPUT',
      'rewardExpiryAt',
    )
    const expiring = await patch(reward, { rewardExpiryAt: NOW - 1 })
    await expectRefusal(expiring, { couponCode: 'A' }, 'INVALID_INPUT', 'rewardIssuedAt')
  })

  it('is not written when nothing would change', async () => {
    const reward = await addManual()
    expect(await patch(reward, {})).toEqual(reward)
    expect(await patch(reward, { couponCode: null })).toEqual(reward)
    const issued = await patch(reward, { couponCode: 'A' })
    expect(await patch(reward, { couponCode: 'A', rewardIssuedAt: NOW })).toEqual(issued)
    expect(await reload(reward)).toEqual(issued)
  })

  it('may share its code with another', async () => {
    await patch(await addManual(), { couponCode: 'STREAK7' })
    expect(await patch(await addManual(), { couponCode: 'STREAK7' })).toMatchObject({ couponCode: 'STREAK7' })
  })

  it('keeps its code from pools, and may share it however it is written', async () => {
    const first = await addManual()
    await patch(first, { couponCode: 'Streak7' })
    const key = [[first.accountId, 'streak7']]
    const [known] = await temp.store.findByKeys('coupon_code', ['accountId', 'foldedCode'], key)
    expect(known).toMatchObject({ code: 'Streak7', source: 'own', providerId: null, rewardLogId: null })
    const [second, third] = [await addManual(), await addManual()]
    await Promise.all([patch(second, { couponCode: 'STREAK7' }), patch(third, { couponCode: 'other' })])
    expect(await reload(second)).toMatchObject({ couponCode: 'STREAK7' })
    expect(await temp.store.findByKeys('coupon_code', ['accountId', 'foldedCode'], key)).toEqual([known])
  })

  it('patched twice at once takes both patches', async () => {
    const reward = await addManual()
    await Promise.all([patch(reward, { couponCode: 'A' }), patch(reward, { rewardExpiryAt: LATER })])
    expect(await reload(reward)).toMatchObject({ couponCode: 'A', rewardExpiryAt: LATER, revision: 3 })
  })
})

describe('a reward that the platform makes', () => {
  it('may be fulfilled by hand when it failed', async () => {
    const reward = await world.addReward({
      fulfilmentStatus: 'failed',
      failureReason: 'POOL_EMPTY',
      dueAt: null,
    })
    expect(await patch(reward, { rewardExpiryAt: LATER })).toMatchObject({ fulfilmentStatus: 'failed' })
    expect(await patch(reward, { couponCode: 'BY-HAND' })).toMatchObject({
      fulfilmentStatus: 'issued',
      couponCode: 'BY-HAND',
      failureReason: null,
      rewardIssuedAt: NOW,
    })
  })

  it.each<[Row<'reward_log'>['fulfilmentStatus'], string]>([
    ['pending', 'REWARD_BEING_FULFILLED'],
    ['issuing', 'REWARD_BEING_FULFILLED'],
    ['issued', 'REWARD_BEING_FULFILLED'],
    ['held', 'REWARD_HELD'],
    ['revoking', 'REWARD_REVOKED'],
    ['revoked', 'REWARD_REVOKED'],
  ])('cannot be patched while %s: %s', async (fulfilmentStatus, code) => {
    await expectRefusal(await world.addReward({ fulfilmentStatus }), { couponCode: 'A' }, code)
  })

  it('accepts what it already has once it is issued', async () => {
    const has = { couponCode: 'A', rewardIssuedAt: NOW, rewardExpiryAt: LATER }
    const reward = await world.addReward({ fulfilmentStatus: 'issued', ...has })
    expect(await patch(reward, has)).toEqual(reward)
    await expectRefusal(reward, { ...has, rewardExpiryAt: LATER + 1 }, 'REWARD_BEING_FULFILLED')
  })
})

describe('a manual reward that is held or revoked', () => {
  it.each<[Row<'reward_log'>['fulfilmentStatus'], string]>([
    ['held', 'REWARD_HELD'],
    ['revoked', 'REWARD_REVOKED'],
  ])('cannot be patched: %s', async (fulfilmentStatus, code) => {
    await expectRefusal(await addManual({ fulfilmentStatus }), { couponCode: 'A' }, code)
  })
})

describe('codes that the platform knows', () => {
  it('of another reward are refused, whatever their case', async () => {
    await addCode('Drawn-1', { source: 'drawn', rewardLogId: randomUUID() })
    await expectRefusal(await addManual(), { couponCode: 'DRAWN-1' }, 'DUPLICATE_VALUE', 'couponCode')
  })

  it('of this reward may be written down by hand', async () => {
    const reward = await world.addReward({ fulfilmentStatus: 'failed' })
    await addCode(String(reward.drawnCode), { source: 'drawn', rewardLogId: reward.id })
    expect(await patch(reward, { couponCode: reward.drawnCode })).toMatchObject({
      fulfilmentStatus: 'issued',
    })
  })

  it('that wait in a pool are taken out of it', async () => {
    const code = await addCode('POOL-1')
    const reward = await addManual()
    await patch(reward, { couponCode: 'POOL-1' })
    expect(await read(temp.store, 'coupon_code', code.id)).toMatchObject({ rewardLogId: reward.id })
    await expectRefusal(await addManual(), { couponCode: 'POOL-1' }, 'DUPLICATE_VALUE', 'couponCode')
  })

  it('go to one reward when two want the same at once', async () => {
    await addCode('POOL-1')
    const rewards = [await addManual(), await addManual()]
    const results = await Promise.allSettled(rewards.map((reward) => patch(reward, { couponCode: 'POOL-1' })))
    expect(results.map(({ status }) => status).sort()).toEqual(['fulfilled', 'rejected'])
  })

  it('of another account are no concern', async () => {
    await addCode('THEIRS', { accountId: randomUUID(), rewardLogId: randomUUID() })
    expect(await patch(await addManual(), { couponCode: 'THEIRS' })).toMatchObject({ couponCode: 'THEIRS' })
  })
})

describe('a reward log that is not there', () => {
  it('or is another account’s is not found', async () => {
    const reward = await addManual()
    const deps = { store: temp.store, clock, newId: randomUUID }
    for (const [accountId, id] of [
      [reward.accountId, randomUUID()],
      [randomUUID(), reward.id],
    ] as const) {
      await expect(patchRewardLog(deps, accountId, id, { couponCode: 'A' })).rejects.toMatchObject({
        code: 'NOT_FOUND',
      })
    }
    expect(await reload(reward)).toEqual(reward)
  })
})
