import { expect, it } from '@jest/globals'
import { limitsUnlessNamed } from '../../src/store/mongo/limits.ts'

const OURS = {
  serverSelectionTimeoutMS: 2_500,
  connectTimeoutMS: 2_500,
  heartbeatFrequencyMS: 2_000,
  waitQueueTimeoutMS: 5_000,
  socketTimeoutMS: 10_000,
  maxPoolSize: 50,
}

it('a connection to MongoDB is limited by us where its string names no limit', () => {
  for (const uri of [
    'mongodb://a:1,b:2/name',
    'mongodb+srv://a/name?replicaSet=r',
    'mongodb://a/?retryWrites=true',
  ])
    expect(limitsUnlessNamed(uri)).toEqual(OURS)
})

it('and by its string, whatever the case, where that names one', () => {
  const { maxPoolSize: _pool, waitQueueTimeoutMS: _wait, ...rest } = OURS
  expect(limitsUnlessNamed('mongodb://a:1,b:2/?maxpoolsize=5&waitQueueTimeoutMS=9')).toEqual(rest)
})
