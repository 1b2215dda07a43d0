import { Places } from '../../life/places.ts'
import { insert, revise } from '../../ports/changes.ts'
import type { Instant } from '../../ports/clock.ts'
import { isErased } from '../../ports/schema/values.ts'
import type { Row } from '../../ports/schema.ts'
import type { Change } from '../../ports/store.ts'
import { Journey, type Outcome } from '../../streaks/journey.ts'
import { periodAt } from '../../streaks/period.ts'
import { ONE } from '../../streaks/quantity.ts'
import type { CountedLog } from '../../streaks/types.ts'
import type { Sources } from '../deps.ts'
import { type Happening, isHeard } from '../happenings.ts'
import { memberOf } from '../load/load.ts'
import {
  type ExistingLog,
  journeyKey,
  keyOf,
  type Loaded,
  LoadedJourney,
  logKey,
  spacedIdentifier,
} from '../load/loaded.ts'
import type { RecordRequest, RecordResult } from '../types.ts'
import { heldMembers } from './held-members.ts'
import { journeyChanges, memberStreakRow } from './journey-changes.ts'
import { logContext } from './log-context.ts'
import { logRow } from './log-row.ts'
import { MemberChanges } from './members.ts'
import type { OpenJourney } from './open-journey.ts'
import { PurchaseChanges } from './purchase-changes.ts'
import { reject, rejection, unfitRequest } from './rejections.ts'
import { firstRewardFlags, type RewardOutcome, rewardOutcome } from './reward-outcome.ts'
import { completionTold, rewardsTold, type Untold } from './told.ts'

/** A batch being decided: each log sees what the logs before it in the batch did. */
export class BatchDecision {
  readonly #loaded: Loaded
  readonly #now: Instant
  readonly #sources: Sources
  readonly #members = new MemberChanges()
  readonly #newMembers = new Map<string, Row<'member'>>()
  readonly #newLogs = new Map<string, ExistingLog>()
  readonly #journeys = new Map<string, OpenJourney>()
  readonly #firstLogs = new Map<string, Row<'streak'>>()
  readonly #firstRewards = new Map<string, Row<'milestone'>>()
  readonly #changes: Change[] = []
  readonly dueRewards: Row<'reward_log'>[] = []
  readonly #purchases: PurchaseChanges
  readonly #untold: { readonly ownedById: string; readonly told: Untold }[] = []
  readonly #places = new Map<string, Places>()
  #inHand: LoadedJourney | null = null

  constructor(loaded: Loaded, now: Instant, sources: Sources) {
    this.#loaded = loaded
    this.#now = now
    this.#sources = sources
    this.#purchases = new PurchaseChanges(loaded, now, sources.newId)
  }

  /** Reports that have something to do once the batch is committed. */
  dueReports(): Row<'delivery_item'>[] {
    return this.#purchases.dueReports()
  }

  /** The journey a MissingFact was thrown for. */
  journeyInHand(): LoadedJourney {
    return this.#inHand!
  }

  /** @throws MissingFact */
  record(request: RecordRequest): RecordResult {
    const itemId = request.purchase?.itemId
    if (itemId !== undefined && this.#loaded.settledItems.has(itemId)) return { outcome: 'settled' }
    const result = this.#decide(request)
    this.#purchases.noteOutcome(request, result)
    return result
  }

  /** Everything to commit: deletes, updates and inserts of the whole batch. */
  changes(): Change[] {
    const now = this.#now
    const flags = [...this.#firstLogs.values()].map((streak) => revise('streak', streak, { hasLogs: true }))
    const milestoneFlags = firstRewardFlags(this.#firstRewards.values())
    // a journey that only saw logs that are not live stays as it was
    const touched = [...this.#journeys.values()].filter(({ journey }) => journey.progress.size > 0)
    const journeys = touched.flatMap(({ streak, ownedById, loaded, journey, rowId }) =>
      journeyChanges(streak, ownedById, loaded, journey, rowId, now),
    )
    const members = this.#members.changes()
    const held = heldMembers([...this.#journeys.values()], members)
    return [
      ...flags,
      ...milestoneFlags,
      ...members,
      ...held,
      ...journeys,
      ...this.#purchases.changes(),
      ...[...this.#places.values()].flatMap((places) => places.changes()),
      ...this.#changes,
    ]
  }

  /** What somebody listens to, with members as the batch leaves them. */
  happenings(): Happening[] {
    return this.#untold.map(({ ownedById, told }) => {
      const { accountId } = told.streak
      const member =
        this.#members.current(ownedById) ?? this.#loaded.membersById.get(keyOf(accountId, ownedById))
      return { ...told, member: member! }
    })
  }

  /** In the contract's order: references, duplicate, status, time. */
  #decide(request: RecordRequest): RecordResult {
    const { accountId, streakId } = request
    const streak = this.#loaded.streaks.get(keyOf(accountId, streakId))
    if (streak === undefined) {
      return reject('REFERENCE_NOT_FOUND', 'streakId', `streakId: no streak has the id ${streakId}`)
    }
    const member = this.#findMember(request)
    const unfit = unfitRequest(request, streak, member)
    if (unfit !== undefined) return unfit
    const existingId = this.#existingLog(request, member)
    if (existingId !== undefined) {
      this.#purchases.claim(request, existingId)
      return { outcome: 'duplicate', existingId }
    }
    const identifier = this.#identifierOf(request, member)
    return rejection(request, streak, member, this.#now) ?? this.#accept(request, streak, member, identifier)
  }

  #findMember(request: RecordRequest): Row<'member'> | undefined {
    const stored = memberOf(this.#loaded, request)
    if (stored !== undefined && !this.#isGone(stored, request.streakId)) return stored
    if ('id' in request.member) return undefined
    return this.#newMembers.get(keyOf(request.accountId, request.member.externalId))
  }

  /** The journey is read after the member, so it knows of an erasure that the member's row did not show yet. */
  #isGone(member: Row<'member'>, streakId: string): boolean {
    const journey = this.#loaded.journeys.get(journeyKey(member.accountId, member.id, streakId))
    return isErased(member) || journey?.row?.closed === true
  }

  #existingLog(request: RecordRequest, member: Row<'member'> | undefined): string | undefined {
    const counted = this.#purchases.counted(request)
    if (counted !== undefined) return counted.streakLogId
    return this.#logBy(this.#identifierOf(request, member), request, member)?.id
  }

  /**
   * What the log is called: as the request says, unless the member has a log of another purchase by that name. A
   * purchase of the same space would have been found in the connectors' ledger.
   */
  #identifierOf(request: RecordRequest, member: Row<'member'> | undefined): string {
    const { uniqueIdentifier, purchase } = request
    if (purchase === undefined || this.#logBy(uniqueIdentifier, request, member)?.isPurchase !== true) {
      return uniqueIdentifier
    }
    return spacedIdentifier(uniqueIdentifier, purchase.purchaseSpace)
  }

  #logBy(
    identifier: string,
    { accountId, streakId }: RecordRequest,
    member: Row<'member'> | undefined,
  ): ExistingLog | undefined {
    if (member === undefined) return undefined
    const key = logKey(accountId, member.id, streakId, identifier)
    return this.#newLogs.get(key) ?? this.#loaded.existingLogs.get(key)
  }

  #accept(
    request: RecordRequest,
    streak: Row<'streak'>,
    member: Row<'member'> | undefined,
    uniqueIdentifier: string,
  ): RecordResult {
    const { status, quiet = false } = request
    const id = this.#sources.newId()
    const ownedById = member?.id ?? this.#sources.newId()
    const open = this.#open(streak, ownedById, member)
    const period = periodAt(streak, request.activityAt)
    // a purchase that a rule counts as one adds 1 to a sum
    const activityValue = request.activityValue ?? (streak.aggregationMethod === 'sum' ? ONE : null)
    const value = status !== 'live' ? 0n : streak.aggregationMethod === 'count' ? ONE : (activityValue ?? 0n)
    const entry = { id, periodNumber: period.number, activityAt: request.activityAt, value }
    const rewards = status === 'live' ? this.#apply(open, entry, quiet) : []
    const stored = { id, ownedById, uniqueIdentifier, activityValue, rewards }
    const log = logRow(request, stored, { period, value }, this.#now)
    const milestones = this.#milestonesOf(streak)
    const context = request.enrich
      ? logContext({
          streak,
          ownedById,
          milestones,
          loaded: open.loaded,
          journey: open.journey,
          log,
          rewards,
          now: this.#now,
        })
      : null
    this.#note(request, streak, member, log)
    return { outcome: 'recorded', log, context }
  }

  #open(streak: Row<'streak'>, ownedById: string, member: Row<'member'> | undefined): OpenJourney {
    const key = journeyKey(streak.accountId, ownedById, streak.id)
    const loaded = this.#loaded.journeys.get(key) ?? new LoadedJourney()
    this.#inHand = loaded
    const open = this.#journeys.get(key)
    if (open !== undefined) return open
    const journey = new Journey(streak, this.#milestonesOf(streak), loaded.facts(), this.#sources.newId)
    const opened = {
      streak,
      ownedById,
      member,
      loaded,
      journey,
      rowId: loaded.row?.id ?? this.#sources.newId(),
    }
    this.#journeys.set(key, opened)
    return opened
  }

  #milestonesOf(streak: Row<'streak'>): readonly Row<'milestone'>[] {
    return this.#loaded.milestones.get(keyOf(streak.accountId, streak.id)) ?? []
  }

  #placesOf(accountId: string): Places | null {
    const open = this.#places.get(accountId)
    const loaded = this.#loaded.places.get(accountId)
    if (open !== undefined || loaded === undefined) return open ?? null
    const places = new Places(loaded, this.#now)
    this.#places.set(accountId, places)
    return places
  }

  /** Answers the rewards that are granted or come back. */
  #apply(open: OpenJourney, log: CountedLog, isQuiet: boolean): readonly Row<'reward_log'>[] {
    const { streak, ownedById, journey, loaded, rowId } = open
    const closedBefore = journey.totals.completedCycles
    const rewards = this.#rewards(open, log.id, journey.apply(log, isQuiet))
    if (!this.#loaded.listeners.has(streak.accountId)) return rewards.listed
    const terms = { streak, milestones: this.#milestonesOf(streak) }
    const told = rewardsTold(terms, rewards, isQuiet)
    const now = this.#now
    const hasClosed = !isQuiet && journey.totals.completedCycles > closedBefore
    if (hasClosed && isHeard(this.#loaded.listeners, streak.accountId, 'streak.completed')) {
      const row = memberStreakRow(streak, ownedById, loaded.row, journey, rowId, now)
      told.push(completionTold({ ...terms, row, journey, log, now }))
    }
    this.#untold.push(...told.map((each) => ({ ownedById, told: each })))
    return rewards.listed
  }

  #rewards({ streak, ownedById, loaded }: OpenJourney, streakLogId: string, outcome: Outcome): RewardOutcome {
    const milestones = this.#milestonesOf(streak)
    const { rewardRows } = loaded
    const sources = this.#sources
    const now = this.#now
    const places = this.#placesOf(streak.accountId)
    const rewards = rewardOutcome({
      streak,
      milestones,
      ownedById,
      streakLogId,
      outcome,
      rewardRows,
      places,
      now,
      sources,
    })
    this.#changes.push(...rewards.changes)
    this.dueRewards.push(...rewards.due)
    for (const milestone of rewards.firstOf) this.#firstRewards.set(milestone.id, milestone)
    return rewards
  }

  /** Remembers an accepted log for the rest of the batch and for the commit. */
  #note(
    request: RecordRequest,
    streak: Row<'streak'>,
    member: Row<'member'> | undefined,
    log: Row<'streak_log'>,
  ): void {
    const { accountId } = request
    if (member !== undefined) this.#members.update(member, request.member, this.#now)
    else if ('externalId' in request.member) {
      const created = this.#members.create(log.ownedById, accountId, request.member, this.#now)
      this.#newMembers.set(keyOf(accountId, created.externalId), created)
    }
    if (!streak.hasLogs) this.#firstLogs.set(streak.id, streak)
    this.#changes.push(insert('streak_log', log))
    const key = logKey(accountId, log.ownedById, streak.id, log.uniqueIdentifier)
    this.#newLogs.set(key, { id: log.id, isPurchase: request.purchase !== undefined })
    this.#purchases.claim(request, log.id)
  }
}
