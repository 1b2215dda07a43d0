import { createJobQueue, startWorkerPool } from '../../src/queue/bullmq.ts'
import { recordingLogger } from './recording-logger.ts'

/**
 * A worker process whose jobs never end, for a test that kills it: says `taken` when it has one. Arguments: URL,
 * prefix.
 */
const [, , redisUrl = '', prefix = ''] = process.argv
const logger = recordingLogger()
startWorkerPool({
  redisUrl,
  prefix,
  logger,
  clock: { now: () => Date.now() },
  queue: createJobQueue({ redisUrl, prefix, logger }),
  handlers: {
    activity: () => {
      process.stdout.write('taken\n')
      return new Promise(() => {})
    },
    reward: async () => {},
    message: async () => {},
    upkeep: async () => {},
    sweep: async () => {},
    attend: async () => {},
    watch: async () => {},
  },
})
