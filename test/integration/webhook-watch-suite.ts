import { afterEach, beforeEach, describe, expect, it } from '@jest/globals'
import type { Store } from '../../src/ports/store.ts'
import { periodAt } from '../../src/streaks/period.ts'
import { readRuns } from '../../src/telling/watch-page.ts'
import { viewsOf } from '../../src/telling/watch-views.ts'
import type { Body } from '../helpers/api.ts'
import { failingStore } from '../helpers/failing-store.ts'
import { DAY_MS, HOUR_MS, openWebhookRig, type WebhookRig } from '../helpers/webhook-rig.ts'

const MIDNIGHT = Date.UTC(2026, 10, 24)
const hour = (at: number) => MIDNIGHT + at * HOUR_MS

/** What time brings: members at risk, and streaks that are broken, on any store. */
export function describeWebhookWatch(
  name: string,
  open: () => Promise<{ store: Store; close(): Promise<void> }>,
) {
  describe(`at risk and broken on ${name}`, () => {
    let rig: WebhookRig
    let store: Store
    let closeStore: () => Promise<void>
    let serial = 0

    beforeEach(async () => {
      const opened = await open()
      closeStore = opened.close
      store = opened.store
      rig = await openWebhookRig(store)
      rig.goTo(hour(-20))
    })
    afterEach(async () => {
      await rig.close()
      await closeStore()
    })

    const streakOf = (fields: object = {}) =>
      rig.admin.create('streak', {
        name: 'a purchase a day',
        status: 'live',
        aggregationMethod: 'count',
        aggregationTargetValue: 1,
        ...fields,
      })
    const logOf = (streak: Body, externalId: string, at: number = rig.now()) =>
      rig.admin.create('streak_log', {
        streakId: streak.id,
        ownedBy: { externalId },
        activityId: 'made_a_purchase',
        uniqueIdentifier: `order ${++serial}`,
        activityAt: new Date(at).toISOString(),
      })
    const patch = (streak: Body, body: object) => rig.admin.patch(`/schema/streak/record/${streak.id}`, body)
    /** What is told by the looks that are taken at this moment. */
    let seen: ReadonlySet<string> = new Set()
    const toldAt = async (instant: number): Promise<[string, string][]> => {
      rig.goTo(instant)
      await rig.workers.watch()
      await rig.workers.watch()
      const all = await rig.messages()
      const fresh = all.filter(({ id }) => !seen.has(id))
      seen = new Set(all.map(({ id }) => id))
      return fresh.map(({ type, body }): [string, string] => [
        type,
        JSON.parse(body ?? '').data.member.externalId,
      ])
    }
    const lastData = async () => JSON.parse((await rig.messages()).at(-1)!.body!).data

    it('tells who is at risk six hours before the day ends, once, and not who has done it already', async () => {
      await rig.endpoint(['streak.at_risk'])
      const streak = await streakOf()
      for (const member of ['done', 'at risk', 'at risk too']) await logOf(streak, member)
      rig.goTo(hour(1))
      await logOf(streak, 'done')
      await logOf(streak, 'new today')
      expect(await toldAt(hour(18) - 1)).toEqual([])
      const told = await toldAt(hour(18))
      expect(told.toSorted()).toEqual([
        ['streak.at_risk', 'at risk'],
        ['streak.at_risk', 'at risk too'],
      ])
      const { memberStreak, periodKey, periodStartAt, periodEndAt, streak: named } = await lastData()
      expect(memberStreak).toMatchObject({ streakStatus: 'at_risk', currentConsecutiveCount: 1 })
      expect([periodKey, periodStartAt, periodEndAt]).toEqual([
        '2026-11-24',
        new Date(hour(0)).toISOString(),
        new Date(hour(24)).toISOString(),
      ])
      expect(named).toEqual({ id: streak.id, name: streak.name })
      expect(await toldAt(hour(19))).toEqual([])
      // who falls into it later is not told
      await logOf(streak, 'late', hour(-2))
      expect(await toldAt(hour(20))).toEqual([])
      // nor is anybody told again when the hours change
      await patch(streak, { atRiskHours: 2 })
      expect(await toldAt(hour(23))).toEqual([])
    })

    it('goes by the hours of the streak, also where nobody looked in time, and leaves paused streaks alone', async () => {
      await rig.endpoint(['streak.at_risk'])
      const streak = await streakOf({ atRiskHours: 23 })
      const paused = await streakOf()
      await logOf(streak, 'somebody')
      await logOf(paused, 'somebody')
      await patch(paused, { status: 'paused' })
      expect(await toldAt(hour(1) - 1)).toEqual([])
      expect(await toldAt(hour(23))).toEqual([['streak.at_risk', 'somebody']])
    })

    it('takes whole hours, less than the shortest period has', async () => {
      const of = async (aggregationPeriod: string, atRiskHours: unknown) => {
        const body = { name: 'x', aggregationTargetValue: 1, aggregationPeriod, atRiskHours }
        const { status } = await rig.admin.post('/schema/streak/record', body)
        return status
      }
      expect(await of('daily', 23)).toBe(201)
      expect(await of('daily', 24)).toBe(400)
      expect(await of('weekly', 167)).toBe(201)
      expect(await of('weekly', 168)).toBe(400)
      expect(await of('monthly', 671)).toBe(201)
      expect(await of('monthly', 672)).toBe(400)
      expect(await of('daily', 0)).toBe(400)
      expect(await of('daily', 1.5)).toBe(400)
      expect(await of('daily', null)).toBe(201)
      const weekly = await streakOf({ aggregationPeriod: 'weekly', atRiskHours: 100 })
      expect((await patch(weekly, { aggregationPeriod: 'daily' })).status).toBe(400)
      expect((await patch(weekly, { atRiskHours: null })).body.data.atRiskHours).toBeNull()
    })

    it('tells of breaks as the day ends that was missed, and not of a cycle that was closed', async () => {
      await rig.endpoint(['streak.broken'])
      const endless = await streakOf()
      const cycles = await streakOf({ completionTargetValue: 1 })
      await logOf(endless, 'one day')
      await logOf(cycles, 'done')
      expect(await toldAt(hour(24) - 1)).toEqual([])
      expect(await toldAt(hour(24))).toEqual([['streak.broken', 'one day']])
      const data = await lastData()
      expect([
        data.periodKey,
        data.memberStreak.lastBrokenAt,
        data.memberStreak.currentConsecutiveCount,
      ]).toEqual(['2026-11-24', new Date(hour(24)).toISOString(), 0])
      expect(await toldAt(hour(25))).toEqual([])
      expect(await toldAt(hour(48))).toEqual([])
    })

    it('tells of a break up to a day later, and of none that only a late log finds or that was before the endpoint', async () => {
      const streak = await streakOf()
      await logOf(streak, 'long gone')
      rig.goTo(hour(24) + 1)
      await rig.endpoint(['streak.broken'])
      expect(await toldAt(hour(24) + 2)).toEqual([])
      // yesterday is missed as tomorrow begins
      for (const member of ['in time', 'mended']) await logOf(streak, member)
      rig.goTo(hour(49))
      await logOf(streak, 'late', hour(25))
      rig.goTo(hour(72) + 1)
      await logOf(streak, 'found by a late log', hour(25))
      await logOf(streak, 'mended', hour(50))
      expect((await toldAt(hour(96) - 1)).toSorted()).toEqual([
        ['streak.broken', 'in time'],
        ['streak.broken', 'late'],
      ])
      rig.goTo(hour(96))
      await logOf(streak, 'not told')
      expect(await toldAt(hour(168) + 1)).toEqual([])
    })

    it('tells of each streak as it is read at that moment, whatever happened to it before', async () => {
      await rig.endpoint(['streak.at_risk', 'streak.broken'])
      const started = rig.now()
      const days = (...numbers: number[]) => numbers.map((day) => started - day * DAY_MS)
      const histories = [
        days(0),
        days(1, 0),
        days(9, 8, 3, 1, 0),
        days(6, 0),
        days(5, 4, 2, 1, 0),
        days(7, 4, 3, 2, 0),
      ]
      for (const completionTargetValue of [null, 4]) {
        const streak = await streakOf({ completionTargetValue })
        for (const [milestoneTargetValue, milestoneRepeat] of [
          [1, 'once'],
          [2, 'every_streak'],
          [4, 'every_streak'],
        ] as const) {
          await rig.admin.create('milestone', {
            linkedSchemaRecordId: streak.id,
            name: 'a milestone',
            milestoneTargetValue,
            milestoneRepeat,
            status: 'live',
          })
        }
        for (const [at, history] of histories.entries()) {
          for (const instant of history) await logOf(streak, `member ${at}`, instant)
        }
        if (completionTargetValue === null) continue
        // begins anew on the day after the one that it missed
        rig.goTo(hour(24) + 1)
        await logOf(streak, 'member 0')
      }
      for (const instant of [hour(18), hour(24) + 2]) {
        rig.goTo(instant)
        const before = (await rig.messages()).length
        await rig.workers.watch()
        const told = (await rig.messages())
          .slice(before)
          .map(({ body }) => JSON.parse(body!).data.memberStreak)
        expect(told.length).toBeGreaterThan(5)
        await expectSameOneByOne()
        const shown = (await rig.admin.list('member_streak', { limit: 1000 })).body.data
        for (const memberStreak of told) {
          expect(memberStreak).toEqual(shown.find(({ id }: Body) => id === memberStreak.id))
        }
      }
    })

    /** Members with very many runs are looked up one by one, and read the same. */
    async function expectSameOneByOne(): Promise<void> {
      const { views } = rig.api.deps
      for (const streak of await store.find('streak', { limit: 10 })) {
        const { number } = periodAt(streak, rig.now())
        const work = { event: 'streak.at_risk', periodNumber: number, after: null } as const
        const runs = await readRuns(store, streak, work, 100)
        const keys = runs.map(({ ownedById }) => [streak.accountId, ownedById, streak.id])
        const rows = await store.findByKeys('member_streak', ['accountId', 'ownedById', 'streakId'], keys)
        const looked = rows.map((row) => ({ row, run: runs.find((run) => run.ownedById === row.ownedById)! }))
        const seen = (max?: number) => viewsOf({ store, views }, streak, work, looked, rig.now(), max)
        expect(await seen(1)).toEqual(await seen())
        expect(await seen()).toEqual(await views.memberStreaks(streak.accountId, rows, rig.now()))
      }
    }

    it('tells everybody once, page by page, though it is killed in between and others do the same', async () => {
      await rig.endpoint(['streak.at_risk'])
      await rig.endpoint(['streak.at_risk'])
      const streak = await streakOf()
      const members = Array.from({ length: 450 }, (_, at) => `member ${at}`)
      await Promise.all(members.map((member) => logOf(streak, member)))
      rig.goTo(hour(18))
      // ends in the middle of the second page: nothing of it is written
      const dying = failingStore(store, 1)
      await expect(rig.anotherProcess(dying).watch()).rejects.toThrow()
      expect(await rig.messages()).toHaveLength(400)
      await Promise.all([rig.anotherProcess().watch(), rig.anotherProcess().watch()])
      await rig.workers.watch()
      const told = (await rig.messages()).map(
        ({ endpointId, body }) => `${endpointId} ${JSON.parse(body!).data.member.externalId}`,
      )
      expect(told).toHaveLength(2 * members.length)
      expect(new Set(told).size).toBe(2 * members.length)
    })
  })
}
