import type { Instant } from '../ports/clock.ts'
import { type InstallationProblem, PROBLEM_CODES } from '../ports/schema/installation-values.ts'
import type { Found } from './words.ts'

/** Of all that holds the first by the order of the codes; its `since` stays while its code stays. */
export function foremost(
  found: readonly Found[],
  before: InstallationProblem | null,
  now: Instant,
): InstallationProblem | null {
  const first = PROBLEM_CODES.flatMap((code) => found.find((each) => each.code === code) ?? [])[0]
  if (first === undefined) return null
  return { ...first, since: before?.code === first.code ? before.since : now }
}
