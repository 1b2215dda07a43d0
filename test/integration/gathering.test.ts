import { setImmediate as turnOfLoop } from 'node:timers/promises'
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals'
import { v7 as newId } from 'uuid'
import { connectorFor } from '../../connectors/registry.ts'
import { FEW, type Gathering } from '../../src/commit/batcher.ts'
import { sharedStore } from '../../src/commit/shared-store.ts'
import { createRecorder } from '../../src/engine/record.ts'
import { createInbox } from '../../src/inbox/accept.ts'
import type { JobOf, JobQueue, QueueName } from '../../src/ports/queue.ts'
import { wholeQuantity } from '../../src/streaks/quantity.ts'
import { type Api, startApi } from '../helpers/api.ts'
import { countedStore } from '../helpers/counted-store.ts'
import { EngineKit } from '../helpers/engine-kit.ts'
import { shopifyOrder } from '../helpers/payloads.ts'
import { quietLogger } from '../helpers/quiet-logger.ts'
import { shopifyRequest } from '../helpers/signed.ts'
import { openTempStore, type TempStore } from '../helpers/sqlite-store.ts'

const SECRET = 'webhook_secret_of_the_tests'

/** As if all of them came while the first was under way, however slow the machine: nothing begins before many wait. */
const MEANWHILE: Gathering = { paceMs: 600_000, longestPaceMs: 600_000, patienceMs: 600_000 }

/** One, and when it is done as many as are not kept waiting, each in a turn of the event loop of its own. */
async function oneAndThenMany<T>(
  calls: Readonly<Record<string, number>>,
  come: (at: number) => Promise<T>,
): Promise<{ readonly results: readonly T[]; readonly commitsOfMany: number }> {
  const first = await come(0)
  const before = calls.commit ?? 0
  const others: Promise<T>[] = []
  for (let at = 1; at <= FEW; at += 1) {
    others.push(come(at))
    await turnOfLoop()
  }
  const results = [first, ...(await Promise.all(others))]
  return { results, commitsOfMany: (calls.commit ?? 0) - before }
}

/** A queue that notes what it is given. */
function notingQueue() {
  const jobs: JobOf<QueueName>[] = []
  const queue: JobQueue = {
    enqueue: async (_queue, given) => {
      jobs.push(...given)
    },
    add: async () => {},
    states: async (_queue, asked) => asked.map(() => 'absent'),
    reachable: async () => true,
    close: async () => {},
  }
  return { queue, jobs }
}

const sizeOf = (job: JobOf<QueueName>) => ('items' in job ? job.items.length : 1)

describe('webhooks that come one after the other', () => {
  let api: Api
  beforeEach(async () => {
    api = await startApi()
  })
  afterEach(() => api.close())

  it('share a commit and a job, and one that comes alone has its own', async () => {
    const admin = await api.account('gathering')
    const streak = await admin.create('streak', { name: 'orders', status: 'live', aggregationTargetValue: 1 })
    const connector = await admin.create('connector', {
      name: 'shop',
      platform: 'shopify',
      credentials: { webhookSecrets: [SECRET] },
      settings: { shopDomain: 'example.myshopify.com' },
      rules: [{ streakId: streak.id }],
    })
    const { store, calls } = countedStore(api.store)
    const { queue, jobs } = notingQueue()
    const { secretBox, clock, logger } = api.deps
    const inbox = createInbox({
      ...{ store, queue, connectorFor, secretBox, clock, logger, newId, gathers: MEANWHILE },
      storeDeadlineMs: 600_000,
    })
    const { results, commitsOfMany } = await oneAndThenMany(calls, (at) => {
      const { headers, body } = shopifyRequest({ body: shopifyOrder({ id: 7_000 + at }), secret: SECRET })
      const webhook = { platform: 'shopify', connectorId: connector.id, headers, rawBody: body }
      return inbox.accept({ ...webhook, requestId: newId() })
    })
    expect(results.map(({ outcome }) => outcome)).toEqual(new Array(1 + FEW).fill('stored'))
    expect(commitsOfMany).toBe(1)
    expect(jobs.map(sizeOf)).toEqual([1, FEW])
    await inbox.close()
  })
})

describe('purchases that come one after the other', () => {
  let temp: TempStore
  beforeEach(async () => {
    temp = await openTempStore()
  })
  afterEach(() => temp.close())

  it('share a commit, and what they earn a job', async () => {
    const kit = new EngineKit(temp.store)
    const streak = await kit.streak()
    await kit.milestone(streak, {
      milestoneTargetValue: wholeQuantity(1),
      reward: { providerId: newId(), discount: { percentage: '10' } },
    })
    const { store, calls } = countedStore(temp.store)
    const { queue, jobs } = notingQueue()
    const drawCode = () => ({ code: `C-${newId()}`, foldedCode: `c-${newId()}` })
    const recorder = createRecorder({
      ...{ store, queue, clock: { now: () => kit.now }, logger: quietLogger, gathers: MEANWHILE },
      sources: { newId, drawCode },
    })
    const { results, commitsOfMany } = await oneAndThenMany(calls, (at) => {
      const member = { externalId: `member ${at}`, profile: {}, profileAt: null }
      return recorder.record(kit.request(streak, kit.now, { member }))
    })
    expect(results.map(({ outcome }) => outcome)).toEqual(new Array(1 + FEW).fill('recorded'))
    expect(commitsOfMany).toBe(1)
    expect(jobs.map(sizeOf)).toEqual([1, FEW])
    await recorder.drain()
  })

  it('have what becomes of their rewards written together', async () => {
    const kit = new EngineKit(temp.store)
    const { store, calls } = countedStore(temp.store)
    const shared = sharedStore(store, MEANWHILE)
    const { results, commitsOfMany } = await oneAndThenMany(calls, (at) => {
      const row = kit.streakRow({ name: `streak ${at}` })
      return shared.commit([{ op: 'insert', collection: 'streak', row }])
    })
    expect(results).toEqual(new Array(1 + FEW).fill({ outcome: 'committed' }))
    expect(commitsOfMany).toBe(1)
  })
})
