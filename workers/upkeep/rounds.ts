import { createFindRoom } from '../../src/rewards/room.ts'
import { createNoteUses } from '../../src/rewards/uses.ts'
import { createSweep, type SweepDeps } from './sweep.ts'

/**
 * What every worker process does every few seconds, also while Redis is away: queues again what has no live job, notes
 * which coupons were used, and lets rewards go for which there is room. One that fails holds up those after it until the
 * next round. @throws AppError STORE_BUSY, STORE_UNAVAILABLE
 */
export function createRounds(deps: SweepDeps): () => Promise<void> {
  const rounds = [createSweep(deps), createNoteUses(deps), createFindRoom(deps)]
  return async () => {
    for (const round of rounds) await round()
  }
}
