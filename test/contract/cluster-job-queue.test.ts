import { absentRedisCluster } from '../helpers/redis-cluster.ts'
import { describeJobQueue } from './job-queue-suite.ts'
import { describeWorkforce } from './workforce-suite.ts'

const cluster = async () => {
  const absent = await absentRedisCluster()
  await absent.start()
  return absent
}

describeJobQueue('a Redis Cluster', cluster)
describeWorkforce('a Redis Cluster', cluster)
