import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import type { Store } from '../../src/ports/store.ts'
import { type Api, type Body, type Client, NOW, startApi } from '../helpers/api.ts'

const DAY_MS = 86_400_000
const DAYS = 5
/** One shopper for each way to buy, or not, on each of the last days: the last bit is today. */
const PATTERNS = Array.from({ length: 2 ** DAYS }, (_, pattern) => pattern)

/** What `GET /schema/streak/now` answers, on one kind of store. */
export function describeStreakNow(
  kind: string,
  open: () => Promise<{ store: Store; close(): Promise<unknown> }>,
): void {
  describe(`how a streak stands now, ${kind}`, () => {
    let opened: Awaited<ReturnType<typeof open>>
    let api: Api
    let client: Client

    beforeAll(async () => {
      opened = await open()
      api = await startApi({ store: opened.store })
      client = await api.account('shop')
    })
    afterAll(async () => {
      await api.close()
      await opened.close()
    })

    const newStreak = (given: object = {}) =>
      client.create('streak', {
        name: 'a purchase a day',
        status: 'live',
        aggregationMethod: 'count',
        aggregationTargetValue: 1,
        ...given,
      })
    const ask = (search: string, from = client) => from.get(`/schema/streak/now?${search}`)

    async function play({ id: streakId }: Body): Promise<void> {
      const logs = PATTERNS.flatMap((pattern) =>
        Array.from({ length: DAYS }, (_, ago) => ago).flatMap((ago) =>
          (pattern >> ago) % 2 === 0
            ? []
            : [
                {
                  ...{ streakId, activityId: 'made_a_purchase', status: 'live' },
                  activityAt: new Date(Date.parse(NOW) - ago * DAY_MS).toISOString(),
                  uniqueIdentifier: `${pattern} ${ago}`,
                  ownedBy: { externalId: `shopper ${pattern}` },
                },
              ],
        ),
      )
      await Promise.all(logs.map((log) => client.create('streak_log', log)))
    }

    it.each([null, 1, 2, 3])('counts whom each member streak counts, with cycles of %s', async (cycle) => {
      const streak = await newStreak({ completionTargetValue: cycle })
      await play(streak)
      const filters = { fieldSlug: 'streakId', operator: 'EQUALS', value: streak.id }
      const { data } = (await client.list('member_streak', { filters, limit: 100 })).body
      expect(data).toHaveLength(PATTERNS.length - 1)
      const those = (status: string) =>
        data.filter(({ streakStatus }: Body) => streakStatus === status).length
      const { body, status } = await ask(`streakId=${streak.id}`)
      expect(status).toBe(200)
      expect(body.data).toEqual({
        ...{ periodKey: '2026-11-22', periodEndAt: '2026-11-23T00:00:00.000Z' },
        ...{ running: those('active') + those('at_risk'), done: those('active'), atRisk: those('at_risk') },
        capped: false,
      })
      expect(body.data.done).toBeGreaterThan(0)
    })

    it('is all zero where nobody bought, and goes by the zone of the streak', async () => {
      const streak = await newStreak({ timezone: 'Pacific/Auckland', aggregationPeriod: 'weekly' })
      const { data } = (await ask(`streakId=${streak.id}`)).body
      expect(data).toEqual({
        ...{ periodKey: '2026-11-23', periodEndAt: '2026-11-29T11:00:00.000Z' },
        ...{ running: 0, done: 0, atRisk: 0, capped: false },
      })
    })

    it('says what it lacks, and nothing of a streak of others', async () => {
      const other = await api.account('another shop')
      const streak = await newStreak()
      expect((await ask(`streakId=${streak.id}`, other)).status).toBe(404)
      for (const [search, path] of [
        ['', 'streakId'],
        ['streakId=1', 'streakId'],
        ['streakId=', 'streakId'],
      ]) {
        const { status, body } = await ask(search!)
        expect([search, status, body.error.details[0].path]).toEqual([search, 400, path])
      }
      expect((await ask(`streakId=${streak.id}&limit=1`)).status).toBe(400)
    })
  })
}
