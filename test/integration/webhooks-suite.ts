import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import { rewardJobOf } from '../../src/ports/queue.ts'
import type { Store } from '../../src/ports/store.ts'
import { createFulfil } from '../../workers/reward/fulfil.ts'
import type { Body } from '../helpers/api.ts'
import { quietLogger } from '../helpers/quiet-logger.ts'
import { jobContext } from '../helpers/reward-world.ts'
import { DAY_MS, openWebhookRig, verify, type WebhookRig } from '../helpers/webhook-rig.ts'

const EVERYTHING = [
  'milestone.achieved',
  'reward.issued',
  'reward.failed',
  'reward.revoked',
  'streak.at_risk',
  'streak.broken',
  'streak.completed',
]

/** What merchants' systems are told of rewards and streaks, on any store, over HTTP. */
export function describeWebhooks(
  name: string,
  open: () => Promise<{ store: Store; close(): Promise<void> }>,
) {
  describe(`outgoing webhooks on ${name}`, () => {
    let rig: WebhookRig
    let closeStore: () => Promise<void>
    let serial = 0

    beforeAll(async () => {
      const opened = await open()
      closeStore = opened.close
      rig = await openWebhookRig(opened.store)
    })
    afterAll(async () => {
      await rig.close()
      await closeStore()
    })

    const streakOf = (fields: object = {}) =>
      rig.admin.create('streak', {
        name: `streak ${++serial}`,
        status: 'live',
        aggregationMethod: 'count',
        aggregationTargetValue: 1,
        ...fields,
      })
    const milestoneOf = (streak: Body, fields: object = {}) =>
      rig.admin.create('milestone', {
        linkedSchemaRecordId: streak.id,
        name: `milestone ${++serial}`,
        description: 'for the test',
        milestoneTargetValue: 1,
        status: 'live',
        ...fields,
      })
    const logOf = (streak: Body, externalId: string, daysAgo = 0, fields: object = {}) =>
      rig.admin.create('streak_log', {
        streakId: streak.id,
        ownedBy: { externalId, firstName: 'Ada', email: 'ada@example.com' },
        activityId: 'made_a_purchase',
        uniqueIdentifier: `order ${++serial}`,
        activityAt: new Date(rig.now() - daysAgo * DAY_MS).toISOString(),
        ...fields,
      })
    const remove = (endpoint: Body) => rig.admin.delete(`/schema/webhook_endpoint/record/${endpoint.id}`)
    /** What the account's messages tell of, since the last look. */
    let seen = 0
    const told = async () => {
      const all = await rig.messages()
      const since = all.slice(seen)
      seen = all.length
      return since.map(({ type, body }) => ({ type, ...JSON.parse(body ?? 'null')?.data }))
    }

    it('tells of a milestone and of its reward, signed, with the records as they are', async () => {
      const endpoint = await rig.endpoint(EVERYTHING)
      const streak = await streakOf()
      const milestone = await milestoneOf(streak, { milestoneTargetValue: 1 })
      const log = await logOf(streak, 'ada')
      const reward = log.achievedMilestoneRewardLog
      await rig.sendDue()
      const [achieved, ...none] = rig.received()
      expect(none).toEqual([])
      expect(() => verify(endpoint.secret, achieved!.request)).not.toThrow()
      expect(achieved!.payload).toMatchObject({
        type: 'milestone.achieved',
        timestamp: new Date(rig.now()).toISOString(),
        data: {
          accountId: rig.admin.accountId,
          member: {
            id: log.ownedById,
            externalId: 'ada',
            firstName: 'Ada',
            lastName: null,
            email: 'ada@example.com',
            phoneNumber: null,
          },
          streak: { id: streak.id, name: streak.name },
          milestone: { id: milestone.id, name: milestone.name, target: 1, metric: 'consecutive_count' },
          rewardLog: { id: reward.id, fulfilmentStatus: 'pending', couponCode: null },
        },
      })
      const [message] = await rig.messages()
      expect(achieved!.request.headers['webhook-id']).toBe(message!.id)
      const path = `/schema/reward_log/record/${reward.id}`
      const issued = await rig.admin.patch(path, { couponCode: 'THANKS-10' })
      await rig.sendDue()
      const [second] = rig.received()
      expect(second!.payload.type).toBe('reward.issued')
      expect(second!.payload.data.rewardLog).toEqual(issued.body.data)
      // correcting the code issues nothing anew
      await rig.admin.patch(path, { couponCode: 'THANKS-20' })
      expect(await rig.sendDue()).toBe(0)
      const shown = await rig.admin.get(`/schema/webhook_message/record/${message!.id}`)
      expect(shown.body.data).toMatchObject({
        endpointId: endpoint.id,
        type: 'milestone.achieved',
        status: 'delivered',
        payload: achieved!.payload,
        attempts: [{ status: 200, error: null, response: 'thank you' }],
        nextAttemptAt: null,
      })
      await remove(endpoint)
      await told()
    })

    it('tells each live endpoint of what it wants, and of nothing before it was live or after it was paused', async () => {
      const streak = await streakOf()
      await milestoneOf(streak)
      await logOf(streak, 'before')
      const wants = await rig.endpoint(['milestone.achieved'])
      const also = await rig.endpoint(['milestone.achieved', 'streak.broken'])
      const other = await rig.endpoint(['reward.failed'])
      const draft = await rig.endpoint(EVERYTHING, { status: 'draft' })
      await told()
      await logOf(streak, 'while live')
      const messages = await rig.messages()
      expect(messages.slice(-2).map(({ endpointId }) => endpointId)).toEqual([wants.id, also.id])
      expect(await told()).toHaveLength(2)
      for (const { id } of [wants, also]) {
        await rig.admin.patch(`/schema/webhook_endpoint/record/${id}`, { status: 'paused' })
      }
      await logOf(streak, 'after')
      expect(await told()).toEqual([])
      for (const each of [wants, also, other, draft]) await remove(each)
    })

    it('tells of what is taken back and comes again, and of nothing that a quiet log does', async () => {
      const endpoint = await rig.endpoint(['milestone.achieved', 'reward.revoked'])
      const streak = await streakOf()
      await milestoneOf(streak)
      await told()
      const log = await logOf(streak, 'back and forth')
      const withdrawal = await rig.admin.post(`/schema/streak_log/record/${log.id}/withdrawal`, {
        reason: 'a test',
        uniqueIdentifier: 'withdrawal',
      })
      await rig.admin.post(`/schema/streak_log/record/${log.id}/reinstatement`, {
        reason: 'a mistake',
        withdrawalId: withdrawal.body.data.id,
      })
      const id = log.achievedMilestoneRewardLog.id
      const happened = await told()
      expect(happened.map(({ type, rewardLog }) => [type, rewardLog.id, rewardLog.fulfilmentStatus])).toEqual(
        [
          ['milestone.achieved', id, 'pending'],
          ['reward.revoked', id, 'revoked'],
          ['milestone.achieved', id, 'pending'],
        ],
      )
      // a quiet one brings it back without a word
      await rig.admin.post(`/schema/streak_log/record/${log.id}/withdrawal`, {
        reason: 'returned after all',
        uniqueIdentifier: 'another withdrawal',
      })
      await told()
      await logOf(streak, 'back and forth', 0, { quiet: true })
      const reward = await rig.admin.get(`/schema/reward_log/record/${id}`)
      expect(reward.body.data.fulfilmentStatus).toBe('pending')
      await logOf(streak, 'quiet one', 0, { quiet: true })
      expect(await told()).toEqual([])
      await remove(endpoint)
    })

    it('tells of a reward that a worker made or could not make, and of one that was given up or taken back', async () => {
      const endpoint = await rig.endpoint(['reward.issued', 'reward.failed', 'reward.revoked'])
      const code = `POOL-${++serial}`
      const pool = await rig.admin.create('coupon_provider', { name: code, provider: 'pool' })
      await rig.admin.create('coupon_code', { providerId: pool.id, codes: [code] })
      const reward = { providerId: pool.id, discount: { percentage: 10 } }
      const streak = await streakOf()
      await milestoneOf(streak, { reward, onWithdrawal: 'revoke' })
      await told()
      const work = async (log: Body, lastTry = false) => {
        const { accountId } = rig.admin
        const id = log.achievedMilestoneRewardLog.id
        const [row] = await rig.api.store.findByKeys('reward_log', ['accountId', 'id'], [[accountId, id]])
        const { store, providers, secretBox, teller } = rig.api.deps
        const fulfil = createFulfil({
          store,
          providers,
          secretBox,
          teller,
          clock: rig.api.clock,
          logger: quietLogger,
        })
        await fulfil(rewardJobOf(row!), jobContext({ lastTry })).catch(() => {})
      }
      const first = await logOf(streak, 'made')
      await work(first)
      const [issued, ...none] = await told()
      expect(none).toEqual([])
      expect([issued.type, issued.rewardLog.couponCode]).toEqual(['reward.issued', code])
      // the pool is empty now
      const second = await logOf(streak, 'not made')
      await work(second)
      expect(await told()).toEqual([])
      await work(second, true)
      const third = await logOf(streak, 'given up')
      const path = `/schema/reward_log/record/${third.achievedMilestoneRewardLog.id}/abandon`
      await rig.admin.post(path, { reason: 'a test' })
      // a code of a pool cannot be disabled: it is revoking first, and revoked then
      const withdrawn = `/schema/streak_log/record/${first.id}/withdrawal`
      await rig.admin.post(withdrawn, { reason: 'returned', uniqueIdentifier: 'r' })
      expect((await told()).map(({ type, rewardLog }) => [type, rewardLog.failureReason])).toEqual([
        ['reward.failed', expect.stringContaining('POOL_EMPTY')],
        ['reward.failed', 'ABANDONED: a test'],
      ])
      await work(first)
      expect((await told()).map(({ type, rewardLog }) => [type, rewardLog.fulfilmentStatus])).toEqual([
        ['reward.revoked', 'revoked'],
      ])
      await remove(endpoint)
    })

    it('tells of a cycle when a log closes it, also a late one, and not again', async () => {
      const endpoint = await rig.endpoint(['streak.completed'])
      const streak = await streakOf({ completionTargetValue: 3 })
      await told()
      await logOf(streak, 'cyclist', 2)
      await logOf(streak, 'cyclist', 0)
      expect(await told()).toEqual([])
      // the day between closes the cycle: its last day is today
      await logOf(streak, 'cyclist', 1)
      const [completed, ...none] = await told()
      expect(none).toEqual([])
      const list = await rig.admin.list('member_streak', {
        filters: { fieldSlug: 'streakId', operator: 'EQUALS', value: streak.id },
      })
      expect(completed.memberStreak).toEqual(list.body.data[0])
      const day = new Date(rig.now()).toISOString().slice(0, 10)
      expect([completed.type, completed.periodKey, completed.memberStreak.completedCycles]).toEqual([
        'streak.completed',
        day,
        1,
      ])
      // a log that moves the cut closes nothing more
      await logOf(streak, 'cyclist', 3)
      expect(await told()).toEqual([])
      // nor does a quiet one tell of what it closes
      for (const daysAgo of [4, 5]) await logOf(streak, 'cyclist', daysAgo, { quiet: true })
      expect(await told()).toEqual([])
      await remove(endpoint)
    })

    it('reads the streak of a completion as it stands after that log, with its breaks and what comes next', async () => {
      const endpoint = await rig.endpoint(['streak.completed'])
      const streak = await streakOf({ completionTargetValue: 2 })
      await milestoneOf(streak, { milestoneTargetValue: 2, milestoneRepeat: 'once' })
      await milestoneOf(streak, { milestoneTargetValue: 1 })
      await told()
      for (const daysAgo of [9, 6, 4, 3]) await logOf(streak, 'reader', daysAgo)
      await told()
      for (const daysAgo of [1, 0]) await logOf(streak, 'reader', daysAgo)
      const [completed, ...none] = await told()
      expect(none).toEqual([])
      const list = await rig.admin.list('member_streak', {
        filters: { fieldSlug: 'streakId', operator: 'EQUALS', value: streak.id },
      })
      expect(completed.memberStreak).toEqual(list.body.data[0])
      expect(completed.memberStreak.lastBrokenAt).not.toBeNull()
      await remove(endpoint)
    })

    it('forgets what messages said of a member who is erased, and does not send it any more', async () => {
      const endpoint = await rig.endpoint(['milestone.achieved', 'reward.revoked'])
      const streak = await streakOf()
      await milestoneOf(streak)
      await told()
      rig.answering.body = 'we know ada@example.com'
      const log = await logOf(streak, 'ada of the erasure')
      await rig.sendDue()
      await logOf(streak, 'ada of the erasure', 2)
      rig.received()
      await rig.admin.delete(`/schema/account_user/record/${log.ownedById}`)
      const own = (await rig.messages()).filter(({ memberId }) => memberId === log.ownedById)
      const [sent, waiting] = own
      expect([sent!.status, sent!.body, sent!.attempts[0]!.response]).toEqual(['delivered', null, null])
      expect([waiting!.status, waiting!.body, waiting!.dueAt]).toEqual(['failed', null, null])
      expect(
        JSON.stringify(own.slice(0, 2), (_, value) => (typeof value === 'bigint' ? '' : value)),
      ).not.toMatch(/\bada\b/i)
      const gone = await rig.admin.post(`/schema/webhook_message/record/${sent!.id}/resend`, {})
      expect([gone.status, gone.body.error.code]).toEqual([409, 'PAYLOAD_GONE'])
      // what the erasure itself revoked is told of somebody without a name
      const revoked = own.slice(2)
      expect(revoked.map(({ type }) => type)).toEqual(['reward.revoked', 'reward.revoked'])
      await rig.sendDue()
      const tidings = rig.received()
      expect(tidings.map(({ payload }) => payload.type)).toEqual(['reward.revoked', 'reward.revoked'])
      for (const { payload } of tidings) {
        expect(payload.data.member).toMatchObject({ externalId: `erased:${log.ownedById}`, email: null })
      }
      rig.answering.body = 'thank you'
      await remove(endpoint)
    })

    it('keeps messages for 30 days', async () => {
      const endpoint = await rig.endpoint(['milestone.achieved'])
      const sent = await rig.admin.post(`/schema/webhook_endpoint/record/${endpoint.id}/test`, {})
      const began = rig.now()
      const isThere = async () => {
        await rig.workers.prune()
        return (await rig.messages()).some(({ id }) => id === sent.body.data.id)
      }
      rig.pass(30 * DAY_MS)
      expect(await isThere()).toBe(true)
      rig.pass(1)
      expect(await isThere()).toBe(false)
      expect(await rig.messages()).toEqual([])
      rig.goTo(began)
      seen = 0
      await remove(endpoint)
    })
  })
}
