import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import fc from 'fast-check'
import { v7 as newId } from 'uuid'
import { composeTelling } from '../../src/compose-telling.ts'
import { createRecorder } from '../../src/engine/record.ts'
import { WEBHOOK_EVENTS, type WebhookEvent } from '../../src/ports/schema/telling-values.ts'
import type { Row } from '../../src/ports/schema.ts'
import type { Store } from '../../src/ports/store.ts'
import { wholeQuantity } from '../../src/streaks/quantity.ts'
import { row } from '../contract/store/rows.ts'
import { EngineKit } from '../helpers/engine-kit.ts'
import { propertyRuns } from '../helpers/property-runs.ts'
import { quietLogger } from '../helpers/quiet-logger.ts'

const june = (day: number) => Date.UTC(2025, 5, day, 12)
const NO_QUEUE = {
  enqueue: async () => {},
  add: async () => {},
  states: async (_queue: string, jobs: readonly unknown[]) => jobs.map(() => 'absent' as const),
  reachable: async () => false,
  close: async () => {},
}

interface Act {
  readonly member: number
  readonly day: number
  /** What happens to the log of that member and day once it is there. */
  readonly after: 'stays' | 'withdrawn' | 'withdrawn and reinstated'
}

const anAct: fc.Arbitrary<Act> = fc.record({
  member: fc.integer({ min: 0, max: 1 }),
  day: fc.integer({ min: 1, max: 8 }),
  after: fc.constantFrom('stays', 'stays', 'stays', 'withdrawn', 'withdrawn and reinstated'),
})

/** Of each cause every endpoint that wants it gets exactly one message, whoever writes at the same time. */
export function describeWebhookCauses(
  name: string,
  open: () => Promise<{ store: Store; close(): Promise<void> }>,
  inCi: number,
) {
  describe(`messages and their causes on ${name}`, () => {
    const { runs, timeoutMs } = propertyRuns(inCi)
    let store: Store
    let close: () => Promise<void>
    beforeAll(async () => {
      ;({ store, close } = await open())
    })
    afterAll(() => close())

    async function endpointOf(kit: EngineKit, events: readonly WebhookEvent[]): Promise<string> {
      const made = row('webhook_endpoint', { accountId: kit.accountId, status: 'live', liveSince: 0, events })
      await store.commit([{ op: 'insert', collection: 'webhook_endpoint', row: made }])
      return made.id
    }

    /** A process of its own. */
    const recorderOf = (kit: EngineKit) =>
      createRecorder({
        store,
        queue: NO_QUEUE,
        clock: { now: () => kit.now },
        logger: quietLogger,
        sources: { newId, drawCode: () => ({ code: newId(), foldedCode: newId() }) },
        teller: composeTelling(store, newId).teller,
      })

    it(
      'are one for one, through conflicts, late logs, withdrawals and what undoes them',
      async () => {
        await fc.assert(
          fc.asyncProperty(fc.array(anAct, { minLength: 1, maxLength: 16 }), async (acts) => {
            const kit = new EngineKit(store)
            const streak = await kit.streak({ completionTargetValue: 2 })
            for (const target of [1, 2]) {
              await kit.milestone(streak, { milestoneTargetValue: wholeQuantity(target) })
            }
            const all = await endpointOf(kit, WEBHOOK_EVENTS)
            const some = await endpointOf(kit, ['milestone.achieved', 'streak.completed'])
            const recorders = [recorderOf(kit), recorderOf(kit)]
            const achieved: string[] = []
            await Promise.all(
              acts.map(async ({ member, day, after }, at) => {
                const recorder = recorders[at % 2]!
                const result = await recorder.record({
                  ...kit.request(streak, june(day)),
                  member: { externalId: `member ${member}`, profile: {}, profileAt: null },
                })
                if (result.outcome !== 'recorded') throw new Error(`not recorded: ${result.outcome}`)
                achieved.push(...result.context!.achieved.map(({ rewardLog }) => rewardLog.id))
                if (after === 'stays') return
                const { accountId } = kit
                const about = { accountId, streakLogId: result.log.id, reason: 'a test' }
                const withdrawn = await recorder.enter({
                  ...about,
                  entry: { kind: 'withdrawal', value: null, uniqueIdentifier: newId() },
                })
                if (after === 'withdrawn' || withdrawn.outcome !== 'recorded') return
                const entry = { kind: 'reinstatement', withdrawalId: withdrawn.entry.id } as const
                await recorder.enter({ ...about, entry })
              }),
            )
            const where = { field: 'accountId', op: 'eq', value: kit.accountId } as const
            const messages = await store.find('webhook_message', { where, limit: 10_000 })
            const causesOf = (endpointId: string, ...types: string[]) =>
              messages
                .filter((message) => message.endpointId === endpointId && types.includes(message.type))
                .map(({ cause }) => cause)
                .toSorted()
            const both = ['milestone.achieved', 'streak.completed'] as const
            expect(causesOf(some, ...both)).toEqual(causesOf(all, ...both))
            expect(causesOf(some, 'reward.revoked')).toEqual([])
            // a manual reward was achieved once more than it was revoked, unless it is revoked now
            const rewards = await kit.rows('reward_log')
            for (const { id, fulfilmentStatus } of rewards) {
              const about = (type: string) => causesOf(all, type).filter((cause) => cause.includes(id)).length
              const standing = fulfilmentStatus === 'pending' ? 1 : 0
              expect(about('milestone.achieved') - about('reward.revoked')).toBe(standing)
            }
            const told = (log: string) =>
              causesOf(all, 'milestone.achieved').filter((cause) => cause.includes(log))
            for (const id of new Set(achieved)) {
              expect(told(id).length).toBeGreaterThanOrEqual(achieved.filter((each) => each === id).length)
            }
            const cycles = await cyclesOf(kit)
            const completed = causesOf(all, 'streak.completed').length
            if (acts.every(({ after }) => after === 'stays')) expect(completed).toBe(cycles)
            else expect(completed).toBeGreaterThanOrEqual(cycles - reinstatements(acts))
          }),
          runs,
        )
      },
      timeoutMs,
    )

    async function cyclesOf(kit: EngineKit): Promise<number> {
      const rows: Row<'member_streak'>[] = await kit.rows('member_streak')
      return rows.reduce((sum, { completedCycles }) => sum + completedCycles, 0)
    }
  })
}

/** Each may close a cycle again without being told of. */
function reinstatements(acts: readonly Act[]): number {
  return acts.filter(({ after }) => after === 'withdrawn and reinstated').length
}
