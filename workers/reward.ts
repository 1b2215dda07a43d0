import type { JobHandlers, RewardJob } from '../src/ports/queue.ts'

export interface RewardDeps {
  /** The rewards' use case: has the coupon made, or taken back. */
  readonly fulfil: JobHandlers['reward']
}

export function rewardHandler({ fulfil }: RewardDeps): JobHandlers['reward'] {
  return (job: RewardJob, context) => fulfil(job, context)
}
