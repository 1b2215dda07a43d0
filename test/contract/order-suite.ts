import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import fc from 'fast-check'
import type { Store } from '../../src/ports/store.ts'
import { EngineKit } from '../helpers/engine-kit.ts'
import type { History } from '../helpers/history.ts'
import { histories } from '../helpers/history-arbitrary.ts'
import { JourneyOracle } from '../helpers/journey-oracle.ts'
import { observe, observeRewards, readMoment } from '../helpers/observed-journey.ts'
import { PlayedHistory } from '../helpers/play-history.ts'
import { propertyRuns } from '../helpers/property-runs.ts'
import {
  debtIsPaid,
  dueWhateverTheOrder,
  type RewardCheck,
  ruleOfOrder,
  soundAtAnyTime,
} from '../helpers/reward-checks.ts'

const WRITERS = 8
/** After everything that a history can hold. */
const NOW = Date.UTC(2027, 0, 1)

export interface OrderSetup {
  readonly store: Store
  /** Eight connections of their own to the same data; empty where one process owns it. */
  readonly connections: readonly Store[]
  close(): Promise<void>
}

export interface OrderSize {
  readonly runsInCi: number
  readonly maxCalls: number
}

const WAYS = ['one by one', 'at once', 'among eight writers'] as const
type Way = (typeof WAYS)[number]

/** The same ledger, however it was written, comes to the same: the same suite for each store. */
export function describeOrder(
  name: string,
  { runsInCi, maxCalls }: OrderSize,
  setup: () => Promise<OrderSetup>,
): void {
  describe(`the order of entries on ${name}`, () => {
    let parts: OrderSetup
    beforeAll(async () => {
      parts = await setup()
    })
    afterAll(() => parts.close())

    async function play(
      history: History,
      way: Way,
      afterStep: (kit: EngineKit, played: PlayedHistory, place: number) => Promise<void>,
    ): Promise<{ kit: EngineKit; played: PlayedHistory }> {
      const kit = new EngineKit(parts.store)
      kit.now = NOW
      const played = await PlayedHistory.prepare(kit, history)
      if (way === 'one by one') {
        await played.oneByOne(kit.recorder, (place) => afterStep(kit, played, place))
      } else if (way === 'at once') await played.atOnce(kit.recorder)
      else {
        const { connections } = parts
        const own = connections.map((connection) => kit.anotherRecorder(connection))
        const writers = Array.from({ length: WRITERS }, (_, at) => own[at] ?? kit.recorder)
        await played.amongWriters(writers)
      }
      return { kit, played }
    }

    /** Progress, runs, member streaks and what a rebuild says, against the oracle. */
    async function checkJourneys(kit: EngineKit, played: PlayedHistory, way: Way) {
      const observed = await observe(kit, played)
      const { history } = played
      const expected = history.streaks.flatMap((streak, at) =>
        Array.from({ length: history.members }, (_, member) => {
          const label = `m${member + 1} s${at + 1}`
          const rewards = observed.find((each) => each.label === label)?.rewards ?? []
          const ledger = played.ledger(member, at)
          if (ledger.length === 0) return []
          const once = rewards.map(({ milestone }) => milestone)
          const held = new Set(once.filter((milestone) => streak.milestones[milestone]!.repeat === 'once'))
          const shown = new JourneyOracle(streak, ledger).expected(
            readMoment(streak, played.logsAt(at)),
            held,
          )
          return [{ label, ...shown, differences: [] }]
        }).flat(),
      )
      const actual = observed.map(({ label, shown, differences }) => ({ label, ...shown, differences }))
      expect({ way, journeys: actual }).toEqual({ way, journeys: byLabel(expected) })
      const unlike = played.identifiers().filter(({ accepted, ids }) => accepted !== 1 || ids !== 1)
      expect({ way, unlike }).toEqual({ way, unlike: [] })
      return observed
    }

    const { runs, timeoutMs } = propertyRuns(runsInCi)

    /** The three ways at the same time, on an account each: what one waits for the disk the others use. */
    async function inEveryWay(playAndCheck: (way: Way) => Promise<void>): Promise<void> {
      const ended = await Promise.allSettled(WAYS.map(playAndCheck))
      for (const end of ended) if (end.status === 'rejected') throw end.reason
    }

    /**
     * Plays a history in every way; `afterStep` where they go one by one, and `atEnd` everywhere, rewards are checked.
     */
    async function check(
      history: History,
      afterStep: RewardCheck,
      atEnd: (way: Way, played: PlayedHistory) => readonly RewardCheck[],
    ): Promise<void> {
      await inEveryWay(async (way) => {
        const { kit, played } = await play(history, way, async (kit, played, place) => {
          const { rewards, oracle, milestones } = await subjectOf(kit, played, place)
          const faults = milestones.flatMap((each, at) => afterStep(oracle, each, rewards, at))
          expect({ place, faults }).toEqual({ place, faults: [] })
        })
        for (const { label, member, streak, rewards } of await checkJourneys(kit, played, way)) {
          const rules = history.streaks[streak]!
          const oracle = new JourneyOracle(rules, played.ledger(member, streak))
          const faults = atEnd(way, played).flatMap((rewardCheck) =>
            rules.milestones.flatMap((each, at) => rewardCheck(oracle, each, rewards, at)),
          )
          expect({ way, label, faults }).toEqual({ way, label, faults: [] })
        }
      })
    }

    const ordered = (history: History) =>
      check(history, ruleOfOrder, (way) => {
        // where eight processes write, nobody can tell who was first
        const isOrderKnown = way !== 'among eight writers' || parts.connections.length === 0
        return [soundAtAnyTime, dueWhateverTheOrder, isOrderKnown ? ruleOfOrder : debtIsPaid]
      })

    const withWithdrawals = (history: History) =>
      check(history, soundAtAnyTime, (_way, { hasMinted }) =>
        // an issued reward outlives its ground, and then may stand where another is due
        hasMinted ? [soundAtAnyTime] : [soundAtAnyTime, dueWhateverTheOrder],
      )

    it(
      'changes nothing of progress, runs, counts, member streaks and once and value rewards',
      () => fc.assert(fc.asyncProperty(histories({ withdrawals: false, maxCalls }), ordered), runs),
      timeoutMs,
    )

    it(
      'changes nothing of progress, runs and counts with withdrawals among it, and doubles no reward',
      () => fc.assert(fc.asyncProperty(histories({ withdrawals: true, maxCalls }), withWithdrawals), runs),
      timeoutMs,
    )
  })
}

function byLabel<T extends { label: string }>(all: readonly T[]): T[] {
  return all.toSorted((a, b) => (a.label < b.label ? -1 : 1))
}

/** Whom and what a step is about, as both sides have it right after it. */
async function subjectOf(kit: EngineKit, played: PlayedHistory, place: number) {
  const { member, streak } = played.subjectOf(place)
  const owner = [[kit.accountId, `m${member + 1}`]]
  const [row] = await kit.store.findByKeys('member', ['accountId', 'externalId'], owner)
  const rewards = row === undefined ? [] : await observeRewards(kit, played, row.id, streak)
  const rules = played.history.streaks[streak]!
  const oracle = new JourneyOracle(rules, played.ledger(member, streak))
  return { rewards, oracle, milestones: rules.milestones }
}
