import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals'
import { v7 as uuidv7 } from 'uuid'
import type { Row } from '../../src/ports/schema.ts'
import { compareJourney } from '../../src/rebuild/compare.ts'
import { readJourney } from '../../src/rebuild/read-journey.ts'
import { rezone } from '../../src/rebuild/rezone.ts'
import { reportZones } from '../../src/rebuild/zone-report.ts'
import { wholeQuantity } from '../../src/streaks/quantity.ts'
import type { ZoneData } from '../../src/streaks/zone-data.ts'
import { interruptedStore } from '../helpers/api.ts'
import { EngineKit } from '../helpers/engine-kit.ts'
import { afterDecree, BEFORE, MOVED_ZONE, under } from '../helpers/moved-zone.ts'
import type { EngineSetup } from './engine-suite.ts'
import { rowsOf } from './store/context.ts'

const june = (day: number, hour = 12) => Date.UTC(2025, 5, day, hour)
const keys = (rows: readonly { readonly periodKey: string }[]) =>
  rows.map(({ periodKey }) => periodKey.slice(-2))
/** From the evening of the third on clocks are two hours ahead: its last two hours belong to the fourth. */
const DECREE = afterDecree(june(3, 20), 2)

/** Moving logs after a change of zone data, on a real store: the same suite for each. */
export function describeRezone(name: string, setup: () => Promise<EngineSetup>): void {
  describe(`rezoning on ${name}`, () => {
    let parts: EngineSetup
    let kit: EngineKit
    beforeAll(async () => {
      parts = await setup()
    })
    afterAll(() => parts.close())
    beforeEach(() => {
      kit = new EngineKit(parts.store)
    })

    const deps = () => ({ store: parts.store, clock: { now: () => kit.now }, newId: uuidv7 })
    const move = (streak: Row<'streak'>, data: ZoneData = DECREE, dryRun = false) =>
      under(data, () => rezone(deps(), { streakId: streak.id, dryRun }))
    /** What `rebuild --check` would say of a streak. */
    const check = (streak: Row<'streak'>, data: ZoneData) =>
      under(data, async () => {
        const journeys = (await kit.rows('member_streak')).filter(({ streakId }) => streakId === streak.id)
        const reads = await Promise.all(journeys.map((row) => readJourney(parts.store, row)))
        return {
          differences: reads.flatMap((read) => compareJourney(read!, kit.now, uuidv7).differences),
          elsewhere: reads.flatMap((read) => read!.elsewhere),
        }
      })
    const CLEAN = { differences: [], elsewhere: [] }

    async function everything() {
      const names = [
        'streak_log',
        'streak_progress',
        'run',
        'member_streak',
        'reward_log',
        'coupon_code',
      ] as const
      return await Promise.all(names.map((collection) => rowsOf(parts.store, collection, kit.accountId)))
    }

    /** Three days in a row by the days of before, the last one late in the evening, and what they earned. */
    async function threeDays(fields: Partial<Row<'milestone'>> = {}) {
      const streak = await kit.streak({ timezone: MOVED_ZONE })
      await kit.milestone(streak, { milestoneTargetValue: wholeQuantity(3), ...fields })
      await under(BEFORE, async () => {
        for (const at of [june(1), june(2), june(3, 23)]) await kit.record(streak, at)
      })
      return streak
    }

    it('moves logs to the period they lie in now; progress and runs follow', async () => {
      const streak = await threeDays()
      const report = await move(streak)
      expect(report).toMatchObject({ journeys: 1, logs: 3, changed: 1, movedLogs: 1, busy: 0 })
      expect(report.moved.map(({ from, to }) => [from, to])).toEqual([['2025-06-03', '2025-06-04']])
      expect(keys(await kit.rows('streak_log')).toSorted()).toEqual(['01', '02', '04'])
      expect(keys(await kit.rows('streak_progress')).toSorted()).toEqual(['01', '02', '04'])
      expect((await kit.rows('run')).map(({ length }) => length).toSorted()).toEqual([1, 2])
      expect((await kit.rows('member_streak'))[0]).toMatchObject({ longestRunLength: 2 })
      expect(await move(streak)).toMatchObject({ changed: 0, movedLogs: 0, movedRewards: 0 })
    })

    it('says the same on a dry run and changes nothing', async () => {
      const streak = await threeDays()
      const before = await everything()
      const said = await move(streak, DECREE, true)
      expect(await everything()).toEqual(before)
      expect(await move(streak)).toEqual(said)
    })

    it('grants and revokes nothing, also where the ground of a reward is gone', async () => {
      const streak = await threeDays()
      const [reward] = await kit.rows('reward_log')
      const codes = await rowsOf(parts.store, 'coupon_code', kit.accountId)
      expect(await move(streak)).toMatchObject({ movedRewards: 0, withoutGround: 1 })
      expect(await kit.rows('reward_log')).toEqual([reward])
      // the gap is filled: the run is back, and so is what it earned, once
      await under(DECREE, () => kit.record(streak, june(3)))
      expect((await kit.rows('run')).map(({ length }) => length)).toEqual([4])
      expect(await kit.rows('reward_log')).toEqual([reward])
      expect(await rowsOf(parts.store, 'coupon_code', kit.accountId)).toEqual(codes)
      expect(await check(streak, DECREE)).toEqual(CLEAN)
    })

    it('grants nothing where logs that move complete a run', async () => {
      const streak = await kit.streak({ timezone: MOVED_ZONE })
      await kit.milestone(streak, { milestoneTargetValue: wholeQuantity(3) })
      await under(BEFORE, async () => {
        for (const at of [june(2), june(3), june(3, 23), june(5)]) await kit.record(streak, at)
      })
      expect(await move(streak)).toMatchObject({ movedLogs: 1 })
      expect((await kit.rows('run')).map(({ length }) => length)).toEqual([4])
      expect(await kit.rows('reward_log')).toEqual([])
      await under(DECREE, () => kit.record(streak, june(6)))
      expect(await kit.rows('reward_log')).toEqual([])
    })

    it('takes the anchor of a reward along with the logs that it was granted for', async () => {
      const streak = await threeDays({
        milestoneMetric: 'current_progress_value',
        milestoneRepeat: 'every_period',
        milestoneTargetValue: wholeQuantity(1),
      })
      const before = await kit.rows('reward_log')
      expect(keys(before).toSorted()).toEqual(['01', '02', '03'])
      expect(await move(streak)).toMatchObject({ movedRewards: 1, withoutGround: 0 })
      const after = await kit.rows('reward_log')
      expect(keys(after).toSorted()).toEqual(['01', '02', '04'])
      expect(after.map(({ id, drawnCode, dueAt }) => [id, drawnCode, dueAt])).toEqual(
        before.map(({ id, drawnCode, dueAt }) => [id, drawnCode, dueAt]),
      )
      expect(await check(streak, DECREE)).toEqual(CLEAN)
      // the third is free for what is bought on it now, the fourth is not granted twice
      await under(DECREE, async () => {
        for (const at of [june(3), june(4)]) await kit.record(streak, at)
      })
      expect(keys(await kit.rows('reward_log')).toSorted()).toEqual(['01', '02', '03', '04'])
    })

    it.each([24, -24])(
      'moves whole days and the anchors on them by %d hours, though each takes another one’s place',
      async (hours) => {
        const streak = await kit.streak({ timezone: MOVED_ZONE })
        const every = { milestoneMetric: 'current_progress_value', milestoneRepeat: 'every_period' } as const
        await kit.milestone(streak, { ...every, milestoneTargetValue: wholeQuantity(1) })
        await kit.milestone(streak, { milestoneTargetValue: wholeQuantity(4) })
        await under(BEFORE, async () => {
          for (const day of [1, 2, 3, 4]) await kit.record(streak, june(day))
        })
        const decree = afterDecree(Date.UTC(1960, 0), hours)
        expect(await move(streak, decree)).toMatchObject({ movedLogs: 4, movedRewards: 5, withoutGround: 0 })
        expect(await check(streak, decree)).toEqual(CLEAN)
        expect(await kit.rows('reward_log')).toHaveLength(5)
      },
    )

    /** A reward for each day on which something was bought. */
    async function oneADay() {
      const streak = await kit.streak({ timezone: MOVED_ZONE })
      const every = { milestoneMetric: 'current_progress_value', milestoneRepeat: 'every_period' } as const
      await kit.milestone(streak, { ...every, milestoneTargetValue: wholeQuantity(1) })
      return streak
    }

    it('leaves a reward where it is when the day that its logs move to has its own already', async () => {
      const streak = await oneADay()
      await under(BEFORE, async () => {
        for (const at of [june(3, 23), june(4)]) await kit.record(streak, at)
      })
      expect(await move(streak)).toMatchObject({ movedLogs: 1, movedRewards: 0, withoutGround: 1, busy: 0 })
      expect(keys(await kit.rows('reward_log')).toSorted()).toEqual(['03', '04'])
    })

    it('leaves a reward where it is while some of its logs stay there', async () => {
      const streak = await oneADay()
      await under(BEFORE, async () => {
        for (const at of [june(3, 0), june(3)]) await kit.record(streak, at)
      })
      const earlier = afterDecree(june(1), -1)
      expect(await move(streak, earlier)).toMatchObject({ movedLogs: 1, movedRewards: 0, withoutGround: 0 })
      expect(keys(await kit.rows('streak_log')).toSorted()).toEqual(['02', '03'])
      expect(keys(await kit.rows('reward_log'))).toEqual(['03'])
    })

    it('takes logs in the order of their time, whichever data put them where they were', async () => {
      const streak = await kit.streak({ timezone: MOVED_ZONE, completionTargetValue: 2 })
      await under(DECREE, () => kit.record(streak, june(3, 22)))
      await under(BEFORE, () => kit.record(streak, june(3, 23)))
      await move(streak)
      expect(await kit.rows('streak_progress')).toMatchObject([
        { firstEffectiveAt: june(3, 22), lastEffectiveAt: june(3, 23), targetReachedAt: june(3, 22) },
      ])
    })

    it('looks again when a log comes just before its commit', async () => {
      const streak = await threeDays()
      const store = interruptedStore(parts.store)
      store.beforeCommit(() => kit.record(streak, june(3)))
      const report = await under(DECREE, () =>
        rezone({ ...deps(), store }, { streakId: streak.id, dryRun: false }),
      )
      expect(report).toMatchObject({ logs: 4, movedLogs: 1, busy: 0 })
      expect(await check(streak, DECREE)).toEqual(CLEAN)
    })

    it('writes keys anew where a date was skipped before them, whose numbers stay', async () => {
      const streak = await threeDays()
      const decree = afterDecree(june(1, 0), 24)
      const numbers = (await kit.rows('streak_log')).map(({ periodNumber }) => periodNumber)
      expect(await move(streak, decree)).toMatchObject({ movedLogs: 3, movedRewards: 1, withoutGround: 0 })
      const logs = await kit.rows('streak_log')
      expect(logs.map(({ periodNumber }) => periodNumber)).toEqual(numbers)
      expect(keys(logs).toSorted()).toEqual(['02', '03', '04'])
      expect(keys(await kit.rows('streak_progress')).toSorted()).toEqual(['02', '03', '04'])
      expect(keys(await kit.rows('reward_log'))).toEqual(['04'])
      expect(await check(streak, decree)).toEqual(CLEAN)
    })

    it('moves logs that do not count too, and records of progress get the ends that their days have now', async () => {
      const streak = await kit.streak({ timezone: MOVED_ZONE })
      await under(BEFORE, async () => {
        await kit.record(streak, june(3, 23), { status: 'draft' })
        await kit.record(streak, june(4))
        const taken = await kit.record(streak, june(3, 22))
        if (taken.outcome === 'recorded') await kit.withdraw(taken.log.id)
      })
      await move(streak)
      expect(keys(await kit.rows('streak_log'))).toEqual(['04', '04', '04'])
      const [progress] = await kit.rows('streak_progress')
      expect(progress).toMatchObject({ periodStartAt: june(3, 22), periodEndAt: june(4, 22) })
      expect(await kit.rows('streak_progress')).toHaveLength(1)
    })

    it('leaves other streaks alone, and knows none that is not there', async () => {
      const [one, other] = [await threeDays(), await threeDays()]
      await move(one)
      const placed = (await kit.rows('streak_log')).map(
        ({ streakId, periodKey }) => `${streakId} ${periodKey}`,
      )
      expect(placed).toContain(`${other.id} 2025-06-03`)
      expect(placed).toContain(`${one.id} 2025-06-04`)
      await expect(rezone(deps(), { streakId: uuidv7(), dryRun: false })).rejects.toMatchObject({
        code: 'NOT_FOUND',
      })
    })

    it('says of which streaks how many logs lie elsewhere, and since when', async () => {
      const streak = await threeDays()
      const still = await kit.streak({ timezone: 'America/New_York' })
      await kit.record(still, june(1))
      const found = await under(DECREE, () => reportZones(parts.store, BEFORE))
      const own = found.streaks.filter(({ accountId }) => accountId === kit.accountId)
      expect(own).toEqual([
        expect.objectContaining({
          streakId: streak.id,
          timezone: MOVED_ZONE,
          logs: 3,
          elsewhere: 1,
          elsewhereSince: june(3, 23),
          clocksDifferSince: june(3, 20),
        }),
      ])
      await move(streak)
      const after = await under(DECREE, () => reportZones(parts.store, null))
      expect(after.streaks.filter(({ accountId }) => accountId === kit.accountId)).toEqual([])
    })

    it('moves while recording goes on, and loses nothing', async () => {
      const streak = await kit.streak({ timezone: MOVED_ZONE })
      const record = (index: number) =>
        kit.record(streak, june(1 + (index % 6), 23) + index, {
          enrich: false,
          member: { externalId: `m${index % 3}`, profile: {}, profileAt: null },
        })
      await under(BEFORE, () => Promise.all(Array.from({ length: 60 }, (_, index) => record(index))))
      await under(DECREE, async () => {
        const recording = Promise.all(Array.from({ length: 200 }, (_, index) => record(index)))
        for (let round = 0; round < 4; round += 1)
          await rezone(deps(), { streakId: streak.id, dryRun: false })
        await recording
        const last = await rezone(deps(), { streakId: streak.id, dryRun: false })
        expect(last).toMatchObject({ changed: 0, busy: 0, logs: 260 })
      })
      expect(await check(streak, DECREE)).toEqual(CLEAN)
    })
  })
}
