import { randomUUID } from 'node:crypto'
import type Stripe from 'stripe'
import type { Site } from '../../../src/ports/hands.ts'
import type { Told } from '../../../src/ports/platform-calls.ts'
import type { ShownSubscription } from '../../../src/ports/schema/installation-values.ts'
import { TOPICS } from '../translate.ts'
import { type Asking, ask, askOnce } from './ask.ts'
import { API_VERSION } from './client.ts'

type Endpoint = Stripe.WebhookEndpoint

/** The endpoint as it stands after mending. */
export interface MendedEndpoint {
  /** null where there is none. */
  readonly endpointId: string | null
  /** Of one that was made now: Stripe shows it only then. */
  readonly newSecret: string | null
  readonly subscriptions: readonly ShownSubscription[]
  /** Why it is not as it should be, in Stripe's words. */
  readonly trouble: string | null
}

/**
 * Sees to it that there is one endpoint with the connector's address, with today's address, exactly the events that are
 * read and the pinned version. One whose secret we hold is kept (`heldId`); any other with our address is deleted and
 * made anew, for its secret cannot be had. What has another address is never touched, except the held one, which moves.
 */
export async function mendEndpoint(
  asking: Asking,
  site: Site,
  heldId: string | null,
): Promise<Told<MendedEndpoint>> {
  const listed = await listEndpoints(asking)
  if (listed.outcome !== 'ok') return orAbsent(listed)
  const held = listed.value.find((one) => isHeld(one, site, heldId))
  const isKept = held !== undefined && held.api_version === API_VERSION && site.keptSecrets > 0
  const useless = listed.value.filter(
    (one) => (one.url === site.webhookUrl || one === held) && !(isKept && one === held),
  )
  for (const one of useless) {
    const gone = await deleteEndpoint(asking, one.id)
    // two endpoints with our address would count nothing twice, but send everything twice
    if (gone.outcome !== 'ok') return orAbsent(gone, one)
  }
  return isKept ? keep(asking, site, held) : make(asking, site)
}

/** Deletes what has the connector's address, or is held. */
export async function removeEndpoints(
  asking: Asking,
  site: Site,
  heldId: string | null,
): Promise<Told<null>> {
  const listed = await listEndpoints(asking)
  if (listed.outcome !== 'ok') return listed
  for (const one of listed.value) {
    if (one.url !== site.webhookUrl && !isHeld(one, site, heldId)) continue
    const gone = await deleteEndpoint(asking, one.id)
    if (gone.outcome !== 'ok') return gone
  }
  return { outcome: 'ok', value: null }
}

/** The one that we made, also where this server had another address then. */
function isHeld({ id, url }: Endpoint, { webhookPath }: Site, heldId: string | null): boolean {
  return id === heldId && url.endsWith(webhookPath)
}

async function listEndpoints(asking: Asking): Promise<Told<readonly Endpoint[]>> {
  const all: Endpoint[] = []
  for (;;) {
    const after = all.at(-1)?.id
    const page = await ask(asking, () =>
      asking.stripe.webhookEndpoints.list({
        limit: 100,
        ...(after === undefined ? {} : { starting_after: after }),
      }),
    )
    if (page.outcome !== 'ok') return page
    all.push(...page.value.data)
    if (!page.value.has_more || page.value.data.length === 0) return { outcome: 'ok', value: all }
  }
}

async function deleteEndpoint(asking: Asking, id: string): Promise<Told<null>> {
  const told = await ask(asking, () => asking.stripe.webhookEndpoints.del(id))
  // somebody else was faster
  if (told.outcome === 'refused' && told.refused === 'request') return { outcome: 'ok', value: null }
  return told.outcome === 'ok' ? { outcome: 'ok', value: null } : told
}

async function keep(asking: Asking, site: Site, endpoint: Endpoint): Promise<Told<MendedEndpoint>> {
  const isRight =
    endpoint.url === site.webhookUrl && endpoint.status === 'enabled' && hasExactly(endpoint.enabled_events)
  if (isRight) return { outcome: 'ok', value: standing(endpoint, null) }
  const told = await ask(asking, () =>
    asking.stripe.webhookEndpoints.update(endpoint.id, {
      url: site.webhookUrl,
      enabled_events: eventsToHear(),
      disabled: false,
    }),
  )
  if (told.outcome === 'unavailable') return told
  if (told.outcome === 'ok') return { outcome: 'ok', value: standing(told.value, null) }
  return { outcome: 'ok', value: { ...standing(endpoint, null), trouble: told.message } }
}

/**
 * Makes the endpoint: first under one Idempotency-Key, so that an answer that was lost comes again; where Stripe keeps
 * on failing under it, it is looked whether the endpoint is there, and what nobody knows the secret of goes.
 */
async function make(asking: Asking, site: Site): Promise<Told<MendedEndpoint>> {
  const request = creation(asking, site)
  const first = await ask(asking, request)
  if (first.outcome !== 'unavailable') return made(first)
  const listed = await listEndpoints(asking)
  if (listed.outcome !== 'ok') return listed
  for (const { id } of listed.value.filter(({ url }) => url === site.webhookUrl)) {
    const gone = await deleteEndpoint(asking, id)
    if (gone.outcome !== 'ok') return gone
  }
  return made(await askOnce(creation(asking, site)))
}

/** Under a key of its own: asked again, it makes nothing anew. */
function creation({ stripe }: Asking, { webhookUrl, connectorId }: Site): () => Promise<Endpoint> {
  const idempotencyKey = `streakline-endpoint-${randomUUID()}`
  const wanted: Stripe.WebhookEndpointCreateParams = {
    url: webhookUrl,
    enabled_events: eventsToHear(),
    api_version: API_VERSION,
    description: 'Streakline: purchases, refunds and disputes',
    metadata: { streakline_connector: connectorId },
  }
  return () => stripe.webhookEndpoints.create(wanted, { idempotencyKey })
}

function made(told: Told<Endpoint>): Told<MendedEndpoint> {
  if (told.outcome !== 'ok') return orAbsent(told)
  const { secret } = told.value
  if (secret !== undefined) return { outcome: 'ok', value: standing(told.value, secret) }
  return { outcome: 'unavailable', message: 'Stripe made an endpoint without a secret', retryAfterMs: null }
}

function standing(endpoint: Endpoint, newSecret: string | null): MendedEndpoint {
  const isOn = endpoint.status === 'enabled'
  const subscriptions = TOPICS.map((topic): ShownSubscription => {
    const isThere = endpoint.enabled_events.includes(topic) || endpoint.enabled_events.includes('*')
    return { topic, state: isThere ? (isOn ? 'ok' : 'failing') : 'missing' }
  })
  return { endpointId: endpoint.id, newSecret, subscriptions, trouble: null }
}

/** A no that leaves the key in use is a standing of its own: nothing is subscribed, and Stripe said why. */
function orAbsent(told: Exclude<Told<unknown>, { outcome: 'ok' }>, there?: Endpoint): Told<MendedEndpoint> {
  if (told.outcome === 'unavailable' || told.refused === 'access') return told
  const absent = TOPICS.map((topic): ShownSubscription => ({ topic, state: 'missing' }))
  const nothing = { endpointId: null, newSecret: null, subscriptions: absent, trouble: null }
  return {
    outcome: 'ok',
    value: {
      ...(there === undefined ? nothing : { ...nothing, endpointId: there.id }),
      trouble: told.message,
    },
  }
}

function eventsToHear(): Stripe.WebhookEndpointCreateParams.EnabledEvent[] {
  return [...TOPICS] as Stripe.WebhookEndpointCreateParams.EnabledEvent[]
}

function hasExactly(events: readonly string[]): boolean {
  return events.length === TOPICS.length && TOPICS.every((topic) => events.includes(topic))
}
