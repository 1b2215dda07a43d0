import { createBullBoard } from '@bull-board/api'
import { BullMQAdapter } from '@bull-board/api/bullMQAdapter'
import { ExpressAdapter } from '@bull-board/express'
import type { Queue } from 'bullmq'
import express, { type Router } from 'express'
import { type BoardGuardDeps, boardGuard } from './board-guard.ts'
import { sameOriginOnly } from './operator-guard.ts'
import { ownPage } from './own-page.ts'

export const QUEUES_PATH = '/ops/queues'

export interface BoardDeps extends BoardGuardDeps {
  readonly queues: readonly Queue[]
  readonly redisReachable: () => Promise<boolean>
}

/** Bull Board at /ops/queues, behind its guard; its buttons only work from its own pages. */
export function createQueueBoard({ queues, redisReachable, ...guarded }: BoardDeps): Router {
  const adapter = new ExpressAdapter()
  adapter.setBasePath(QUEUES_PATH)
  createBullBoard({
    queues: queues.map((queue) => new BullMQAdapter(queue, { description: DESCRIPTIONS[queue.name] ?? '' })),
    serverAdapter: adapter,
    options: {
      uiConfig: { boardTitle: 'Streakline queues', miscLinks: [{ text: 'Console', url: '/console' }] },
    },
  })
  const router = express.Router()
  router.use(QUEUES_PATH, boardGuard(guarded), sameOriginOnly)
  router.use(QUEUES_PATH, ownPage)
  router.use(QUEUES_PATH, async (_request, response, next) => {
    if (await redisReachable()) next()
    else
      response.status(503).type('text/plain').send('Redis is not reachable, so the queues cannot be shown.\n')
  })
  router.use(QUEUES_PATH, adapter.getRouter() as Router)
  return router
}

const DESCRIPTIONS: Readonly<Record<string, string>> = {
  activity:
    'One job is what one rule sees of a purchase or a report, or up to 16 of them that arrived together.',
  reward:
    'One job is one reward: its coupon is made, or taken back. Or up to 16 of them; one in trouble has a job of its own.',
  upkeep: 'One job, once a minute: what was kept long enough is removed.',
}
