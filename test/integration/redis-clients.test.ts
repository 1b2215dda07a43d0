import { expect, it } from '@jest/globals'
import { readRedisAddress } from '../../src/ports/redis-address.ts'
import { openRedisClient } from '../../src/queue/redis-clients.ts'

/** Nothing listens there. */
const NOWHERE = '127.0.0.1:1'
const ADDRESSES = [`redis://${NOWHERE}`, `redis://${NOWHERE},redis://${NOWHERE}`]

// BullMQ makes the connections that its workers block on this way, and takes its listener off them as it closes them:
// a Redis that goes at that moment would have ioredis print its stack
it.each(ADDRESSES)(
  'an error of a connection made of one to %s is heard when nobody listens to it any more',
  (url) => {
    const address = readRedisAddress(url)
    if (address.kind === 'fault') throw new Error(address.fault)
    const client = openRedisClient(address, 'worker').on('error', () => {})
    const once = client.duplicate()
    const opened = [client, once, once.duplicate()]
    try {
      for (const each of opened) expect(() => each.emit('error', new Error('read ECONNRESET'))).not.toThrow()
    } finally {
      for (const each of opened) each.disconnect()
    }
  },
)
