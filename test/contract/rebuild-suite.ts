import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals'
import { v7 as uuidv7 } from 'uuid'
import type { Change } from '../../src/ports/store.ts'
import { rebuild } from '../../src/rebuild/rebuild.ts'
import { wholeQuantity } from '../../src/streaks/quantity.ts'
import { EngineKit } from '../helpers/engine-kit.ts'
import type { EngineSetup } from './engine-suite.ts'

const june = (day: number, hour = 12) => Date.UTC(2025, 5, day, hour)

/** Rebuilding from the ledger, on a real store: the same suite for each. */
export function describeRebuild(name: string, setup: () => Promise<EngineSetup>): void {
  describe(`rebuild on ${name}`, () => {
    let parts: EngineSetup
    let kit: EngineKit
    beforeAll(async () => {
      parts = await setup()
    })
    afterAll(() => parts.close())
    beforeEach(async () => {
      kit = new EngineKit(parts.store)
    })

    const run = (repair: boolean) =>
      rebuild({ store: parts.store, clock: { now: () => kit.now }, newId: uuidv7 }, { repair })
    const apply = async (...changes: Change[]) => {
      expect(await parts.store.commit(changes)).toEqual({ outcome: 'committed' })
    }

    /** A member with two runs, cycles, a withdrawal and rewards. */
    async function aHistory() {
      const streak = await kit.streak({ completionTargetValue: 2 })
      await kit.milestone(streak, { milestoneTargetValue: wholeQuantity(2) })
      for (const day of [1, 2, 3, 5, 6, 9]) await kit.record(streak, june(day))
      await kit.record(streak, june(7), { status: 'draft' })
      const extra = await kit.record(streak, june(8))
      if (extra.outcome === 'recorded') await kit.withdraw(extra.log.id)
      return streak
    }

    it('finds nothing to say of what was recorded', async () => {
      await aHistory()
      expect(await run(false)).toMatchObject({ differing: 0, differences: [], busy: 0, placedElsewhere: 0 })
    })

    it('finds what differs, says where, changes nothing; and mends it when told to, once', async () => {
      await aHistory()
      const { accountId } = kit
      const progress = await kit.rows('streak_progress')
      const runs = await kit.rows('run')
      const [journey] = await kit.rows('member_streak')
      await apply(
        {
          op: 'update',
          collection: 'streak_progress',
          id: progress[0]!.id,
          accountId,
          set: { currentProgressValue: 5n },
        },
        { op: 'delete', collection: 'streak_progress', id: progress[1]!.id, accountId },
        { op: 'delete', collection: 'run', id: runs[0]!.id, accountId },
        {
          op: 'update',
          collection: 'run',
          id: runs[1]!.id,
          accountId,
          set: { lastPeriod: runs[1]!.lastPeriod + 3 },
        },
        {
          op: 'update',
          collection: 'member_streak',
          id: journey!.id,
          accountId,
          set: { longestRunLength: 99, completedCycles: 0 },
        },
      )
      const found = await run(false)
      expect(found.differences.map(({ what }) => what).toSorted()).toEqual([
        'member_streak',
        'run',
        'run',
        'streak_progress',
        'streak_progress',
      ])
      expect(found.differences.find(({ what }) => what === 'member_streak')!.detail).toBe(
        'longestRunLength, completedCycles',
      )
      expect((await run(false)).differing).toBe(5)
      const rewards = await kit.rows('reward_log')
      expect(await run(true)).toMatchObject({ differing: 5, repaired: 1 })
      expect(await run(true)).toMatchObject({ differing: 0, repaired: 0 })
      expect(await kit.rows('reward_log')).toEqual(rewards)
      expect(kit.enqueued).toEqual([])
    })

    it('finds a member streak that was lost, and writes it anew from the ledger', async () => {
      await aHistory()
      const { accountId } = kit
      const [journey] = await kit.rows('member_streak')
      await apply({ op: 'delete', collection: 'member_streak', id: journey!.id, accountId })
      const found = await run(false)
      expect(found.differences.map(({ what, detail }) => [what, detail])).toEqual([
        ['member_streak', 'the record is missing'],
      ])
      expect(await kit.rows('member_streak')).toEqual([])
      await run(true)
      const [again] = await kit.rows('member_streak')
      const { longestRunLength, completedCycles, lastActivityAt, hasRewards, revokedRewards, closed } =
        journey!
      expect(again).toMatchObject({
        longestRunLength,
        completedCycles,
        lastActivityAt,
        hasRewards,
        revokedRewards,
        closed,
      })
      expect(await run(false)).toMatchObject({ differing: 0, busy: 0 })
    })

    it('finds a log whose value is not what its withdrawals leave', async () => {
      const streak = await aHistory()
      const [log] = (await kit.rows('streak_log')).filter((row) => row.entryCount === 1)
      await apply({
        op: 'update',
        collection: 'streak_log',
        id: log!.id,
        accountId: kit.accountId,
        set: { effectiveValue: wholeQuantity(1) },
      })
      expect((await run(false)).differences.map(({ what }) => what)).toEqual(['streak_log'])
      await run(true)
      expect((await run(false)).differing).toBe(0)
      expect(streak.id).toBe(log!.streakId)
    })

    it('reports a reward whose ground is gone, and leaves it alone', async () => {
      const streak = await kit.streak()
      await kit.milestone(streak, { milestoneTargetValue: wholeQuantity(2) })
      for (const day of [1, 2]) await kit.record(streak, june(day))
      const [reward] = await kit.rows('reward_log')
      await apply({
        op: 'update',
        collection: 'reward_log',
        id: reward!.id,
        accountId: kit.accountId,
        set: { periodNumber: reward!.periodNumber + 9 },
      })
      const { differences } = await run(true)
      expect(differences.filter(({ repairable }) => !repairable).map(({ detail }) => detail)).toEqual([
        `${reward!.id}: its ground is gone`,
      ])
      expect((await kit.rows('reward_log'))[0]!.fulfilmentStatus).toBe('pending')
      await apply({
        op: 'update',
        collection: 'reward_log',
        id: reward!.id,
        accountId: kit.accountId,
        set: { periodNumber: reward!.periodNumber },
      })
      expect((await run(true)).differing).toBeGreaterThan(0)
      expect((await run(false)).differing).toBe(0)
    })

    it('lists logs that today would lie in another period apart, and does not move them', async () => {
      const streak = await kit.streak()
      await kit.record(streak, june(1, 0))
      await apply({
        op: 'update',
        collection: 'streak',
        id: streak.id,
        accountId: kit.accountId,
        set: { timezone: 'America/New_York' },
      })
      const { elsewhere, placedElsewhere } = await run(true)
      expect(placedElsewhere).toBe(1)
      expect(elsewhere.map(({ periodKey, today }) => [periodKey, today])).toEqual([
        ['2025-06-01', '2025-05-31'],
      ])
      expect((await kit.rows('streak_log'))[0]!.periodKey).toBe('2025-06-01')
      await apply({
        op: 'update',
        collection: 'streak',
        id: streak.id,
        accountId: kit.accountId,
        set: { timezone: 'UTC' },
      })
    })

    it('looks while recording goes on, and never sees half of a commit', async () => {
      const streak = await kit.streak()
      await kit.milestone(streak, { milestoneTargetValue: wholeQuantity(2) })
      const recording = Promise.all(
        Array.from({ length: 300 }, (_, index) =>
          kit.record(streak, june(1 + (index % 20)) + index, {
            enrich: false,
            member: { externalId: `m${index % 3}`, profile: {}, profileAt: null },
          }),
        ),
      )
      const looks = []
      for (let look = 0; look < 5; look += 1) looks.push(await run(look % 2 === 1))
      await recording
      expect(looks.map((look) => look.differing)).toEqual([0, 0, 0, 0, 0])
      const last = await run(false)
      expect([last.differing, last.busy]).toEqual([0, 0])
    })
  })
}
