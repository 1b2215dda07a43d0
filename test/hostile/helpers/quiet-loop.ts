import type { Target } from './target.ts'
import type { Look } from './target-child.ts'

/** What may hold the program's loop up at most, in milliseconds, on a machine that does nothing else. */
export const LONGEST_MS = 50
const TRIES = 4
const IDLE_MS = 400

export interface Held {
  /** The longest that the loop was held up during the attack, in the best try. */
  readonly longestMs: number
  /** What is allowed: the limit and twice what the machine did to the loop at rest. */
  readonly allowedMs: number
  readonly look: Look
}

/**
 * How long an attack holds up the program's loop. The machine may be busy with something else at any moment: the loop
 * is watched at rest too, and what holds it up in one try but not in another is not ours.
 * @param attack gives false where it wants another try, too
 */
export async function holdsLoop(target: Target, attack: () => Promise<unknown>): Promise<Held> {
  let best: Held | undefined
  for (let tries = 0; tries < TRIES; tries += 1) {
    await target.look()
    await new Promise((resolve) => setTimeout(resolve, IDLE_MS))
    const restMs = (await target.look()).longestMs
    const isWell = (await attack()) !== false
    const look = await target.look()
    const held = { longestMs: look.longestMs, allowedMs: LONGEST_MS + 2 * restMs, look }
    if (best === undefined || held.longestMs - held.allowedMs < best.longestMs - best.allowedMs) best = held
    if (isWell && best.longestMs <= best.allowedMs) break
  }
  return best!
}
