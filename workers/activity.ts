import type { ActivityJob, JobHandlers } from '../src/ports/queue.ts'

export interface ActivityDeps {
  /** The inbox's use case: records the item's purchase and writes down what became of it. */
  readonly processItem: JobHandlers['activity']
}

export function activityHandler({ processItem }: ActivityDeps): JobHandlers['activity'] {
  return (job: ActivityJob, context) => processItem(job, context)
}
