import { startLocalRedis } from '../../src/queue/local-redis.ts'
import { recordingLogger } from './recording-logger.ts'

/**
 * A process that has a local Redis, for a test that kills it: prints url, pid and adopted as JSON, then stays.
 * Argument: data folder.
 */
const { url, pid, adopted } = await startLocalRedis({
  dataDir: process.argv[2] ?? '',
  logger: recordingLogger(),
})
process.stdout.write(`${JSON.stringify({ url, pid, adopted })}\n`)
if (process.argv[3] === 'stay') setInterval(() => {}, 60_000)
