import type { ActivityJob, JobHandlers } from '../src/ports/queue.ts'

export interface ActivityDeps {
  /** The inbox's use case: records the items' purchases and writes down what became of them. */
  readonly processItems: JobHandlers['activity']
}

export function activityHandler({ processItems }: ActivityDeps): JobHandlers['activity'] {
  return (job: ActivityJob, context) => processItems(job, context)
}
