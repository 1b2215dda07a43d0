import { randomUUID } from 'node:crypto'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals'
import { createCouponProviders } from '../../src/coupons/registry.ts'
import type { CouponProvider } from '../../src/ports/coupon-provider.ts'
import type { RewardJob } from '../../src/ports/queue.ts'
import type { Row } from '../../src/ports/schema.ts'
import { foldCode } from '../../src/rewards/code.ts'
import { patchRewardLog } from '../../src/rewards/patch.ts'
import { abandonReward, replayReward } from '../../src/rewards/replay.ts'
import { createFulfil } from '../../workers/reward/fulfil.ts'
import { interruptedStore } from '../helpers/api.ts'
import { newSigningSecret } from '../helpers/coupon-requests.ts'
import { type CouponService, startCouponService } from '../helpers/coupon-service.ts'
import { quietLogger } from '../helpers/quiet-logger.ts'
import {
  clock,
  insert,
  jobContext,
  jobOf,
  makeRewardWorld,
  NOW,
  type RewardWorld,
  read,
  secretBox,
} from '../helpers/reward-world.ts'
import { openTempStore, type TempStore } from '../helpers/sqlite-store.ts'

const signingSecret = newSigningSecret()
let temp: TempStore
let service: CouponService
let world: RewardWorld
let jobs: RewardJob[]

beforeEach(async () => {
  temp = await openTempStore()
  service = await startCouponService({
    dataFile: join(temp.folder, 'coupons.jsonl'),
    signingSecret,
    clock,
  })
  world = await makeRewardWorld(
    temp.store,
    { provider: 'http', settings: { url: service.url } },
    { signingSecret },
  )
  jobs = []
})
afterEach(async () => {
  await service.stop()
  await temp.close()
})

const queue = {
  enqueue: async (_name: string, added: readonly object[]) => void jobs.push(...(added as typeof jobs)),
}
const replay = (reward: Row<'reward_log'>, store = temp.store) =>
  replayReward({ store, clock, queue }, reward.accountId, reward.id)
const abandon = (reward: Row<'reward_log'>, store = temp.store) =>
  abandonReward({ store, clock }, reward.accountId, reward.id, 'not worth it')
const reload = (reward: Row<'reward_log'>) => read(temp.store, 'reward_log', reward.id)

/** Works one job off; `answer` stands between the coupon service and what a worker learns of it. */
function fulfil(
  job: RewardJob,
  answer: (real: CouponProvider['issue']) => CouponProvider['issue'] = (it) => it,
) {
  const allowedHosts = [new URL(service.url).host]
  const http = createCouponProviders({ store: temp.store, clock, allowedHosts }).get('http')!
  const issue = answer((request) => http.issue(request))
  const providers = new Map([['http' as const, { ...http, kind: http.kind, issue }]])
  const act = createFulfil({ store: temp.store, providers, secretBox, clock, logger: quietLogger })
  return act(job, jobContext({ lastTry: true }))
}

/** A reward whose coupon was made, of which nobody here ever heard. */
async function unheard(): Promise<Row<'reward_log'>> {
  const reward = await world.addReward()
  const lost = {
    outcome: 'retry',
    trouble: 'fault',
    reason: 'PROVIDER_TIMEOUT: no answer',
    retryAfterMs: null,
  } as const
  const losing =
    (real: CouponProvider['issue']) => async (request: Parameters<CouponProvider['issue']>[0]) => {
      await real(request)
      return lost
    }
  await expect(fulfil(jobOf(reward), losing)).rejects.toMatchObject({ code: 'PROVIDER_UNAVAILABLE' })
  return reload(reward)
}

describe('trying a failed reward again', () => {
  it('asks with the same key for the same code: the coupon that was made after all is the one', async () => {
    const failed = await unheard()
    expect(failed).toMatchObject({ fulfilmentStatus: 'failed', failureReason: 'PROVIDER_TIMEOUT: no answer' })
    const pending = await replay(failed)
    expect(pending).toMatchObject({
      fulfilmentStatus: 'pending',
      failureReason: null,
      dueAt: NOW,
      attempt: 1,
      drawnCode: failed.drawnCode,
    })
    expect(jobs).toEqual([jobOf(pending)])
    await fulfil(jobOf(pending))
    expect(await reload(failed)).toMatchObject({ fulfilmentStatus: 'issued', couponCode: failed.drawnCode })
    expect(service.issued()).toMatchObject([{ key: failed.id, code: failed.drawnCode, asked: 2 }])
  })

  it('TRAP: draws another code where somebody else had this one, and lets go of the former', async () => {
    const code = 'TAKEN-1'
    const failureReason = 'CODE_TAKEN: the shop has another discount with this code'
    const failed = await world.addReward({ drawnCode: code, fulfilmentStatus: 'failed', failureReason })
    const { accountId, id: rewardLogId } = failed
    const owner = { accountId, rewardLogId, source: 'drawn', providerId: null } as const
    const former = await insert(temp.store, 'coupon_code', { ...owner, code, foldedCode: foldCode(code) })
    const sources = {
      newId: randomUUID,
      drawCode: () => ({ code: 'OTHER-2', foldedCode: foldCode('OTHER-2') }),
    }
    const again = await replayReward({ store: temp.store, clock, queue, sources }, accountId, rewardLogId)
    expect(again).toMatchObject({ fulfilmentStatus: 'pending', drawnCode: 'OTHER-2' })
    expect(await temp.store.findByKeys('coupon_code', ['id'], [[former.id]])).toEqual([])
    const keys = [[accountId, foldCode('OTHER-2')]]
    const known = await temp.store.findByKeys('coupon_code', ['accountId', 'foldedCode'], keys)
    expect(known).toMatchObject([owner])
  })

  it('twice, and at once, queues it once and makes one coupon', async () => {
    const failed = await unheard()
    await Promise.all([replay(failed), replay(failed), replay(failed)])
    await replay(failed)
    expect(jobs).toHaveLength(1)
    await Promise.all(jobs.map((job) => fulfil(job)))
    const issued = await reload(failed)
    expect(await replay(failed)).toEqual(issued)
    expect(service.issued()).toHaveLength(1)
  })

  it.each(['pending', 'issuing', 'issued'] as const)(
    'leaves one that is %s as it is',
    async (fulfilmentStatus) => {
      const reward = await world.addReward({ fulfilmentStatus })
      expect(await replay(reward)).toEqual(reward)
      expect(await reload(reward)).toEqual(reward)
      expect(jobs).toEqual([])
    },
  )

  it('is given up for one that is held, which waits no longer', async () => {
    const reward = await world.addReward({ fulfilmentStatus: 'held', heldReason: 'provider_paused' })
    expect(await abandon(reward)).toMatchObject({ fulfilmentStatus: 'failed', heldReason: null })
  })

  it.each([
    ['held', 'REWARD_HELD'],
    ['revoking', 'REWARD_REVOKED'],
    ['revoked', 'REWARD_REVOKED'],
  ] as const)('is refused for one that is %s', async (fulfilmentStatus, code) => {
    const reward = await world.addReward({ fulfilmentStatus, standing: fulfilmentStatus !== 'revoked' })
    await expect(replay(reward)).rejects.toMatchObject({ code })
    if (fulfilmentStatus !== 'held') await expect(abandon(reward)).rejects.toMatchObject({ code })
    expect(await reload(reward)).toEqual(reward)
  })

  it('sees that it was revoked in the instant before', async () => {
    const failed = await unheard()
    const store = interruptedStore(temp.store)
    const { id, accountId, revision } = failed
    store.beforeCommit(() =>
      temp.store.commit([
        {
          op: 'update',
          collection: 'reward_log',
          id,
          accountId,
          set: { fulfilmentStatus: 'revoked', standing: false, revision: revision + 1 },
        },
      ]),
    )
    await expect(replay(failed, store)).rejects.toMatchObject({ code: 'REWARD_REVOKED' })
    expect(jobs).toEqual([])
  })

  it('is not there for another account', async () => {
    const failed = { ...(await unheard()), accountId: randomUUID() }
    await expect(replay(failed)).rejects.toMatchObject({ code: 'NOT_FOUND' })
    await expect(abandon(failed)).rejects.toMatchObject({ code: 'NOT_FOUND' })
  })
})

describe('abandoning a reward', () => {
  it.each(['pending', 'issuing'] as const)(
    'that is %s stops its job, and lets the merchant give a code',
    async (fulfilmentStatus) => {
      const reward = await world.addReward({ fulfilmentStatus })
      expect(await abandon(reward)).toMatchObject({
        fulfilmentStatus: 'failed',
        failureReason: 'ABANDONED: not worth it',
        dueAt: null,
      })
      await fulfil(jobOf(reward))
      expect(service.issued()).toEqual([])
      const again = await reload(reward)
      expect(await abandon(reward)).toEqual(again)
      const patched = await patchRewardLog(
        { store: temp.store, clock, newId: randomUUID },
        reward.accountId,
        reward.id,
        {
          couponCode: 'OURS',
        },
      )
      expect(patched).toMatchObject({ fulfilmentStatus: 'issued', couponCode: 'OURS', failureReason: null })
    },
  )

  it('is undone by a replay', async () => {
    const reward = await world.addReward()
    await abandon(reward)
    const pending = await replay(reward)
    await fulfil(jobOf(pending))
    expect(await reload(reward)).toMatchObject({ fulfilmentStatus: 'issued', failureReason: null })
  })

  it('is refused for one that is issued, and for one that the merchant fulfils', async () => {
    const issued = await world.addReward({ fulfilmentStatus: 'issued' })
    const manual = await world.addReward({}, null)
    for (const reward of [issued, manual]) {
      await expect(abandon(reward)).rejects.toMatchObject({ code: 'CONFLICT' })
      expect(await reload(reward)).toEqual(reward)
    }
  })

  it('while its provider is asked leaves the answer unwritten; a replay takes the coupon over', async () => {
    const reward = await world.addReward()
    const meanwhile =
      (real: CouponProvider['issue']) => async (request: Parameters<CouponProvider['issue']>[0]) => {
        const answer = await real(request)
        await abandon(reward)
        return answer
      }
    await fulfil(jobOf(reward), meanwhile)
    expect(await reload(reward)).toMatchObject({ fulfilmentStatus: 'failed', couponCode: null })
    await fulfil(jobOf(await replay(reward)))
    expect(await reload(reward)).toMatchObject({ fulfilmentStatus: 'issued', couponCode: reward.drawnCode })
    expect(service.issued()).toHaveLength(1)
  })
})
