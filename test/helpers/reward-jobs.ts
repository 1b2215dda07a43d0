import type { JobOf, RewardJob } from '../../src/ports/queue.ts'

/** The rewards of these jobs, in order, whichever of them share one. */
export function rewardsOf(jobs: readonly object[]): RewardJob[] {
  return (jobs as readonly JobOf<'reward'>[]).flatMap((job) => ('items' in job ? job.items : [job]))
}
