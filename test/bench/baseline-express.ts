import { createHmac, timingSafeEqual } from 'node:crypto'
import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { Queue } from 'bullmq'
import express from 'express'
import { v7 as uuidv7 } from 'uuid'
import { jobIdOf, TRIES } from '../../src/queue/names.ts'
import type { Running, Subject } from './child-protocol.ts'
import { BASELINE_PREFIX, connectionOf } from './queues.ts'

/** What one writes first: check the signature, add the job, answer. Nothing is kept but the job. */
export async function startExpressBaseline(subject: Extract<Subject, { kind: 'express' }>): Promise<Running> {
  const queue = new Queue('activity', {
    connection: connectionOf(subject.redisUrl),
    prefix: BASELINE_PREFIX,
    defaultJobOptions: { attempts: TRIES.activity, backoff: { type: 'custom' }, stackTraceLimit: 3 },
  })
  const accountId = uuidv7()
  const app = express()
  app.post(
    '/webhooks',
    express.raw({ type: 'application/json', limit: '8mb' }),
    async (request, response) => {
      const expected = createHmac('sha256', subject.secret).update(request.body).digest()
      const given = Buffer.from(String(request.headers['x-shopify-hmac-sha256']), 'base64')
      if (given.length !== expected.length || !timingSafeEqual(given, expected))
        return response.sendStatus(401)
      const deliveryId = uuidv7()
      const job = { batchId: null, attempt: 0, items: [{ accountId, deliveryId, itemId: uuidv7() }] }
      await queue.add('activity', job, { jobId: jobIdOf('activity', job) })
      return response.json({ data: { deliveryId } })
    },
  )
  // as the product's: it must not hang up while the other side has its turn
  const server = createServer({ keepAliveTimeout: 75_000 }, app).listen(0, '127.0.0.1')
  await once(server, 'listening')
  await queue.waitUntilReady()
  return {
    port: (server.address() as AddressInfo).port,
    async close() {
      server.closeAllConnections()
      server.close()
      await queue.close()
    },
  }
}
