import type { Workforce } from '../../src/ports/queue.ts'

/** Requests under way for one provider, over all processes. */
export const MAX_UNDER_WAY = 4
/** So many rewards wait in this process for one of its provider's places, however long that takes. */
const MAX_WAITING = 16
/** Of a quick one so many: some of the rewards that a process sees to at once are others'. */
const MAX_WAITING_BRIEFLY = 192
/** Rewards that get ready or are, at most, and for about how long each: then it is asked for. */
const MAX_READY = 48
const READY_FOR_MS = 250
const SHORTEST_WAIT_MS = 250
const LONGEST_WAIT_MS = 30_000
/** Of a quick one nobody stays away for longer: where its requests were slow for a moment that says little. */
const LONGEST_BRIEF_WAIT_MS = 1_000
/** A provider is quick whose requests take no longer. */
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
  /** When the provider was last in trouble as far as this process knows, by `Lanes.now`. */
  readonly troubledAt: number
  /** The request is sent now; what went before does not say how long requests take. */
  begin(): void
  leave(): void
}

/** Somebody whose turn comes in a moment. */
export interface Announced {
  /** Time passed before it came: what was read before may be old. */
  readonly hasWaited: boolean
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
  /** How long a place is taken. */
  typicalMs: number
  /** How much of that is the request. */
  requestMs: number
  /** Rewards that were told that their turn comes, and get ready for it. */
  coming: number
  /** When a place was last taken or left, by `Lanes.now`: they may all hang. */
  movedAt: number
  /** When the provider was last in trouble, by `Lanes.now`. */
  troubledAt: number
  /** Of those that wait for a place, how many were not told that it comes. */
  others: number
  /** For a place. */
  readonly waiting: ((isFree: boolean) => void)[]
  /** To be told to get ready. */
  readonly line: ((isSoon: boolean) => void)[]
  watch: NodeJS.Timeout | undefined
}

/**
 * Sees to it that nobody waits for another's provider: each has at most 4 requests under way, which the processes share
 * out among themselves without asking each other: of the 4 places of a provider each belongs to one process, by its own
 * place among them.
 */
export class Lanes {
  readonly #workforce: Workforce
  readonly #lanes = new Map<string, Lane>()

  /** Milliseconds since some moment; places say by it when something was. */
  readonly now: () => number

  constructor(workforce: Workforce, now: () => number = () => performance.now()) {
    this.#workforce = workforce
    this.now = now
  }

  /**
   * Waits until a turn at a quick provider comes in a moment, so that a reward can get ready for it while others have
   * theirs; it must `enter` then, with what this answers, or `withdraw`. null: nobody knows when its turn would come.
   * Never rejects.
   */
  async announce(providerId: string, signal: AbortSignal): Promise<Announced | NoPlace | null> {
    const lane = this.#laneOf(providerId)
    if (!this.#isQuick(providerId, lane) || signal.aborted) return null
    const hasWaited = lane.line.length > 0 || !this.#mayGetReady(providerId, lane)
    if (hasWaited) {
      const isSoon = turn(lane.line, signal)
      this.#watch(providerId, lane)
      if (!(await isSoon)) return this.#putOff(providerId, lane)
    } else lane.coming += 1
    let isComing = true
    const withdraw = () => {
      if (!isComing) return
      isComing = false
      lane.coming -= 1
      this.#handOver(providerId, lane)
    }
    return { hasWaited, withdraw }
  }

  /** A place at a provider; waits for one for a while where few wait. Never rejects. */
  async enter(providerId: string, signal: AbortSignal, announced?: Announced): Promise<Place | NoPlace> {
    const lane = this.#laneOf(providerId)
    if (lane.waiting.length === 0 && this.#hasRoom(providerId, lane)) {
      lane.underWay += 1
      announced?.withdraw()
      return this.#place(providerId, lane, false)
    }
    const isExpected = announced !== undefined || lane.others < MAX_WAITING
    const mayWait = this.#placesOf(providerId) > 0 && isExpected && !signal.aborted
    if (!mayWait) {
      announced?.withdraw()
      return this.#putOff(providerId, lane)
    }
    const others = announced === undefined ? 1 : 0
    lane.others += others
    const isFree = turn(lane.waiting, signal).finally(() => {
      lane.others -= others
    })
    announced?.withdraw()
    this.#handOver(providerId, lane)
    this.#watch(providerId, lane)
    return (await isFree) ? this.#place(providerId, lane, true) : this.#putOff(providerId, lane)
  }

  /** Whoever waits for a place at this provider is told as the place comes. */
  noteTrouble(providerId: string): void {
    this.#laneOf(providerId).troubledAt = this.now()
  }

  /** Places that are free go to those that wait, in the order of arrival; nobody who comes in between takes them. */
  #handOver(providerId: string, lane: Lane): void {
    while (lane.waiting.length > 0 && this.#hasRoom(providerId, lane)) {
      lane.underWay += 1
      lane.waiting.shift()?.(true)
    }
    while (lane.line.length > 0 && this.#mayGetReady(providerId, lane)) {
      lane.coming += 1
      lane.line.shift()?.(true)
    }
  }

  /** Nobody waits on for a provider that hangs, nor for places that are another process's by now. */
  #watch(providerId: string, lane: Lane): void {
    lane.watch ??= setInterval(() => {
      this.#handOver(providerId, lane)
      const isQuick = this.#isQuick(providerId, lane)
      const stay = this.#placesOf(providerId) === 0 ? 0 : isQuick ? lane.waiting.length : MAX_WAITING
      for (const tell of lane.waiting.splice(stay)) tell(false)
      for (const tell of lane.line.splice(isQuick ? MAX_WAITING_BRIEFLY : 0)) tell(false)
      if (lane.waiting.length + lane.line.length > 0) return
      clearInterval(lane.watch)
      lane.watch = undefined
      this.#forget(providerId, lane)
    }, SHORTEST_WAIT_MS).unref()
  }

  /** Requests take an instant, as far as this process's go, and none of them hangs now. */
  #isQuick(providerId: string, lane: Lane): boolean {
    const places = this.#placesOf(providerId)
    return places > 0 && lane.requestMs <= QUICK_MS && !this.#hangs(lane, places)
  }

  #mayGetReady(providerId: string, { coming, waiting, requestMs }: Lane): boolean {
    const inTime = (this.#placesOf(providerId) * READY_FOR_MS) / requestMs
    return coming + waiting.length < Math.min(MAX_READY, inTime)
  }

  #hangs(lane: Lane, places: number): boolean {
    return lane.underWay >= places && this.now() - lane.movedAt > SHORTEST_WAIT_MS
  }

  #laneOf(providerId: string): Lane {
    const known = this.#lanes.get(providerId)
    if (known !== undefined) return known
    const nobody = { underWay: 0, putOff: 0, coming: 0, others: 0, waiting: [], line: [], watch: undefined }
    const lane: Lane = {
      ...nobody,
      typicalMs: 100,
      requestMs: 100,
      movedAt: 0,
      troubledAt: Number.NEGATIVE_INFINITY,
    }
    this.#lanes.set(providerId, lane)
    return lane
  }

  #forget(providerId: string, lane: Lane): void {
    const { underWay, putOff, coming, waiting, line, watch } = lane
    const isIdle = underWay + putOff + coming + waiting.length + line.length === 0 && watch === undefined
    if (isIdle && this.#lanes.size > MAX_IDLE_LANES) this.#lanes.delete(providerId)
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

  #place(providerId: string, lane: Lane, hasWaited: boolean): Place {
    lane.putOff = Math.max(0, lane.putOff - 1)
    const takenAt = this.now()
    let begunAt = takenAt
    lane.movedAt = takenAt
    let isTaken = true
    return {
      hasWaited,
      troubledAt: lane.troubledAt,
      begin: () => {
        begunAt = this.now()
      },
      leave: () => {
        if (!isTaken) return
        isTaken = false
        lane.underWay -= 1
        lane.movedAt = this.now()
        lane.typicalMs += WEIGHT * (lane.movedAt - takenAt - lane.typicalMs)
        lane.requestMs += WEIGHT * (lane.movedAt - begunAt - lane.requestMs)
        this.#handOver(providerId, lane)
        this.#forget(providerId, lane)
      },
    }
  }

  /** Each comes back about when its turn is, so that they neither crowd nor leave places empty. */
  #putOff(providerId: string, lane: Lane): NoPlace {
    const places = this.#placesOf(providerId)
    if (places === 0) return { afterMs: SHORTEST_WAIT_MS * (1 + Math.random()) }
    lane.putOff += 1
    const before = lane.putOff + lane.waiting.length + lane.coming + lane.line.length
    const longestMs = this.#isQuick(providerId, lane) ? LONGEST_BRIEF_WAIT_MS : LONGEST_WAIT_MS
    const turnMs = Math.max(SHORTEST_WAIT_MS, (before * lane.typicalMs) / places)
    return { afterMs: Math.min(longestMs, turnMs) * (0.9 + Math.random() / 5) }
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
