import { createPruneMessages, createWakeEndpoints } from '../workers/telling/keep.ts'
import { createSendMessage } from '../workers/telling/send.ts'
import { sharedStore } from './commit/shared-store.ts'
import type { Marks } from './compose-fail-points.ts'
import type { Telling } from './compose-telling.ts'
import { createViews } from './engine/views/views.ts'
import { createWebhookSender } from './outgoing/webhook-sender.ts'
import type { Clock } from './ports/clock.ts'
import type { Logger } from './ports/logger.ts'
import type { JobHandlers, JobQueue } from './ports/queue.ts'
import type { SecretBox } from './ports/secret-box.ts'
import type { Store } from './ports/store.ts'
import { createWatch } from './telling/watch.ts'

export interface TellingParts {
  readonly store: Store
  readonly queue: JobQueue
  readonly clock: Clock
  readonly logger: Logger
  readonly secretBox: SecretBox
  readonly marks: Marks
  readonly telling: Telling
  readonly allowedHosts: readonly string[]
}

/** What workers do for outgoing webhooks. */
export function composeTellingWorkers({
  store,
  queue,
  clock,
  logger,
  secretBox,
  marks,
  telling,
  allowedHosts,
}: TellingParts): Pick<JobHandlers, 'message' | 'watch'> & {
  /** Removes what is kept no longer. */
  prune(): Promise<void>
  /** Sees to endpoints that are live again. */
  wake(): Promise<void>
} {
  const send = createSendMessage({
    // jobs that run at the same time share what they read and write
    store: sharedStore(marks.store(store, 'message_before_write', 'message_after_write')),
    sender: createWebhookSender({ clock, allowedHosts }),
    secretBox,
    clock,
    logger,
  })
  return {
    message: marks.work('message_taken', send),
    watch: createWatch({ store, teller: telling.teller, views: createViews(store), clock, queue }),
    prune: createPruneMessages({ store, clock }),
    wake: createWakeEndpoints({ store, clock, queue }),
  }
}

/** One after the other; what the first throws keeps the second from its turn. */
export function inTurn(...tasks: readonly (() => Promise<void>)[]): () => Promise<void> {
  return async () => {
    for (const task of tasks) await task()
  }
}
