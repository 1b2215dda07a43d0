import { change, revise } from '../ports/changes.ts'
import type { Clock } from '../ports/clock.ts'
import { above, all, any, ascending, below, equal, present } from '../ports/conditions.ts'
import { type JobQueue, messageJobOf } from '../ports/queue.ts'
import type { Row } from '../ports/schema.ts'
import type { Condition, Store } from '../ports/store.ts'
import { DEAD_AFTER_MS } from './schedule.ts'

const PER_COMMIT = 200
/** Pages of one call; what is left is done by the next one, or as each message comes to be tried. */
const MAX_PAGES = 500

type Message = Row<'webhook_message'>
type Endpoint = Row<'webhook_endpoint'>

export interface WakeDeps {
  readonly store: Store
  readonly clock: Clock
  /** Without one the sweep finds what is due. */
  readonly queue?: Pick<JobQueue, 'enqueue'>
}

/** What is left of a message that is not tried any more. */
export const GIVEN_UP = { status: 'failed', dueAt: null } as const

/**
 * Lets the messages go on that waited while their endpoint was not live; those that are too old by now end. May be killed
 * and repeated: whoever sees that the endpoint is still due goes on. @throws AppError STORE_UNAVAILABLE
 */
export async function wake(
  { store, clock, queue }: WakeDeps,
  { id, accountId }: Endpoint,
  maxPages: number = MAX_PAGES,
): Promise<void> {
  for (let page = 0; page < maxPages; page += 1) {
    const [endpoint] = await store.findByKeys('webhook_endpoint', ['accountId', 'id'], [[accountId, id]])
    if (endpoint === undefined || endpoint.status !== 'live' || endpoint.dueAt === null) return
    const now = clock.now()
    // whoever set them aside may have been killed: nothing that was due before has a say any more
    const left = below<'webhook_message', 'updatedAt'>('updatedAt', endpoint.liveSince ?? now)
    const waiting = await findOpen(store, endpoint, any(equal({ dueAt: null }), left))
    const going = waiting.map((message) => ({ message, set: goingOn(message, now) }))
    const isDone = waiting.length < PER_COMMIT
    const changes = [
      ...going.map(({ message, set }) => revise('webhook_message', message, set)),
      revise('webhook_endpoint', endpoint, isDone ? { dueAt: null } : {}),
    ]
    // a message or the endpoint was changed at the same moment: looked at again
    if ((await store.commit(changes)).outcome === 'conflict') continue
    const again = going.filter(({ set }) => set.dueAt !== null)
    await queue?.enqueue(
      'message',
      again.map(({ message, set }) => messageJobOf({ ...message, ...set })),
    )
    if (isDone) return
  }
}

function goingOn({ createdAt, attempt }: Message, now: number): Partial<Omit<Message, 'revision'>> {
  if (now - createdAt >= DEAD_AFTER_MS) return { ...GIVEN_UP, updatedAt: now }
  return { dueAt: now, attempt: attempt + 1, updatedAt: now }
}

/**
 * Sets aside all messages of an endpoint that is not live any more: none is due. May be killed: those that are left are
 * set aside as each comes to be tried, or go on with the others. @throws AppError STORE_UNAVAILABLE
 */
export async function setAllAside(deps: WakeDeps, endpoint: Endpoint): Promise<void> {
  let after: string | null = null
  for (let page = 0; page < MAX_PAGES; page += 1) {
    const beyond = after === null ? null : above<'webhook_message', 'id'>('id', after)
    const open = await findOpen(deps.store, endpoint, all(present('dueAt'), beyond))
    if (open.length > 0 && !(await setAside(deps, open, endpoint))) {
      for (const each of open) await setAside(deps, [each], endpoint)
    }
    if (open.length < PER_COMMIT) return
    after = open.at(-1)!.id
  }
}

/** Ends the messages of an endpoint that is deleted. @throws AppError STORE_UNAVAILABLE */
export async function endMessages({ store, clock }: WakeDeps, endpoint: Endpoint): Promise<void> {
  let after: string | null = null
  for (let page = 0; page < MAX_PAGES; page += 1) {
    const open = await findOpen(store, endpoint, after === null ? null : above('id', after))
    const set = { ...GIVEN_UP, updatedAt: clock.now() }
    // each by itself: one that is being tried at the moment ends by itself
    const changes = open.map((message) => revise('webhook_message', message, set))
    if (changes.length > 0 && (await store.commit(changes)).outcome === 'conflict') {
      for (const each of changes) await store.commit([each])
    }
    if (open.length < PER_COMMIT) return
    after = open.at(-1)!.id
  }
}

function findOpen(
  store: Store,
  { id, accountId }: Endpoint,
  which: Condition<'webhook_message'> | null,
): Promise<Message[]> {
  return store.find('webhook_message', {
    where: all(equal({ accountId, endpointId: id, status: 'pending' }), which),
    sort: ascending('id'),
    limit: PER_COMMIT,
  })
}

/**
 * Sets messages aside while their endpoint is not live: nothing is due of them until then. Guarded by the endpoint's
 * status, so that none is set aside that nobody would wake. @returns whether all were written, or none
 */
export async function setAside(
  { store, clock }: WakeDeps,
  messages: readonly Message[],
  endpoint: Endpoint,
): Promise<boolean> {
  const { status } = endpoint
  const updatedAt = clock.now()
  const { outcome } = await store.commit([
    ...messages.map((message) => revise('webhook_message', message, { dueAt: null, updatedAt })),
    change('webhook_endpoint', endpoint, { status }, { updatedAt: endpoint.updatedAt }),
  ])
  return outcome === 'committed'
}
