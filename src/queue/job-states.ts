import type { JobState } from '../ports/queue.ts'
import type { RedisClient } from './redis-clients.ts'

/**
 * Looks jobs up in one pipeline, some 1,500 at most, of keys of one queue only: a Redis Cluster takes no other. Cheap on purpose: whether a job waits, runs or is delayed is not asked,
 * for BullMQ keeps waiting jobs in a list that would have to be searched for each of them.
 * @param toKey BullMQ's key of a state or a job of this queue
 */
export async function readJobStates(
  client: RedisClient,
  toKey: (type: string) => string,
  jobIds: readonly string[],
): Promise<JobState[]> {
  if (jobIds.length === 0) return []
  const pipeline = client
    .pipeline()
    .zmscore(toKey('completed'), ...jobIds)
    .zmscore(toKey('failed'), ...jobIds)
  for (const jobId of jobIds) pipeline.exists(toKey(jobId))
  const replies = ((await pipeline.exec()) ?? []).map(([error, reply]) => {
    if (error) throw error
    return reply
  })
  const [completed, failed, ...exists] = replies as [(string | null)[], (string | null)[], ...number[]]
  return jobIds.map((_, index) => {
    if (completed[index] != null || failed[index] != null) return 'ended'
    return exists[index] === 1 ? 'live' : 'absent'
  })
}
