export interface ProgressLine {
  show(done: number, total: number, what: string): void
  /** Leaves the line as it is and goes to the next. Idempotent. */
  end(): void
}

export interface CountLine extends ProgressLine {
  /** Where nobody knows how much there is. */
  count(done: number, what: string): void
}

const BAR_WIDTH = 30
const REDRAW_MS = 100

/** A bar that is redrawn in place; silent where nobody watches a terminal. */
export function progressLine(stream: NodeJS.WriteStream): CountLine {
  let drawnAt = 0
  let drawn = false
  return {
    show(done, total, what) {
      const now = performance.now()
      if (!stream.isTTY || (now - drawnAt < REDRAW_MS && done < total)) return
      const filled = total === 0 ? BAR_WIDTH : Math.min(BAR_WIDTH, Math.round((done / total) * BAR_WIDTH))
      stream.write(`\r${'█'.repeat(filled)}${'░'.repeat(BAR_WIDTH - filled)} ${done} of ${total} ${what}`)
      drawnAt = now
      drawn = true
    },
    count(done, what) {
      const now = performance.now()
      if (!stream.isTTY || now - drawnAt < REDRAW_MS) return
      stream.write(`\r${done} ${what}`)
      drawnAt = now
      drawn = true
    },
    end() {
      if (drawn) stream.write('\n')
      drawn = false
    },
  }
}
