import { createHash } from 'node:crypto'
import type { Clock } from '../ports/clock.ts'
import type { Standing } from '../ports/queue.ts'

const SHIFT_MS = 2_000

/**
 * Milliseconds until what has this key may be written here, by work that takes about `expectedMs`; 0 = now. `joins`: it
 * would make work longer that is begun anyway, and is left out where that would not end within the shift.
 */
export type Shifts = (key: string, expectedMs: number, joins?: boolean) => number

/**
 * Parts keys among the processes that write, by a hash: each part is one process's at a time, and goes on to the next
 * with each shift, so that everybody gets round to everything without handing work over. Nothing rests on it: where
 * clocks differ, or processes are not sure of their places, writers collide and try again as ever.
 */
export function createShifts(
  standing: () => Standing | null,
  clock: Clock,
  shiftMs: number = SHIFT_MS,
): Shifts {
  return (key, expectedMs, joins = false) => {
    const { place, size } = standing() ?? { place: 0, size: 1 }
    if (size < 2) return 0
    const now = clock.now()
    const gone = now % shiftMs
    const mine = (Math.floor(now / shiftMs) + place) % size
    const ahead = (partOf(key, size) - mine + size) % size
    // what would not end within the shift meets the next in line, unless it takes more than most of one anyway
    const isLate = (joins || gone > shiftMs / 2) && gone + expectedMs > shiftMs
    if (ahead === 0 && !isLate) return 0
    return (ahead === 0 ? size : ahead) * shiftMs - gone
  }
}

function partOf(key: string, parts: number): number {
  return createHash('sha1').update(key).digest().readUInt32BE() % parts
}
