import type { Logger } from '../ports/logger.ts'

/** What lines are counted by. */
export interface RefusalKind {
  readonly route: string
  readonly status: number
  readonly code: string
}

interface Counted {
  readonly kind: RefusalKind
  lines: number
  leftOut: number
  readonly addresses: Set<string>
}

const WINDOW_MS = 1000
/** Lines of a kind in a second; of addresses where nothing is, of which anybody can make up any number, one. */
const MAX_LINES = 20
const MAX_UNKNOWN_LINES = 1
const MAX_ADDRESSES = 5

/**
 * Keeps the log from being filled by whoever is refused: each second so many lines of a kind are written in full, and
 * one more that says how many were left out and where some of them came from.
 */
export class FloodLog {
  readonly #logger: Logger
  #counted = new Map<string, Counted>()

  constructor(logger: Logger) {
    this.#logger = logger
  }

  /** Whether this one is written; otherwise it is counted. */
  admits(kind: RefusalKind, address: string): boolean {
    const name = `${kind.route} ${kind.status} ${kind.code}`
    const counted = this.#counted.get(name) ?? { kind, lines: 0, leftOut: 0, addresses: new Set<string>() }
    if (this.#counted.size === 0) setTimeout(() => this.#flush(), WINDOW_MS).unref()
    this.#counted.set(name, counted)
    if (counted.lines < (kind.status === 404 ? MAX_UNKNOWN_LINES : MAX_LINES)) {
      counted.lines += 1
      return true
    }
    counted.leftOut += 1
    if (counted.addresses.size < MAX_ADDRESSES) counted.addresses.add(address)
    return false
  }

  #flush(): void {
    const past = this.#counted
    this.#counted = new Map()
    for (const { kind, leftOut, addresses } of past.values()) {
      if (leftOut === 0) continue
      this.#logger.warn({ ...kind, leftOut, addresses: [...addresses] }, 'requests left out of the log')
    }
  }
}
