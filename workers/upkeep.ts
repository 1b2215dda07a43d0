import type { JobHandlers } from '../src/ports/queue.ts'

export interface UpkeepDeps {
  /** What time does about once a minute: removes what is past its retention. */
  readonly prune: () => Promise<void>
  /** Queues again what has no live job; every 5 s in every worker process. */
  readonly sweep: () => Promise<void>
}

export function upkeepHandlers({ prune, sweep }: UpkeepDeps): Pick<JobHandlers, 'upkeep' | 'sweep'> {
  return { upkeep: () => prune(), sweep: () => sweep() }
}
