import { setTimeout as wait } from 'node:timers/promises'
import { AppError } from '../errors.ts'

const MAX_JITTER_MS = 20

/**
 * Reads, decides and writes again until no other writer was faster.
 * @param attempt one round; null when its commit was a conflict
 * @throws AppError STORE_BUSY after `maxRounds` conflicts in a row, and whatever `attempt` throws
 */
export async function untilWritten<T>(
  what: string,
  maxRounds: number,
  attempt: () => Promise<T | null>,
): Promise<T> {
  for (let round = 0; round < maxRounds; round += 1) {
    // writers that collided once would otherwise go on in step
    if (round > 0) await wait(Math.random() * MAX_JITTER_MS * round)
    const result = await attempt()
    if (result !== null) return result
  }
  throw new AppError('STORE_BUSY', `${what}: other writers were faster ${maxRounds} times in a row`)
}
