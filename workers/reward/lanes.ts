import type { Workforce } from '../../src/ports/queue.ts'

/** Requests under way for one provider, over all processes. */
export const MAX_UNDER_WAY = 4
/** So many rewards wait in this process for one of its provider's places, however long that takes. */
const MAX_WAITING = 16
/** And so many where each has its turn sooner than it would come back if it were put off. */
const MAX_WAITING_BRIEFLY = 128
const SHORTEST_WAIT_MS = 250
const LONGEST_WAIT_MS = 30_000
/** Only of a provider whose requests take no longer is a turn promised: nothing is said to be asked that waits long. */
const QUICK_MS = 50
/** How much the latest request says of how long one takes. */
const WEIGHT = 0.2
/** Lanes beyond so many are forgotten when nobody is in them; of the others it is known how quick they are. */
const MAX_IDLE_LANES = 1_000

/** For a process that has nobody beside it. */
export const ALONE: Workforce = { standing: () => ({ place: 0, size: 1 }) }

export interface Place {
  /** Time passed before it was free: what was read before may be old. */
  readonly hasWaited: boolean
  leave(): void
}

/** Somebody who was promised a turn. */
export interface Announced {
  withdraw(): void
}

/** No place for now; worth another try after `afterMs`. */
export interface NoPlace {
  readonly afterMs: number
}

interface Lane {
  underWay: number
  /** Rewards that were put off and did not come back yet, as far as anybody knows. */
  putOff: number
  typicalMs: number
  /** Rewards that were promised a turn and get ready for it. */
  coming: number
  /** When a place was last taken or left, by `performance.now()`: they may all hang. */
  movedAt: number
  readonly waiting: ((isFree: boolean) => void)[]
}

/**
 * Sees to it that nobody waits for another's provider: each has at most 4 requests under way, which the processes share
 * out among themselves without asking each other: of the 4 places of a provider each belongs to one process, by its own
 * place among them.
 */
export class Lanes {
  readonly #workforce: Workforce
  readonly #lanes = new Map<string, Lane>()

  constructor(workforce: Workforce) {
    this.#workforce = workforce
  }

  /**
   * Promises a turn within some 250 ms, so that a reward can get ready for it while others have theirs; it must `enter`
   * then, with what this answers, or `withdraw`. null: nobody knows when a turn would come.
   */
  announce(providerId: string): Announced | null {
    const lane = this.#laneOf(providerId)
    if (lane.typicalMs > QUICK_MS || !this.#isTurnSoon(providerId, lane)) return null
    lane.coming += 1
    let isComing = true
    return {
      withdraw: () => {
        if (isComing) lane.coming -= 1
        isComing = false
      },
    }
  }

  /** A place at a provider; waits for one for a while where few wait. Never rejects. */
  async enter(providerId: string, signal: AbortSignal, announced?: Announced): Promise<Place | NoPlace> {
    announced?.withdraw()
    const lane = this.#laneOf(providerId)
    if (this.#hasRoom(providerId, lane)) return this.#take(providerId, lane, false)
    const isShort = lane.waiting.length < MAX_WAITING || this.#isTurnSoon(providerId, lane)
    const mayWait = this.#placesOf(providerId) > 0 && isShort && !signal.aborted
    if (!mayWait) return this.#putOff(providerId, lane)
    const isFree = await turn(lane.waiting, signal)
    return isFree && this.#hasRoom(providerId, lane)
      ? this.#take(providerId, lane, true)
      : this.#putOff(providerId, lane)
  }

  #isTurnSoon(providerId: string, lane: Lane): boolean {
    const places = this.#placesOf(providerId)
    const hangs = lane.underWay >= places && performance.now() - lane.movedAt > SHORTEST_WAIT_MS
    const before = lane.underWay + lane.waiting.length + lane.coming
    const turnMs = (before * lane.typicalMs) / places
    return !hangs && before < MAX_WAITING_BRIEFLY && turnMs < SHORTEST_WAIT_MS
  }

  #laneOf(providerId: string): Lane {
    const known = this.#lanes.get(providerId)
    if (known !== undefined) return known
    const lane: Lane = { underWay: 0, putOff: 0, typicalMs: 100, coming: 0, movedAt: 0, waiting: [] }
    this.#lanes.set(providerId, lane)
    return lane
  }

  /** How many of the provider's places are this process's. */
  #placesOf(providerId: string): number {
    const standing = this.#workforce.standing()
    if (standing === null) return 0
    const first = Number.parseInt(providerId.slice(-6), 16) || 0
    let places = 0
    for (let at = 0; at < MAX_UNDER_WAY; at += 1) {
      if ((first + at) % standing.size === standing.place) places += 1
    }
    return places
  }

  #hasRoom(providerId: string, lane: Lane): boolean {
    return lane.underWay < this.#placesOf(providerId)
  }

  #take(providerId: string, lane: Lane, hasWaited: boolean): Place {
    lane.underWay += 1
    lane.putOff = Math.max(0, lane.putOff - 1)
    const startedAt = performance.now()
    lane.movedAt = startedAt
    let isTaken = true
    return {
      hasWaited,
      leave: () => {
        if (!isTaken) return
        isTaken = false
        lane.underWay -= 1
        lane.movedAt = performance.now()
        lane.typicalMs += WEIGHT * (performance.now() - startedAt - lane.typicalMs)
        lane.waiting.shift()?.(true)
        const isIdle = lane.underWay === 0 && lane.putOff === 0 && lane.coming === 0
        if (isIdle && this.#lanes.size > MAX_IDLE_LANES) this.#lanes.delete(providerId)
      },
    }
  }

  /** Each comes back about when its turn is, so that they neither crowd nor leave places empty. */
  #putOff(providerId: string, lane: Lane): NoPlace {
    const places = this.#placesOf(providerId)
    if (places === 0) return { afterMs: SHORTEST_WAIT_MS * (1 + Math.random()) }
    lane.putOff += 1
    const turnMs = ((lane.putOff + lane.waiting.length) * lane.typicalMs) / places
    return {
      afterMs: Math.min(LONGEST_WAIT_MS, Math.max(SHORTEST_WAIT_MS, turnMs)) * (0.9 + Math.random() / 5),
    }
  }
}

/** Resolves to true when it is this one's turn, to false when the signal ends the wait. */
function turn(waiting: ((isFree: boolean) => void)[], signal: AbortSignal): Promise<boolean> {
  return new Promise((resolve) => {
    const end = (isFree: boolean) => {
      signal.removeEventListener('abort', giveUp)
      resolve(isFree)
    }
    const giveUp = () => {
      waiting.splice(waiting.indexOf(end), 1)
      end(false)
    }
    signal.addEventListener('abort', giveUp, { once: true })
    waiting.push(end)
  })
}
