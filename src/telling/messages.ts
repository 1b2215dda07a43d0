import { findRow } from '../commit/planned.ts'
import { untilWritten } from '../commit/until-written.ts'
import { AppError } from '../errors.ts'
import { insert, revise } from '../ports/changes.ts'
import { type JobQueue, messageJobOf } from '../ports/queue.ts'
import type { Row } from '../ports/schema.ts'
import type { Store } from '../ports/store.ts'
import { recordNotFound } from '../setup/change-row.ts'
import { findEndpoint } from './endpoints.ts'
import { payloadText } from './payload.ts'
import { newMessage } from './teller.ts'
import { type TryDeps, tryOnce } from './try-once.ts'

const MAX_ROUNDS = 20

type Message = Row<'webhook_message'>

export interface MessageDeps extends TryDeps {
  readonly store: Store
  readonly newId: () => string
  readonly queue: Pick<JobQueue, 'enqueue'>
}

/**
 * Has a message sent again: the same id and body, at once and with the whole schedule. Atomic.
 * @throws AppError NOT_FOUND, ENDPOINT_NOT_LIVE, PAYLOAD_GONE, STORE_BUSY
 */
export function resendMessage(
  { store, clock, queue }: MessageDeps,
  accountId: string,
  id: string,
): Promise<Message> {
  return untilWritten(`webhook_message ${id}`, MAX_ROUNDS, async () => {
    const message = await findRow(store, 'webhook_message', accountId, id)
    if (message === null) throw recordNotFound('webhook message')
    const endpoint = await findRow(store, 'webhook_endpoint', accountId, message.endpointId)
    if (endpoint?.status !== 'live') {
      const is = endpoint === null ? 'deleted' : endpoint.status
      throw new AppError(
        'ENDPOINT_NOT_LIVE',
        `The webhook endpoint of this message is ${is}: it is sent nothing`,
      )
    }
    if (message.body === null) {
      throw new AppError('PAYLOAD_GONE', 'The member of this message was erased, and what it said with it')
    }
    const now = clock.now()
    const anew = { status: 'pending', failures: 0, dueAt: now, attempt: message.attempt + 1 } as const
    const set = { ...anew, updatedAt: now }
    const { outcome } = await store.commit([revise('webhook_message', message, set)])
    if (outcome === 'conflict') return null
    const written = { ...message, ...set, revision: message.revision + 1 }
    void queue.enqueue('message', [messageJobOf(written)])
    return written
  })
}

/**
 * Sends a test to an endpoint, once, whatever its status and events are, and answers the message with what came of it.
 * The endpoint stays as it is, whatever it answers. @throws AppError NOT_FOUND, SECRET_UNREADABLE
 */
export async function sendTest(deps: MessageDeps, accountId: string, endpointId: string): Promise<Message> {
  const { store, clock, newId } = deps
  const endpoint = await findEndpoint(store, accountId, endpointId)
  const id = newId()
  const now = clock.now()
  const body = payloadText('webhook.test', now, {})
  const cause = `webhook.test ${id}`
  const untried = newMessage({ id, endpoint, type: 'webhook.test', cause, memberId: null, body, now })
  const { isGood, attempt } = await tryOnce(deps, endpoint, { id, body })
  const message: Message = {
    ...untried,
    status: isGood ? 'delivered' : 'failed',
    attempts: [attempt],
    failures: isGood ? 0 : 1,
    dueAt: null,
    updatedAt: clock.now(),
  }
  const { outcome } = await store.commit([insert('webhook_message', message)])
  if (outcome === 'conflict')
    throw new AppError('STORE_BUSY', 'the test was sent and could not be written down')
  return message
}
