import { change, revise } from '../ports/changes.ts'
import type { Instant } from '../ports/clock.ts'
import type { Caps } from '../ports/schema/values.ts'
import type { Row } from '../ports/schema.ts'
import type { Change } from '../ports/store.ts'
import { amountOf, hasRoom, placeOf, type Use, type Windows, windowsAt, withOne, withoutOne } from './caps.ts'
import type { Reward } from './events.ts'

/** A cap and what was let through below it. */
export interface Scope {
  readonly caps: Caps
  readonly use: Row<'cap_use'>
}

/** All that deciding on places of an account needs. Commits are guarded against what changed since. */
export interface LoadedPlaces {
  readonly accountId: string
  readonly timezone: string
  /** The gate to pass: its epoch as it was before anything else was read, and a passage that no other has. */
  readonly gate: Pick<Row<'cap_gate'>, 'id' | 'accountId' | 'epoch' | 'passage'>
  /** null: the account has no caps of its own. */
  readonly account: Scope | null
  /** Of milestones that have caps, by id. */
  readonly milestones: ReadonlyMap<string, Scope>
  /** The oldest reward of each milestone that waits for room; none where nothing has caps. */
  readonly waiting: readonly Waiting[]
}

export type Waiting = Pick<Reward, 'id' | 'milestoneId' | 'reward' | 'waitsForRoomSince'>
type Wanting = Pick<Reward, 'id' | 'milestoneId' | 'reward' | 'createdAt'>

/**
 * Lets rewards of one account through below its caps, and takes their places back: each sees what the ones before it
 * did. Pure.
 */
export class Places {
  readonly #loaded: LoadedPlaces
  readonly #now: Instant
  readonly #windows: Windows
  readonly #uses = new Map<string, Use>()
  /** Ids of milestones of which one was refused: who comes after it waits behind it. */
  readonly #refused = new Set<string>()
  #hasMoved = false

  constructor(loaded: LoadedPlaces, now: Instant) {
    this.#loaded = loaded
    this.#now = now
    // only caps ask for days, and only they need a zone
    const hasCaps = loaded.account !== null || loaded.milestones.size > 0
    this.#windows = hasCaps ? windowsAt(loaded.timezone, now) : { day: '', month: '' }
  }

  /** Takes a place for a reward that is granted or comes back; false: it has to wait for room. */
  admits(reward: Wanting): boolean {
    if (!this.#mustQueue(reward) && this.admitsNext(reward)) return true
    this.#refused.add(reward.milestoneId)
    return this.#touch(reward.milestoneId, false)
  }

  /** The same for the one whose turn it is. */
  admitsNext(reward: Pick<Wanting, 'milestoneId' | 'reward'>): boolean {
    if (!this.hasRoomFor(reward)) return false
    for (const { caps, use } of this.#scopesOf(reward.milestoneId)) {
      this.#uses.set(use.id, withOne(this.#useOf(use), this.#windows, amountOf(reward.reward, caps)))
    }
    return this.#touch(reward.milestoneId, true)
  }

  /** Whether `admitsNext` would take a place. */
  hasRoomFor(reward: Pick<Wanting, 'milestoneId' | 'reward'>): boolean {
    return this.#scopesOf(reward.milestoneId).every((scope) => this.#fits(scope, reward))
  }

  /** Takes the place of a reward back where it had one and has none any more. */
  changed(before: Reward, after: Reward): void {
    const placeAt = placeOf(before)
    if (placeAt === null || placeOf(after) !== null) return
    this.#touch(before.milestoneId, true)
    for (const { caps, use } of this.#scopesOf(before.milestoneId)) {
      const windows = windowsAt(this.#loaded.timezone, placeAt)
      this.#uses.set(use.id, withoutOne(this.#useOf(use), windows, amountOf(before.reward, caps)))
    }
  }

  /** What has to be written in the commit of the rewards; empty where no place was taken, refused or given back. */
  changes(): Change[] {
    if (!this.#hasMoved) return []
    const { gate, account, milestones } = this.#loaded
    const scopes = [...(account === null ? [] : [account]), ...milestones.values()]
    const uses = scopes.flatMap(({ use }): Change[] => {
      const set = this.#uses.get(use.id)
      return set === undefined ? [] : [revise('cap_use', use, { ...set, updatedAt: this.#now })]
    })
    const { epoch, passage } = gate
    return [change('cap_gate', gate, { epoch }, { passage, updatedAt: this.#now }), ...uses]
  }

  #scopesOf(milestoneId: string): Scope[] {
    const { account, milestones } = this.#loaded
    return [account, milestones.get(milestoneId)].filter((scope) => scope != null)
  }

  /** Whoever is refused is refused by caps as they are: they must not have changed either. */
  #touch<T>(milestoneId: string, answer: T): T {
    this.#hasMoved = true
    for (const { use } of this.#scopesOf(milestoneId)) this.#uses.set(use.id, this.#useOf(use))
    return answer
  }

  #useOf(use: Row<'cap_use'>): Use {
    return this.#uses.get(use.id) ?? pick(use)
  }

  #fits({ caps, use }: Scope, { reward }: Pick<Wanting, 'reward'>): boolean {
    return use.countedAt !== null && hasRoom(caps, this.#useOf(use), this.#windows, amountOf(reward, caps))
  }

  /**
   * The oldest of a milestone is not overtaken by another of it, nor by one of another milestone where it could go now.
   */
  #mustQueue({ id, milestoneId, createdAt }: Wanting): boolean {
    if (this.#refused.has(milestoneId)) return true
    return this.#loaded.waiting.some((oldest) => {
      if (oldest.id === id) return false
      const isOlder = (oldest.waitsForRoomSince ?? 0) <= createdAt
      return isOlder && (oldest.milestoneId === milestoneId || this.hasRoomFor(oldest))
    })
  }
}

function pick({ day, dayCount, month, monthCount, monthAmount, totalCount, totalAmount }: Use): Use {
  return { day, dayCount, month, monthCount, monthAmount, totalCount, totalAmount }
}
