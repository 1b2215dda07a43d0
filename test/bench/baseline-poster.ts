import { createHmac, timingSafeEqual } from 'node:crypto'
import { once } from 'node:events'
import { Agent, createServer, request } from 'node:http'
import type { AddressInfo } from 'node:net'
import { Queue, Worker } from 'bullmq'
import express from 'express'
import type { Running, Subject } from './child-protocol.ts'
import { BASELINE_PREFIX, connectionOf, workerOptions } from './queues.ts'

interface PostJob {
  readonly externalId: string
}

/** What one writes first: check the signature, add a job, answer; a worker beside it posts each. Nothing is kept. */
export async function startPosterBaseline(subject: Extract<Subject, { kind: 'poster' }>): Promise<Running> {
  const connection = connectionOf(subject.redisUrl)
  const queue = new Queue<PostJob>('activity', { connection, prefix: BASELINE_PREFIX })
  const agent = new Agent({ keepAlive: true, maxSockets: 16 })
  const worker = new Worker<PostJob>('activity', ({ data }) => post(agent, subject.url, data), {
    ...workerOptions,
    connection,
    prefix: BASELINE_PREFIX,
  })
  const app = express()
  app.post(
    '/webhooks',
    express.raw({ type: 'application/json', limit: '8mb' }),
    async (incoming, response) => {
      const expected = createHmac('sha256', subject.secret).update(incoming.body).digest()
      const given = Buffer.from(String(incoming.headers['x-shopify-hmac-sha256']), 'base64')
      if (given.length !== expected.length || !timingSafeEqual(given, expected))
        return response.sendStatus(401)
      const { customer } = JSON.parse(incoming.body.toString()) as { customer: { id: number } }
      await queue.add('activity', { externalId: `shopify:${customer.id}` })
      return response.json({ data: {} })
    },
  )
  const server = createServer({ keepAliveTimeout: 75_000 }, app).listen(0, '127.0.0.1')
  await Promise.all([once(server, 'listening'), queue.waitUntilReady(), worker.waitUntilReady()])
  return {
    port: (server.address() as AddressInfo).port,
    async close() {
      server.closeAllConnections()
      server.close()
      await worker.close()
      await queue.close()
      agent.destroy()
    },
  }
}

function post(agent: Agent, url: string, { externalId }: PostJob): Promise<void> {
  return new Promise((resolve, reject) => {
    const headers = { 'content-type': 'application/json' }
    const outgoing = request(url, { method: 'POST', agent, headers }, (response) => {
      response.resume().on('end', resolve).on('error', reject)
    })
    outgoing.on('error', reject).end(JSON.stringify({ code: externalId, member: { externalId } }))
  })
}
