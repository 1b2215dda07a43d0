import { storeWith } from '../../src/commit/store-with.ts'
import { createHttpProvider } from '../../src/coupons/http.ts'
import { happen } from '../../src/engine/happen.ts'
import { NO_USE, placeOf, windowsAt, withOne } from '../../src/life/caps.ts'
import type { Reward } from '../../src/life/events.ts'
import { waitingFor } from '../../src/life/waiting.ts'
import type { CouponProvider, Trouble as Fault } from '../../src/ports/coupon-provider.ts'
import type { Row } from '../../src/ports/schema.ts'
import type { Change, Store } from '../../src/ports/store.ts'
import { patchRewardLog } from '../../src/rewards/patch.ts'
import { resumeProvider } from '../../src/rewards/provider-state.ts'
import { abandonReward, replayReward } from '../../src/rewards/replay.ts'
import { findRoomIn } from '../../src/rewards/room.ts'
import { patchAccount } from '../../src/setup/account.ts'
import { patchMilestone } from '../../src/setup/milestone.ts'
import { wholeQuantity } from '../../src/streaks/quantity.ts'
import { createAttend } from '../../workers/reward/attend.ts'
import { createFulfil, createStep } from '../../workers/reward/fulfil.ts'
import { EngineKit } from './engine-kit.ts'
import { quietLogger } from './quiet-logger.ts'
import { insert, jobContext, jobOf, read, secretBox } from './reward-world.ts'

const HOUR_MS = 3_600_000

export interface Setting {
  readonly holdDays: number
  readonly onWithdrawal: 'keep' | 'revoke'
  readonly accountCap: number | null
}

/** What a provider does: `lost` makes the coupon and does not answer. */
export type Trouble = 'none' | 'lost' | 'fault' | 'no' | 'exhausted' | 'ended' | 'access'

/** One account with rewards in all states, and a coupon provider whose books can be looked into. */
export class LifeWorld {
  readonly kit: EngineKit
  readonly store: Store
  /** Coupons that exist, by reward. */
  readonly books = new Map<string, string[]>()
  readonly arrows = new Set<string>()
  meets: Trouble = 'none'
  streak!: Row<'streak'>
  milestone!: Row<'milestone'>
  providerId!: string
  #cap: number | null = null
  #accountCap: number | null = null
  readonly #states = new Map<string, State>()
  readonly #withdrawals: { logId: string; id: string }[] = []
  #codes = 0

  constructor(store: Store) {
    this.store = storeWith(store, {
      commit: async (changes) => {
        const result = await store.commit(changes)
        if (result.outcome === 'committed') for (const change of changes) this.#note(change)
        return result
      },
    })
    this.kit = new EngineKit(this.store)
  }

  static async open(store: Store, { holdDays, onWithdrawal, accountCap }: Setting): Promise<LifeWorld> {
    const world = new LifeWorld(store)
    const { kit } = world
    const { accountId } = kit
    await insert(store, 'account', { id: accountId, accountId, timezone: 'Europe/Berlin', revision: 1 })
    const provider = await insert(store, 'coupon_provider', {
      ...kit.common(),
      provider: 'http',
      settings: {},
      hasRewards: false,
    })
    world.providerId = provider.id
    world.streak = await kit.streak()
    const hold = holdDays === 0 ? {} : { holdDays }
    world.milestone = await kit.milestone(world.streak, {
      milestoneMetric: 'current_progress_value',
      milestoneRepeat: 'every_period',
      milestoneTargetValue: wholeQuantity(1),
      reward: { providerId: provider.id, discount: { amount: '5', currency: 'EUR' }, ...hold },
      onWithdrawal,
    })
    if (accountCap !== null) await world.setAccountCap(accountCap)
    return world
  }

  readonly clock = { now: () => this.kit.now }

  get #deps() {
    return { store: this.store, clock: this.clock }
  }

  async setAccountCap(most: number | null): Promise<void> {
    const caps = most === null ? null : { rewardsPerDay: most, amountTotal: '25', currency: 'EUR' }
    await patchAccount(this.store, this.kit.accountId, this.kit.accountId, this.kit.now, { caps })
    this.#accountCap = most
  }

  async setCap(most: number | null): Promise<void> {
    const { accountId, now } = this.kit
    const caps = most === null ? null : { rewardsTotal: most }
    await patchMilestone(this.store, accountId, this.milestone.id, now, { caps })
    this.#cap = most
  }

  rewards(): Promise<Reward[]> {
    return this.kit.rows('reward_log')
  }

  async #pick<T>(rows: readonly T[], at: number, act: (row: T) => Promise<unknown>): Promise<void> {
    const row = rows[at % rows.length]
    // what is refused changes nothing
    if (row !== undefined) await act(row).catch(() => {})
  }

  log(externalId: string, day: number): Promise<unknown> {
    const member = { externalId, profile: {}, profileAt: null }
    return this.kit.record(this.streak, this.kit.now - day * 24 * HOUR_MS, { member })
  }

  async withdraw(at: number): Promise<void> {
    await this.#pick(await this.kit.rows('streak_log'), at, async ({ id: logId }) => {
      const result = await this.kit.withdraw(logId)
      if (result.outcome === 'recorded') this.#withdrawals.push({ logId, id: result.entry.id })
    })
  }

  reinstate(at: number): Promise<void> {
    return this.#pick(this.#withdrawals, at, ({ logId, id }) => this.kit.reinstate(logId, id))
  }

  #worker() {
    const provider: CouponProvider = {
      ...createHttpProvider({ clock: this.clock }),
      issue: async ({ rewardLogId, code }) => {
        if (this.meets === 'no') return { outcome: 'failed', reason: 'PROVIDER_REFUSED: no' }
        const { meets } = this
        if (meets === 'fault') return FAULT
        if (meets === 'ended' || meets === 'access') return { ...FAULT, trouble: meets }
        if (meets === 'exhausted' && !this.books.has(rewardLogId)) return { ...FAULT, trouble: meets }
        if (!this.books.has(rewardLogId)) this.books.set(rewardLogId, [code])
        return this.meets === 'lost' ? FAULT : { outcome: 'issued', code, expiresAt: null }
      },
      revoke: async ({ rewardLogId }) => {
        const { meets } = this
        if (meets === 'fault' || meets === 'lost') return FAULT
        if (meets === 'ended' || meets === 'access') return { ...FAULT, trouble: meets }
        this.books.delete(rewardLogId)
        return { outcome: 'revoked', used: 'no' }
      },
    }
    const deps = {
      ...this.#deps,
      providers: new Map([['http', provider] as const]),
      secretBox,
      logger: quietLogger,
      random: () => 0.5,
    }
    const step = createStep(deps)
    return { fulfil: createFulfil(deps, step), attend: createAttend(deps, step) }
  }

  async #workOn(rewards: readonly Reward[], meets: Trouble, lastTry: boolean): Promise<void> {
    this.meets = meets
    const { fulfil } = this.#worker()
    for (const reward of rewards) await fulfil(jobOf(reward), jobContext({ lastTry })).catch(() => {})
  }

  /** Of the rewards that are due. */
  async work(at: number, meets: Trouble, lastTry: boolean): Promise<void> {
    await this.#pick(await this.#due(), at, (reward) => this.#workOn([reward], meets, lastTry))
  }

  async workAll(meets: Trouble): Promise<void> {
    await this.#workOn(await this.#due(), meets, false)
  }

  async #due(): Promise<Reward[]> {
    return (await this.rewards()).filter(({ dueAt }) => dueAt !== null && dueAt <= this.kit.now)
  }

  attend(meets: Trouble): Promise<void> {
    this.meets = meets
    return this.#worker().attend()
  }

  async pass(hours: number): Promise<void> {
    this.kit.now += hours * HOUR_MS
  }

  findRoom(): Promise<void> {
    return findRoomIn(this.#deps, this.kit.accountId)
  }

  resume(): Promise<void> {
    return resumeProvider(this.#deps, this.kit.accountId, this.providerId)
  }

  async replay(at: number): Promise<void> {
    await this.#pick(await this.rewards(), at, ({ accountId, id }) => replayReward(this.#deps, accountId, id))
  }

  async abandon(at: number): Promise<void> {
    await this.#pick(await this.rewards(), at, ({ accountId, id }) =>
      abandonReward(this.#deps, accountId, id, 'a test'),
    )
  }

  async giveCode(at: number): Promise<void> {
    const deps = { ...this.#deps, newId: () => this.kit.common().id }
    await this.#pick(await this.rewards(), at, ({ accountId, id }) =>
      patchRewardLog(deps, accountId, id, { couponCode: `OWN-${this.#codes++}` }),
    )
  }

  /** An order names the coupon: only one that exists. */
  async use(at: number): Promise<void> {
    const existing = (await this.rewards()).filter(
      ({ id, drawnCode }) => this.books.has(id) && drawnCode !== null,
    )
    await this.#pick(existing, at, (reward) =>
      happen(this.#deps, reward, { kind: 'used', at: this.kit.now, orderId: '1001' }),
    )
  }

  /** Rewards that have a place. */
  async placed(): Promise<Reward[]> {
    return (await this.rewards()).filter((reward) => placeOf(reward) !== null)
  }

  /** Follows a reward from state to state, as each commit leaves it. */
  #note(change: Change): void {
    if (change.collection !== 'reward_log' || change.op === 'delete') return
    const { accountId } = change.op === 'insert' ? change.row : change
    // workers see to other accounts as well
    if (accountId !== this.kit.accountId) return
    const [id, set] = change.op === 'insert' ? [change.row.id, change.row] : [change.id, change.set]
    const before = this.#states.get(id)
    const after = { ...before!, ...set }
    const [from, to] = [before === undefined ? '[*]' : stateOf(before), stateOf(after)]
    if (from !== to) this.arrows.add(`${from} ${to}`)
    this.#states.set(id, { fulfilmentStatus: after.fulfilmentStatus, heldReason: after.heldReason })
  }

  /** What must never be, in words. */
  async faults(before: readonly Reward[]): Promise<string[]> {
    const rewards = await this.rewards()
    const placed = rewards.filter((reward) => placeOf(reward) !== null)
    return [
      ...rewards.flatMap((reward) => this.#faultsOf(reward)),
      ...this.#exceeded(before, placed),
      ...(await this.#miscounted(placed)),
    ]
  }

  #faultsOf(reward: Reward): string[] {
    const { id, fulfilmentStatus: status, heldReason, dueAt, askedAt, couponCode } = reward
    const coupons = this.books.get(id) ?? []
    const is = `${id} is ${status} ${heldReason}`
    const says = (wrong: boolean, what: string) => (wrong ? [`${is}: ${what}`] : [])
    const isParked = heldReason === 'provider_paused'
    return [
      ...says(coupons.length > 1, 'it has two coupons'),
      ...says(coupons.length > 0 && askedAt === null, 'it has a coupon, and nobody was asked'),
      ...says(status === 'held' && heldReason === null, 'for no reason'),
      ...says(status === 'held' && isParked && askedAt !== null, 'there may be a coupon'),
      ...says(
        heldReason !== null &&
          status !== 'held' &&
          !(isParked && (status === 'issuing' || status === 'revoking')),
        'it is not held',
      ),
      ...says(status === 'issued' && (couponCode === null || dueAt !== null), 'it has no code, or work left'),
      ...says(
        (status === 'pending' || (status === 'issuing' && !isParked)) && dueAt === null,
        'nobody has anything to do',
      ),
      ...says((heldReason === 'cap') !== (reward.waitsForRoomSince !== null), 'it waits for no room'),
      ...says(heldReason === 'cap' && reward.fulfilAfter !== null, 'it knows when it goes on'),
      ...says(heldReason === 'hold_period' && dueAt !== reward.fulfilAfter, 'it is not due at its end'),
      ...says(reward.waitingForProviderId !== waitingFor(reward), 'it waits for somebody else'),
      ...says(status === 'revoked' && reward.standing && reward.couponUsed === 'no', 'it stands'),
    ]
  }

  #exceeded(before: readonly Reward[], placed: readonly Reward[]): string[] {
    const most = Math.max(before.length, this.#cap ?? Number.POSITIVE_INFINITY)
    const total = placed.length > most ? [`${placed.length} let through, ${this.#cap} may be`] : []
    const dayOf = (reward: Reward) => windowsAt('Europe/Berlin', placeOf(reward)!).day
    const { day } = windowsAt('Europe/Berlin', this.kit.now)
    const today = placed.filter((reward) => dayOf(reward) === day).length
    const cap = this.#accountCap ?? Number.POSITIVE_INFINITY
    return [...total, ...(today > cap ? [`${today} let through on ${day}, ${cap} may be`] : [])]
  }

  async #miscounted(placed: readonly Reward[]): Promise<string[]> {
    const { accountId } = this.kit
    const uses = await this.store.findByKeys('cap_use', ['accountId'], [[accountId]])
    return uses.flatMap((use) => {
      const isMoney = use.milestoneId === null
      const counted = placed
        .toSorted((one, other) => placeOf(one)! - placeOf(other)!)
        .reduce(
          (sum, reward) =>
            withOne(sum, windowsAt('Europe/Berlin', placeOf(reward)!), isMoney ? wholeQuantity(5) : 0n),
          NO_USE,
        )
      if (use.totalCount !== counted.totalCount) return [`${use.totalCount} counted of ${counted.totalCount}`]
      return use.totalAmount === counted.totalAmount ? [] : [`${use.totalAmount} of ${counted.totalAmount}`]
    })
  }

  reload(reward: Reward): Promise<Reward> {
    return read(this.store, 'reward_log', reward.id)
  }
}

const FAULT: Fault = {
  outcome: 'retry',
  trouble: 'fault',
  reason: 'PROVIDER_TIMEOUT: no answer',
  retryAfterMs: null,
}
type State = Pick<Reward, 'fulfilmentStatus' | 'heldReason'>
const HELD = { hold_period: 'hold', cap: 'cap', provider_paused: 'paused' } as const

function stateOf({ fulfilmentStatus: status, heldReason }: State): string {
  return status === 'held' ? HELD[heldReason!] : status
}
