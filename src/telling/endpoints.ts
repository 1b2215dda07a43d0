import { commitPlanned, findRow, standsStill } from '../commit/planned.ts'
import { AppError } from '../errors.ts'
import { insert, remove, revise } from '../ports/changes.ts'
import type { Clock } from '../ports/clock.ts'
import type { JobQueue } from '../ports/queue.ts'
import type { WebhookEvent } from '../ports/schema/telling-values.ts'
import type { Status } from '../ports/schema/values.ts'
import type { Row } from '../ports/schema.ts'
import type { SecretBox } from '../ports/secret-box.ts'
import type { Store } from '../ports/store.ts'
import { newRow, patchRow, recordNotFound } from '../setup/change-row.ts'
import type { ListenersBook } from './listeners.ts'
import { newSecret, rotated, sealSecret } from './secret.ts'
import { endMessages, setAllAside, wake } from './wake.ts'

export const MAX_ENDPOINTS = 20
/** Of messages that are let go before a patch is answered. */
const PAGES_AT_ONCE = 5
const NOUN = 'webhook endpoint'

type Endpoint = Row<'webhook_endpoint'>

export interface EndpointDeps {
  readonly store: Store
  readonly listeners: Pick<ListenersBook, 'changed'>
  readonly secretBox: SecretBox
  readonly clock: Clock
  readonly newId: () => string
  readonly queue: Pick<JobQueue, 'enqueue'>
}

/** What a merchant says of an endpoint; its address is judged already. */
export interface EndpointFields {
  readonly url: string
  readonly events: readonly WebhookEvent[]
  readonly status: Status
  readonly description: string
}

/** An endpoint with its secret, which is seen this once. */
export interface WithSecret {
  readonly row: Endpoint
  readonly secret: string
}

/**
 * Makes an endpoint. What happens after it resolves is told to it, if it is live. Atomic.
 * @throws AppError TOO_MANY_ENDPOINTS, STORE_BUSY
 */
export async function createEndpoint(
  { store, listeners, secretBox, clock, newId }: EndpointDeps,
  accountId: string,
  fields: EndpointFields,
): Promise<WithSecret> {
  const id = newId()
  const now = clock.now()
  const secret = newSecret()
  const row: Endpoint = {
    ...newRow(id, accountId, now),
    ...fields,
    sealedSecret: sealSecret(secretBox, id, secret),
    sealedOldSecret: null,
    oldSecretUntil: null,
    problem: null,
    failingSince: null,
    liveSince: fields.status === 'live' ? now : null,
    dueAt: null,
  }
  await commitPlanned(store, async () => {
    // the account stands still: of two that are made at once neither is one too many
    const account = await findRow(store, 'account', accountId, accountId)
    const own = await store.findByKeys('webhook_endpoint', ['accountId'], [[accountId]])
    if (own.length >= MAX_ENDPOINTS) throw tooMany()
    const changes = [standsStill('account', account!), insert('webhook_endpoint', row)]
    return { changes, result: undefined }
  })
  if (row.status === 'live') await listeners.changed(accountId)
  return { row, secret }
}

function tooMany(): AppError {
  const message = `an account has at most ${MAX_ENDPOINTS} webhook endpoints: delete one first`
  return new AppError('TOO_MANY_ENDPOINTS', message, { details: [{ path: '', message }] })
}

/**
 * Changes an endpoint. One that becomes live has no problem any more, counts its failures anew and is sent what waited
 * for it. Atomic; what repeats the present value changes nothing. @throws AppError NOT_FOUND, STORE_BUSY
 */
export async function patchEndpoint(
  deps: EndpointDeps,
  accountId: string,
  id: string,
  given: { readonly [F in keyof EndpointFields]?: EndpointFields[F] | undefined },
): Promise<Endpoint> {
  const now = deps.clock.now()
  const target = { collection: 'webhook_endpoint', noun: NOUN, accountId, id } as const
  const row = await patchRow(deps.store, target, now, {
    given,
    follow: (changed) => (changed.has('status') ? withStatus(given.status, now) : {}),
  })
  if (given.status === 'live') await deps.listeners.changed(accountId)
  // what is left undone the sweep of the workers does
  if (row.dueAt !== null) await wake(deps, row, PAGES_AT_ONCE).catch(() => {})
  if (given.status !== undefined && row.status !== 'live') await setAllAside(deps, row).catch(() => {})
  return row
}

function withStatus(status: Status | undefined, now: number): Partial<Endpoint> {
  const anew = { problem: null, failingSince: null }
  return status === 'live' ? { ...anew, liveSince: now, dueAt: now } : { liveSince: null, dueAt: null }
}

/** Deletes an endpoint; what was on its way to it ends. @throws AppError NOT_FOUND, STORE_BUSY */
export async function deleteEndpoint(deps: EndpointDeps, accountId: string, id: string): Promise<void> {
  const { store } = deps
  const gone = await commitPlanned(store, async () => {
    const row = await findEndpoint(store, accountId, id)
    return { changes: [remove('webhook_endpoint', row, { revision: row.revision })], result: row }
  })
  // what is left undone ends when it would have been tried
  await endMessages(deps, gone).catch(() => {})
}

/** A new secret; the one before it goes on signing beside it for a day. Atomic. @throws AppError NOT_FOUND, STORE_BUSY */
export function rotateSecret(
  { store, secretBox, clock }: EndpointDeps,
  accountId: string,
  id: string,
): Promise<WithSecret> {
  const secret = newSecret()
  return commitPlanned(store, async () => {
    const endpoint = await findEndpoint(store, accountId, id)
    const set = rotated(secretBox, endpoint, secret, clock.now())
    const row = { ...endpoint, ...set, revision: endpoint.revision + 1 }
    return { changes: [revise('webhook_endpoint', endpoint, set)], result: { row, secret } }
  })
}

/** @throws AppError NOT_FOUND */
export async function findEndpoint(store: Store, accountId: string, id: string): Promise<Endpoint> {
  const endpoint = await findRow(store, 'webhook_endpoint', accountId, id)
  if (endpoint === null) throw recordNotFound(NOUN)
  return endpoint
}
