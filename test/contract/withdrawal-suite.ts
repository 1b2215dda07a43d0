import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals'
import type { EntryResult, RecordResult } from '../../src/engine/types.ts'
import type { Row } from '../../src/ports/schema.ts'
import type { Store } from '../../src/ports/store.ts'
import { formatQuantity, wholeQuantity } from '../../src/streaks/quantity.ts'
import { EngineKit } from '../helpers/engine-kit.ts'
import type { EngineSetup } from './engine-suite.ts'

const june = (day: number, hour = 12) => Date.UTC(2025, 5, day, hour)
const dayOf = (row: { periodKey: string }) => Number(row.periodKey.slice(-2))

function logOf(result: RecordResult): Row<'streak_log'> {
  if (result.outcome !== 'recorded') throw new Error(`not recorded: ${JSON.stringify(result)}`)
  return result.log
}
function entryOf(result: EntryResult): Row<'withdrawal'> {
  if (result.outcome !== 'recorded') throw new Error(`not entered: ${JSON.stringify(result)}`)
  return result.entry
}

/** Withdrawals and what undoes them, on a real store: the same suite for each. */
export function describeWithdrawals(name: string, setup: () => Promise<EngineSetup>): void {
  describe(`withdrawals on ${name}`, () => {
    let parts: EngineSetup
    let kit: EngineKit
    beforeAll(async () => {
      parts = await setup()
    })
    afterAll(() => parts.close())
    beforeEach(() => {
      kit = new EngineKit(parts.store)
    })

    const reward = { providerId: '00000000-0000-7000-8000-000000000001', discount: { percentage: '10' } }
    const statuses = async () =>
      (await kit.rows('reward_log')).map((row) => [dayOf(row), row.fulfilmentStatus, row.standing])

    async function recordDays(streak: Row<'streak'>, days: readonly number[]): Promise<Row<'streak_log'>[]> {
      const logs: Row<'streak_log'>[] = []
      for (const day of days) logs.push(logOf(await kit.record(streak, june(day))))
      return logs
    }

    it('shows the worked example of a withdrawn day', async () => {
      const logs = await recordDays(await kit.streak(), [1, 2, 3])
      await kit.withdraw(logs[1]!.id)
      const rows = (await kit.rows('streak_progress')).toSorted((a, b) => a.periodNumber - b.periodNumber)
      const views = await kit.views.progress(kit.accountId, rows, kit.now)
      expect(
        views.map((view) => [
          dayOf(view.row),
          formatQuantity(view.row.currentProgressValue),
          view.status,
          view.consecutiveCount,
          view.longestConsecutiveCount,
          view.streakBrokenAt,
        ]),
      ).toEqual([
        [1, '1', 'completed', 1, 1, null],
        [2, '0', 'broken', 1, 1, june(3, 0)],
        [3, '1', 'completed', 1, 1, null],
      ])
    })

    it('revokes a reward that is not minted, and brings it back under its own id', async () => {
      const streak = await kit.streak()
      await kit.milestone(streak, { reward })
      const logs = await recordDays(streak, [1, 2, 3])
      const withdrawal = entryOf(await kit.withdraw(logs[2]!.id))
      expect(await statuses()).toEqual([[3, 'revoked', false]])
      const [revoked] = await kit.rows('reward_log')
      expect(revoked!.dueAt).toBeNull()
      kit.enqueued.length = 0
      entryOf(await kit.reinstate(logs[2]!.id, withdrawal.id))
      expect(await statuses()).toEqual([[3, 'pending', true]])
      const [back] = await kit.rows('reward_log')
      const [log] = (await kit.rows('streak_log')).filter((row) => row.id === logs[2]!.id)
      expect(log!.rewardLogIds).toEqual([back!.id])
      expect([back!.id, back!.createdAt, back!.streakLogId]).toEqual([
        revoked!.id,
        revoked!.createdAt,
        logs[2]!.id,
      ])
      expect(kit.enqueued).toEqual([
        { accountId: kit.accountId, rewardLogId: back!.id, attempt: back!.attempt },
      ])
    })

    it('brings a reward back by another log, and lists it as achieved by that log', async () => {
      const streak = await kit.streak()
      await kit.milestone(streak)
      const logs = await recordDays(streak, [1, 2, 3])
      await kit.withdraw(logs[2]!.id)
      const again = await kit.record(streak, june(3, 20))
      const context = again.outcome === 'recorded' ? again.context! : null
      const [row] = await kit.rows('reward_log')
      expect(context!.achieved.map(({ rewardLog }) => [rewardLog.id, rewardLog.fulfilmentStatus])).toEqual([
        [row!.id, 'pending'],
      ])
      expect([row!.streakLogId, await statuses()]).toEqual([logOf(again).id, [[3, 'pending', true]]])
    })

    it('brings a reward back by a reinstatement that leaves its log withdrawn', async () => {
      const streak = await kit.streak()
      await kit.milestone(streak, { milestoneTargetValue: wholeQuantity(2) })
      const [first] = await recordDays(streak, [1, 2])
      await kit.withdraw(first!.id)
      const [fourth] = await recordDays(streak, [4, 5, 3])
      const [again] = await recordDays(streak, [3])
      const one = entryOf(await kit.withdraw(again!.id))
      await kit.withdraw(again!.id)
      await kit.withdraw(fourth!.id)
      // the run of days 2 and 3 owes one and holds none
      expect((await statuses()).map(([, status]) => status)).toEqual(['revoked', 'revoked'])
      await kit.reinstate(again!.id, one.id)
      expect((await statuses()).toSorted()).toEqual([
        [3, 'pending', true],
        [5, 'revoked', false],
      ])
      const [row] = (await kit.rows('reward_log')).filter(({ standing }) => standing)
      expect(row!.streakLogId).toBe(again!.id)
    })

    it('lists what a reinstatement earned in the order of the milestones', async () => {
      const streak = await kit.streak()
      const count = await kit.milestone(streak, { milestoneTargetValue: wholeQuantity(1) })
      const value = await kit.milestone(streak, {
        milestoneMetric: 'current_progress_value',
        milestoneRepeat: 'every_period',
        milestoneTargetValue: wholeQuantity(2),
      })
      const [log] = await recordDays(streak, [1, 1])
      const entry = entryOf(await kit.withdraw(log!.id))
      await kit.reinstate(log!.id, entry.id)
      const rows = (await kit.rows('streak_log')).filter(({ id }) => id === log!.id)
      const [context] = await kit.views.logContexts(kit.accountId, rows, kit.now)
      expect(context!.achieved.map(({ milestone }) => milestone.id)).toEqual([value.id, count.id])
    })

    it('moves a reward whose own day falls out to the part that owes one', async () => {
      const streak = await kit.streak()
      await kit.milestone(streak, { milestoneTargetValue: wholeQuantity(2) })
      const logs = await recordDays(streak, [1, 2, 3, 4, 5])
      await kit.withdraw(logs[1]!.id)
      expect(await statuses()).toEqual([[4, 'pending', true]])
    })

    it('keeps an issued reward, or asks for it back, as its milestone said', async () => {
      const streak = await kit.streak()
      await kit.milestone(streak, { reward })
      await kit.milestone(streak, { reward, onWithdrawal: 'revoke' })
      const logs = await recordDays(streak, [1, 2, 3])
      for (const row of await kit.rows('reward_log')) {
        const set = { fulfilmentStatus: 'issued', couponCode: row.drawnCode, dueAt: null } as const
        await kit.store.commit([
          { op: 'update', collection: 'reward_log', id: row.id, accountId: kit.accountId, set },
        ])
      }
      await kit.withdraw(logs[2]!.id)
      expect((await statuses()).toSorted()).toEqual([
        [3, 'issued', true],
        [3, 'revoking', true],
      ])
    })

    it('is entered once by its identifier, and undone once', async () => {
      const [log] = await recordDays(await kit.streak(), [1])
      const first = entryOf(await kit.withdraw(log!.id, null, 'refund-1'))
      expect(await kit.withdraw(log!.id, null, 'refund-1')).toEqual({
        outcome: 'duplicate',
        existingId: first.id,
      })
      const undone = entryOf(await kit.reinstate(log!.id, first.id))
      expect(await kit.reinstate(log!.id, first.id)).toEqual({ outcome: 'duplicate', existingId: undone.id })
      expect(await kit.reinstate(log!.id, undone.id)).toMatchObject({
        outcome: 'rejected',
        code: 'REFERENCE_NOT_FOUND',
      })
      const racing = await Promise.all(
        Array.from({ length: 20 }, () => kit.withdraw(log!.id, null, 'refund-2')),
      )
      expect(racing.filter((result) => result.outcome === 'recorded')).toHaveLength(1)
    })

    it('takes parts of a value, cut to it, and gives back what is left of them', async () => {
      const streak = await kit.streak({ aggregationMethod: 'sum', aggregationTargetValue: wholeQuantity(20) })
      const log = logOf(await kit.record(streak, june(1), { activityValue: wholeQuantity(30) }))
      const value = async () => formatQuantity((await kit.rows('streak_progress'))[0]!.currentProgressValue)
      const first = entryOf(await kit.withdraw(log.id, wholeQuantity(20)))
      expect(await value()).toBe('10')
      const second = entryOf(await kit.withdraw(log.id, wholeQuantity(50)))
      expect([await value(), formatQuantity(second.value!)]).toEqual(['0', '30'])
      await kit.reinstate(log.id, first.id)
      expect(await value()).toBe('0')
      await kit.reinstate(log.id, second.id)
      expect(await value()).toBe('30')
    })

    it('refuses a part of a log that only counts, and a log that is not there', async () => {
      const [log] = await recordDays(await kit.streak(), [1])
      expect(await kit.withdraw(log!.id, wholeQuantity(1))).toMatchObject({
        code: 'INVALID_INPUT',
        path: 'value',
      })
      expect(await kit.withdraw('00000000-0000-7000-8000-000000000000')).toMatchObject({ code: 'NOT_FOUND' })
    })

    it('is taken while streak and member are paused', async () => {
      const streak = await kit.streak()
      const [log] = await recordDays(streak, [1])
      await kit.store.commit([
        {
          op: 'update',
          collection: 'streak',
          id: streak.id,
          accountId: kit.accountId,
          set: { status: 'paused' },
        },
      ])
      entryOf(await kit.withdraw(log!.id))
      expect((await kit.rows('streak_progress'))[0]!.completed).toBe(false)
    })

    describe('when another writer breaks a run that is about to be looked up', () => {
      /** Days 1 to 3, and a writer whose next search for a run comes right after another took day 2 back. */
      async function aRunAboutToBreak() {
        const streak = await kit.streak()
        const logs = await recordDays(streak, [1, 2, 3])
        const late = interrupted(parts.store, () => kit.withdraw(logs[1]!.id, null, 'refund-1'))
        return { streak, day2: logs[1]!, writer: kit.anotherRecorder(late) }
      }
      const lengths = async () =>
        (await kit.rows('run')).toSorted((a, b) => a.firstPeriod - b.firstPeriod).map((run) => run.length)

      it('enters a withdrawal all the same', async () => {
        const { day2, writer } = await aRunAboutToBreak()
        const entry = { kind: 'withdrawal', value: null, uniqueIdentifier: 'refund-2' } as const
        const { accountId } = kit
        entryOf(await writer.enter({ accountId, streakLogId: day2.id, reason: 'a test', entry }))
        expect(await lengths()).toEqual([1, 1])
      })

      it('records a log all the same, in the state that the other left', async () => {
        const { streak, writer } = await aRunAboutToBreak()
        const result = await writer.record(kit.request(streak, june(2, 20)))
        const context = result.outcome === 'recorded' ? result.context : null
        expect(context!.progress!.row.currentProgressValue).toBe(wholeQuantity(1))
        expect(await lengths()).toEqual([3])
      })

      it('says that a run is missing when it is, instead of searching on', async () => {
        const logs = await recordDays(await kit.streak(), [1])
        const [run] = await kit.rows('run')
        const { accountId } = kit
        await parts.store.commit([{ op: 'delete', collection: 'run', id: run!.id, accountId }])
        await expect(kit.withdraw(logs[0]!.id)).rejects.toThrow(/no run .* streakline rebuild --repair/)
      })
    })
  })
}

/** The store, but for what happens right before the first search for a run. */
function interrupted(store: Store, meanwhile: () => Promise<unknown>): Store {
  let isDue = true
  const find: Store['find'] = async (collection, query) => {
    if (collection === 'run' && isDue) {
      isDue = false
      await meanwhile()
    }
    return store.find(collection, query)
  }
  return new Proxy(store, {
    get(target, name) {
      if (name === 'find') return find
      const value: unknown = Reflect.get(target, name)
      return typeof value === 'function' ? value.bind(target) : value
    },
  })
}
