import { Worker } from 'bullmq'
import type { Running, Subject } from './child-protocol.ts'
import { BASELINE_PREFIX, connectionOf, workerOptions } from './queues.ts'

/** What BullMQ alone can do. */
export async function startNoopWorker({ redisUrl }: Extract<Subject, { kind: 'noop' }>): Promise<Running> {
  const connection = connectionOf(redisUrl)
  const worker = new Worker('activity', async () => {}, {
    ...workerOptions,
    connection,
    prefix: BASELINE_PREFIX,
  })
  await worker.waitUntilReady()
  return { port: null, close: () => worker.close() }
}
