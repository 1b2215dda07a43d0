import { redisForTests } from '../helpers/redis-server.ts'
import { describeWorkforce } from './workforce-suite.ts'

describeWorkforce('a Redis server', () => redisForTests())
