import type { Workforce } from '../../src/ports/queue.ts'

/** Requests under way for one provider, over all processes. */
export const MAX_UNDER_WAY = 4
/** Rewards that wait in this process for one of its provider's places; more are put off. */
const MAX_WAITING = 16
const SHORTEST_WAIT_MS = 250
const LONGEST_WAIT_MS = 30_000
/** How much the latest request says of how long one takes. */
const WEIGHT = 0.2

/** For a process that has nobody beside it. */
export const ALONE: Workforce = { standing: () => ({ place: 0, size: 1 }) }

export interface Place {
  /** Time passed before it was free: what was read before may be old. */
  readonly hasWaited: boolean
  leave(): void
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

  /** A place at a provider; waits for one for a while where few wait. Never rejects. */
  async enter(providerId: string, signal: AbortSignal): Promise<Place | NoPlace> {
    const lane = this.#laneOf(providerId)
    if (this.#hasRoom(providerId, lane)) return this.#take(providerId, lane, false)
    const mayWait = this.#placesOf(providerId) > 0 && lane.waiting.length < MAX_WAITING && !signal.aborted
    if (!mayWait) return this.#putOff(providerId, lane)
    const isFree = await turn(lane.waiting, signal)
    return isFree && this.#hasRoom(providerId, lane)
      ? this.#take(providerId, lane, true)
      : this.#putOff(providerId, lane)
  }

  #laneOf(providerId: string): Lane {
    const known = this.#lanes.get(providerId)
    if (known !== undefined) return known
    const lane: Lane = { underWay: 0, putOff: 0, typicalMs: 100, waiting: [] }
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
    let isTaken = true
    return {
      hasWaited,
      leave: () => {
        if (!isTaken) return
        isTaken = false
        lane.underWay -= 1
        lane.typicalMs += WEIGHT * (performance.now() - startedAt - lane.typicalMs)
        lane.waiting.shift()?.(true)
        if (lane.underWay === 0 && lane.putOff === 0) this.#lanes.delete(providerId)
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
