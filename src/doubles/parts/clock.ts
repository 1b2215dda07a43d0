/** A clock that tests may move forward: tokens expire, retries fall due, 60 days pass. */
export interface MovableClock {
  /** Milliseconds since the epoch, as far ahead as the clock was moved. */
  readonly now: () => number
  advance(ms: number): void
  /** Is told whenever the clock was moved. */
  onMove(told: () => void): void
}

export function createMovableClock(base: () => number = Date.now): MovableClock {
  let ahead = 0
  const listeners: (() => void)[] = []
  return {
    now: () => base() + ahead,
    advance(ms) {
      ahead += ms
      for (const told of listeners) told()
    },
    onMove(told) {
      listeners.push(told)
    },
  }
}
