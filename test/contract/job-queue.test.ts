import { redisForTests } from '../helpers/redis-server.ts'
import { describeJobQueue } from './job-queue-suite.ts'

describeJobQueue('a Redis server', () => redisForTests())
