import { eraseMember } from './erase.ts'
import type { EraseDeps } from './erased.ts'

/**
 * Ids of the deliveries that tell of a member: those that an erasure of it would scrub, oldest first. Writes nothing.
 * @throws AppError NOT_FOUND for a member that does not exist or is erased
 */
export async function deliveriesAbout(deps: EraseDeps, accountId: string, id: string): Promise<string[]> {
  const found = new Set<string>()
  await eraseMember(deps, accountId, id, { dryRun: true, found })
  return [...found].sort()
}
