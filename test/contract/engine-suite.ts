import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals'
import { v7 as uuidv7 } from 'uuid'
import type { PurchaseFacts, RecordResult } from '../../src/engine/types.ts'
import type { Row } from '../../src/ports/schema.ts'
import type { Store } from '../../src/ports/store.ts'
import { formatQuantity, wholeQuantity } from '../../src/streaks/quantity.ts'
import { EngineKit } from '../helpers/engine-kit.ts'

const june = (day: number, hour = 12) => Date.UTC(2025, 5, day, hour)
const iso = (at: number | null) => (at === null ? null : new Date(at).toISOString().slice(5, 16))

type Recorded = Extract<RecordResult, { outcome: 'recorded' }>
function recorded(result: RecordResult): Recorded {
  if (result.outcome !== 'recorded') throw new Error(`not recorded: ${JSON.stringify(result)}`)
  return result
}

export interface EngineSetup {
  readonly store: Store
  close(): Promise<void>
}

/** The engine on a real store: the same suite for each. */
export function describeEngine(name: string, setup: () => Promise<EngineSetup>): void {
  describe(`the engine on ${name}`, () => {
    let parts: EngineSetup
    let kit: EngineKit
    beforeAll(async () => {
      parts = await setup()
    })
    afterAll(() => parts.close())
    beforeEach(() => {
      kit = new EngineKit(parts.store)
    })

    async function progressTable(): Promise<unknown[]> {
      const rows = (await kit.rows('streak_progress')).toSorted((a, b) => a.periodNumber - b.periodNumber)
      return (await kit.views.progress(kit.accountId, rows, kit.now)).map((view) => [
        view.row.periodKey.slice(-2),
        formatQuantity(view.row.currentProgressValue),
        view.status,
        view.consecutiveCount,
        view.longestConsecutiveCount,
        iso(view.streakStartedAt)?.slice(3, 5) ?? null,
        iso(view.streakCompletedAt)?.slice(3, 5) ?? null,
        iso(view.streakBrokenAt),
      ])
    }

    async function memberStreakRow(): Promise<unknown[]> {
      const [view] = await kit.views.memberStreaks(kit.accountId, await kit.rows('member_streak'), kit.now)
      return [
        view!.currentPeriodKey.slice(-2),
        view!.currentConsecutiveCount,
        view!.longestConsecutiveCount,
        view!.completedCycles,
        view!.streakStatus,
        iso(view!.lastBrokenAt),
      ]
    }

    async function play(streak: Row<'streak'>, days: readonly number[], together: boolean): Promise<void> {
      const requests = days.map((day, index) => kit.request(streak, june(day) + index))
      if (together) await Promise.all(requests.map((request) => kit.recorder.record(request)))
      else for (const request of requests) await kit.recorder.record(request)
    }

    for (const together of [false, true]) {
      const how = together ? 'in one batch' : 'one by one'

      it(`shows the worked examples of progress, recorded ${how}`, async () => {
        await play(await kit.streak(), [1, 2, 3, 5], together)
        expect(await progressTable()).toEqual([
          ['01', '1', 'completed', 1, 3, '01', null, null],
          ['02', '1', 'completed', 2, 3, '01', null, null],
          ['03', '1', 'completed', 3, 3, '01', null, null],
          ['05', '1', 'completed', 1, 3, '05', null, null],
        ])
      })

      it(`shows where a run broke, recorded ${how}`, async () => {
        await play(await kit.streak({ aggregationTargetValue: wholeQuantity(2) }), [1, 1, 2, 2, 3], together)
        expect(await progressTable()).toEqual([
          ['01', '2', 'completed', 1, 2, '01', null, null],
          ['02', '2', 'completed', 2, 2, '01', null, null],
          ['03', '1', 'broken', 2, 2, '01', null, '06-04T00:00'],
        ])
      })

      it(`cuts a run into cycles, recorded ${how}`, async () => {
        await play(await kit.streak({ completionTargetValue: 3 }), [7, 1, 2, 3, 5, 4, 6], together)
        expect(await progressTable()).toEqual([
          ['01', '1', 'completed', 1, 3, '01', null, null],
          ['02', '1', 'completed', 2, 3, '01', null, null],
          ['03', '1', 'completed', 3, 3, '01', '03', null],
          ['04', '1', 'completed', 1, 3, '04', null, null],
          ['05', '1', 'completed', 2, 3, '04', null, null],
          ['06', '1', 'completed', 3, 3, '04', '06', null],
          ['07', '1', 'completed', 1, 3, '07', null, null],
        ])
      })
    }

    it('shows no count after a cycle was closed', async () => {
      await play(
        await kit.streak({ aggregationTargetValue: wholeQuantity(2), completionTargetValue: 2 }),
        [1, 1, 2, 2, 3],
        false,
      )
      expect((await progressTable())[2]).toEqual(['03', '1', 'broken', 0, 2, null, null, null])
    })

    it('shows the worked examples of member streaks', async () => {
      await play(await kit.streak(), [1, 2, 3, 5], false)
      kit.now = june(5, 13)
      expect(await memberStreakRow()).toEqual(['05', 1, 3, 0, 'active', '06-05T00:00'])
      kit.now = Date.UTC(2025, 5, 6, 23, 59)
      expect(await memberStreakRow()).toEqual(['06', 1, 3, 0, 'at_risk', '06-05T00:00'])
      kit.now = Date.UTC(2025, 5, 7)
      expect(await memberStreakRow()).toEqual(['07', 0, 3, 0, 'inactive', '06-07T00:00'])
    })

    it('shows a closed cycle as no break', async () => {
      await play(await kit.streak({ completionTargetValue: 3 }), [1, 2, 3], false)
      kit.now = june(3, 13)
      expect(await memberStreakRow()).toEqual(['03', 3, 3, 1, 'active', null])
      kit.now = june(4, 13)
      expect(await memberStreakRow()).toEqual(['04', 0, 3, 1, 'inactive', null])
      kit.now = june(6, 13)
      expect(await memberStreakRow()).toEqual(['06', 0, 3, 1, 'inactive', null])
    })

    it('grants the worked example of a joined run once, and queues what has a coupon to make', async () => {
      const streak = await kit.streak({ completionTargetValue: 3 })
      const reward = { providerId: uuidv7(), discount: { percentage: '10' } }
      await kit.milestone(streak, { milestoneTargetValue: wholeQuantity(1), reward })
      await play(streak, [1, 3, 2, 4, 5, 6, 7], false)
      const rewards = await kit.rows('reward_log')
      expect(rewards.map((row) => row.periodKey.slice(-2))).toEqual(['01', '03', '07'])
      expect(kit.enqueued.map((job) => job.rewardLogId).toSorted()).toEqual(
        rewards.map((row) => row.id).toSorted(),
      )
      expect(new Set(rewards.map((row) => row.drawnCode)).size).toBe(3)
    })

    it('anchors rewards as often backwards as forwards', async () => {
      const streak = await kit.streak({ completionTargetValue: 3 })
      await kit.milestone(streak)
      await play(streak, [8, 7, 6, 5, 4, 3, 2, 1], false)
      expect((await kit.rows('reward_log')).map((row) => row.periodKey.slice(-2))).toEqual(['08', '05'])
    })

    it('answers a create with everything that belongs to it', async () => {
      const streak = await kit.streak()
      const third = await kit.milestone(streak)
      const fifth = await kit.milestone(streak, { milestoneTargetValue: wholeQuantity(5) })
      const twice = await kit.milestone(streak, {
        milestoneTargetValue: wholeQuantity(2),
        milestoneMetric: 'current_progress_value',
        milestoneRepeat: 'once',
      })
      await play(streak, [1, 2], false)
      kit.now = june(3, 13)
      const { context, log } = recorded(await kit.record(streak, june(3)))
      expect(context!.streak.id).toBe(streak.id)
      expect(context!.progress).toMatchObject({
        consecutiveCount: 3,
        longestConsecutiveCount: 3,
        status: 'completed',
        streakStartedAt: june(1),
      })
      expect(
        context!.achieved.map(({ milestone, rewardLog }) => [milestone.id, rewardLog.streakLogId]),
      ).toEqual([[third.id, log.id]])
      expect(context!.nextMilestone!.id).toBe(fifth.id)
      const again = recorded(await kit.record(streak, june(3, 11)))
      expect(again.context!.achieved.map(({ milestone }) => milestone.id)).toEqual([twice.id])
      const [stored] = await kit.views.logContexts(kit.accountId, [log], kit.now)
      expect(stored!.achieved.map(({ milestone }) => milestone.id)).toEqual([third.id])
      expect(stored!.progress!.row.currentProgressValue).toBe(wholeQuantity(2))
      expect(stored!.nextMilestone!.id).toBe(fifth.id)
    })

    it('refuses a duplicate for ever, names the first log and leaves the member alone', async () => {
      const streak = await kit.streak()
      const member = (firstName: string) => ({ externalId: 'm1', profile: { firstName }, profileAt: null })
      const first = recorded(
        await kit.record(streak, june(1), { uniqueIdentifier: 'o1', member: member('A') }),
      )
      await kit.store.commit([
        {
          op: 'update',
          collection: 'streak',
          id: streak.id,
          accountId: kit.accountId,
          set: { status: 'paused' },
        },
      ])
      expect(await kit.record(streak, june(2), { uniqueIdentifier: 'o1', member: member('B') })).toEqual({
        outcome: 'duplicate',
        existingId: first.log.id,
      })
      expect((await kit.rows('member')).map((row) => row.firstName)).toEqual(['A'])
    })

    it('lets a duplicate and a refused log inside a batch fail alone', async () => {
      const streak = await kit.streak()
      const draft = await kit.streak({ status: 'draft' })
      const results = await Promise.all([
        kit.record(streak, june(1), { uniqueIdentifier: 'o1' }),
        kit.record(streak, june(2), { uniqueIdentifier: 'o1' }),
        kit.record(draft, june(2)),
        kit.record(streak, kit.now + 6 * 60_000),
        kit.record(streak, june(3), { member: { id: uuidv7() } }),
        kit.record(streak, june(2), { uniqueIdentifier: 'o2' }),
      ])
      const codes = results.map((result) => (result.outcome === 'rejected' ? result.code : result.outcome))
      expect(codes).toEqual([
        'recorded',
        'duplicate',
        'STREAK_NOT_LIVE',
        'IN_FUTURE',
        'REFERENCE_NOT_FOUND',
        'recorded',
      ])
      expect(recorded(results[5]!).context!.progress!.consecutiveCount).toBe(2)
    })

    it('keeps a log that is not live out of everything', async () => {
      const streak = await kit.streak()
      const first = recorded(await kit.record(streak, june(1), { status: 'paused', uniqueIdentifier: 'o1' }))
      expect(first.context).toMatchObject({ progress: null, achieved: [], nextMilestone: null })
      expect(await kit.rows('streak_progress')).toEqual([])
      expect(await kit.rows('member_streak')).toEqual([])
      expect((await kit.record(streak, june(1), { uniqueIdentifier: 'o1' })).outcome).toBe('duplicate')
    })

    it('gives 200 concurrent creates of one member, from two writers, the values 1 to 200, each once', async () => {
      const streak = await kit.streak()
      const other = kit.anotherRecorder()
      const writers = [kit.recorder, other]
      const results = await Promise.all(
        Array.from({ length: 200 }, (_, index) =>
          writers[index % 2]!.record(kit.request(streak, june(1) + index)),
        ),
      )
      const values = results.map((result) =>
        Number(formatQuantity(recorded(result).context!.progress!.row.currentProgressValue)),
      )
      expect(values.toSorted((a, b) => a - b)).toEqual(Array.from({ length: 200 }, (_, index) => index + 1))
    })

    it('counts a purchase once, whoever is said to have made it', async () => {
      const streak = await kit.streak()
      const purchase = async (externalId: string) => {
        const itemId = await pendingItem(kit, streak)
        return kit.record(streak, june(1), {
          uniqueIdentifier: '1001',
          member: { externalId, profile: {}, profileAt: 1 },
          purchase: purchaseFacts(itemId),
        })
      }
      const first = recorded(await purchase('email:a@example.com'))
      expect(await purchase('shopify:1')).toEqual({ outcome: 'duplicate', existingId: first.log.id })
      const racing = await Promise.all([purchase('shopify:2'), purchase('shopify:3')])
      expect(racing.map((result) => result.outcome)).toEqual(['duplicate', 'duplicate'])
      expect(await kit.rows('streak_log')).toHaveLength(1)
      expect(await kit.rows('member')).toHaveLength(1)
    })

    it('counts no purchase whose order the API was told of, whether or not the streak is live by then', async () => {
      const streak = await kit.streak()
      const told = recorded(await kit.record(streak, june(1), { uniqueIdentifier: '1001' }))
      const purchase = async () => {
        const itemId = await pendingItem(kit, streak)
        const result = await kit.record(streak, june(2), {
          uniqueIdentifier: '1001',
          purchase: purchaseFacts(itemId),
        })
        const [item] = await kit.store.findByKeys('delivery_item', ['id'], [[itemId]])
        return [result, item!.status, item!.duplicateOfId]
      }
      const duplicate = [{ outcome: 'duplicate', existingId: told.log.id }, 'duplicate', told.log.id]
      expect(await purchase()).toEqual(duplicate)
      const { id, accountId } = streak
      await kit.store.commit([
        { op: 'update', collection: 'streak', id, accountId, set: { status: 'paused' } },
      ])
      expect(await purchase()).toEqual(duplicate)
      expect(await kit.rows('streak_log')).toHaveLength(1)
    })

    it('adds spending exactly, whatever the order', async () => {
      const streak = await kit.streak({ aggregationMethod: 'sum', aggregationTargetValue: wholeQuantity(1) })
      const values = Array.from({ length: 10 }, () => 100_000n)
      const results = await Promise.all(
        values.map((activityValue) => kit.record(streak, june(1), { activityValue })),
      )
      const last = recorded(results[9]!).context!.progress!
      expect([formatQuantity(last.row.currentProgressValue), last.status]).toEqual(['1', 'completed'])
    })

    it('keeps the instant a late log moves the target to', async () => {
      const streak = await kit.streak({ aggregationTargetValue: wholeQuantity(2), completionTargetValue: 1 })
      await kit.record(streak, june(1, 20))
      await kit.record(streak, june(1, 10))
      const { context } = recorded(await kit.record(streak, june(1, 5)))
      expect(context!.progress!.streakCompletedAt).toBe(june(1, 10))
    })

    it('takes the newest profile of connectors and only fills blanks from older ones', async () => {
      const streak = await kit.streak()
      const from = (profileAt: number | null, profile: object) => ({
        member: { externalId: 'm1', profile, profileAt },
      })
      await kit.record(streak, june(2), from(june(2), { firstName: 'new' }))
      await kit.record(streak, june(1), from(june(1), { firstName: 'old', lastName: 'older' }))
      const [member] = await kit.rows('member')
      expect([member!.firstName, member!.lastName]).toEqual(['new', 'older'])
    })

    it('knows the time of each profile field by itself, and a value repeated is newer', async () => {
      const streak = await kit.streak()
      const from = (profileAt: number | null, profile: object) => ({
        member: { externalId: 'm1', profile, profileAt },
      })
      await kit.record(streak, june(1), from(june(1), { firstName: 'a' }))
      await kit.record(streak, june(3), from(june(3), { firstName: 'a' }))
      await kit.record(streak, june(2), from(june(2), { firstName: 'b', lastName: 'c' }))
      await kit.record(streak, june(4), from(null, { email: 'api@example.com' }))
      await kit.record(streak, june(5), from(june(5), { lastName: 'd' }))
      const [member] = await kit.rows('member')
      expect([member!.firstName, member!.lastName, member!.email]).toEqual(['a', 'd', 'api@example.com'])
    })

    it('refuses an activity where no calendar reaches like any other in the future', async () => {
      const streak = await kit.streak({ timezone: 'Pacific/Auckland' })
      await kit.record(streak, june(1))
      const result = await kit.record(streak, Date.UTC(9999, 11, 31, 23))
      expect(result).toMatchObject({ outcome: 'rejected', code: 'IN_FUTURE' })
    })
  })
}

function purchaseFacts(itemId: string): PurchaseFacts {
  const names = { orderReference: null, otherReference: null }
  const order = { ...names, orderTotal: null, currency: null, isAmount: false, basis: null }
  return { ...order, itemId, deliveryId: uuidv7(), purchaseSpace: 'shop' }
}

async function pendingItem(kit: EngineKit, streak: Row<'streak'>): Promise<string> {
  const { revision: _, ...common } = kit.common()
  const row: Row<'delivery_item'> = {
    ...common,
    deliveryId: uuidv7(),
    connectorId: uuidv7(),
    report: null,
    orderKey: null,
    ruleIndex: 0,
    streakId: streak.id,
    activity: null,
    externalId: null,
    addressIdentity: null,
    nameKeptSince: null,
    status: 'pending',
    reason: null,
    message: null,
    streakLogId: null,
    quiet: null,
    duplicateOfId: null,
    receivedAt: kit.now,
    dueAt: kit.now,
    batchId: null,
    attempt: 0,
  }
  await kit.store.commit([{ op: 'insert', collection: 'delivery_item', row }])
  return row.id
}
