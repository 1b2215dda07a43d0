import { isLoopback } from '../parts/sender.ts'
import { connectionOf, idOf, type PageArguments } from './connection.ts'
import type { Caller } from './execute.ts'
import { gid } from './json-parts.ts'
import type { Subscription } from './state.ts'
import { COMPLIANCE_TOPICS, mayHear } from './webhooks.ts'

interface SubscriptionInput {
  readonly uri?: string | null
  readonly callbackUrl?: string | null
  readonly format?: string | null
  readonly filter?: string | null
  readonly includeFields?: readonly string[] | null
  readonly metafieldNamespaces?: readonly string[] | null
  readonly name?: string | null
}

interface UserError {
  readonly field: string[] | null
  readonly message: string
}

interface ListArguments extends PageArguments {
  readonly topics?: readonly string[] | null
  readonly uri?: string | null
  readonly callbackUrl?: string | null
  readonly format?: string | null
}

const ROOT = 'webhookSubscription'

/** `webhookSubscriptionCreate`: of one topic only one for each address. */
export function createSubscription(
  { topic, webhookSubscription: given }: { topic: string; webhookSubscription: SubscriptionInput },
  caller: Caller,
): object {
  const { world, install } = caller
  const userErrors = [...topicFaults(topic, caller), ...addressFaults(given, topic, null, caller)]
  if (userErrors.length > 0) return { webhookSubscription: null, userErrors }
  const now = world.clock.now()
  const made = world.state.subscriptions.put({
    id: world.state.newId(),
    installId: install.id,
    topic,
    uri: addressIn(given) ?? '',
    format: given.format ?? 'JSON',
    filter: given.filter ?? null,
    includeFields: given.includeFields ?? [],
    metafieldNamespaces: given.metafieldNamespaces ?? [],
    name: given.name ?? null,
    createdAt: now,
    updatedAt: now,
    failures: 0,
  })
  return { webhookSubscription: graphOf(made), userErrors: [] }
}

export function updateSubscription(
  { id, webhookSubscription: given }: { id: string; webhookSubscription: SubscriptionInput },
  caller: Caller,
): object {
  const known = find(id, caller)
  if (known === undefined) return { webhookSubscription: null, userErrors: [unknown()] }
  const userErrors = addressIn(given) === null ? [] : addressFaults(given, known.topic, known.id, caller)
  if (userErrors.length > 0) return { webhookSubscription: null, userErrors }
  const changed = caller.world.state.subscriptions.put({
    ...known,
    uri: addressIn(given) ?? known.uri,
    format: given.format ?? known.format,
    filter: given.filter === undefined ? known.filter : given.filter,
    includeFields: given.includeFields ?? known.includeFields,
    metafieldNamespaces: given.metafieldNamespaces ?? known.metafieldNamespaces,
    name: given.name === undefined ? known.name : given.name,
    updatedAt: caller.world.clock.now(),
  })
  return { webhookSubscription: graphOf(changed), userErrors: [] }
}

export function deleteSubscription({ id }: { id: string }, caller: Caller): object {
  const known = find(id, caller)
  if (known === undefined) return { deletedWebhookSubscriptionId: null, userErrors: [unknown()] }
  caller.world.state.subscriptions.delete(known.id)
  return { deletedWebhookSubscriptionId: gid('WebhookSubscription', known.id), userErrors: [] }
}

/** Those of this app in this shop alone. */
export function listSubscriptions(given: ListArguments, caller: Caller): object {
  const address = given.uri ?? given.callbackUrl ?? null
  const rows = own(caller).filter(
    ({ topic, uri, format }) =>
      (given.topics == null || given.topics.includes(topic)) &&
      (address === null || uri === address) &&
      (given.format == null || format === given.format),
  )
  return connectionOf(rows, given, graphOf)
}

export function subscriptionById({ id }: { id: string }, caller: Caller): object | null {
  const known = find(id, caller)
  return known === undefined ? null : graphOf(known)
}

function own({ world, install }: Caller): Subscription[] {
  return world.state.subscriptions.all().filter(({ installId }) => installId === install.id)
}

function find(id: string, caller: Caller): Subscription | undefined {
  const digits = idOf(id, 'WebhookSubscription')
  return own(caller).find((one) => one.id === digits)
}

function unknown(): UserError {
  return { field: ['id'], message: 'Webhook subscription does not exist' }
}

function addressIn({ uri, callbackUrl }: SubscriptionInput): string | null {
  return uri ?? callbackUrl ?? null
}

function topicFaults(topic: string, { install }: Caller): UserError[] {
  const isAllowed = !COMPLIANCE_TOPICS.includes(topic) && mayHear(install.scopes, topic)
  const message = 'You cannot create a webhook subscription with the specified topic'
  return isAllowed ? [] : [{ field: ['topic'], message }]
}

function addressFaults(
  given: SubscriptionInput,
  topic: string,
  ownId: string | null,
  caller: Caller,
): UserError[] {
  const field = [ROOT, given.uri == null && given.callbackUrl != null ? 'callbackUrl' : 'uri']
  const address = addressIn(given)
  if (address === null || address === '') return [{ field, message: "Address can't be blank" }]
  const format = given.format ?? 'JSON'
  const isTaken = own(caller).some(
    (one) => one.id !== ownId && one.topic === topic && one.uri === address && one.format === format,
  )
  if (isTaken) return [{ field, message: 'Address for this topic has already been taken' }]
  if (/^(pubsub:\/\/|arn:aws:events:)/.test(address)) return []
  if (!URL.canParse(address)) return [{ field, message: 'Address is invalid' }]
  const url = new URL(address)
  // this machine stands for the world here
  if (url.protocol === 'https:' || (url.protocol === 'http:' && isLoopback(url))) return []
  return [{ field, message: `Address protocol ${url.protocol}// is not supported` }]
}

function graphOf(one: Subscription): object {
  const at = (time: number): string => new Date(time).toISOString()
  return {
    id: gid('WebhookSubscription', one.id),
    legacyResourceId: one.id,
    topic: one.topic,
    uri: one.uri,
    callbackUrl: one.uri,
    endpoint: { __typename: 'WebhookHttpEndpoint', callbackUrl: one.uri },
    format: one.format,
    filter: one.filter,
    includeFields: one.includeFields,
    metafieldNamespaces: one.metafieldNamespaces,
    metafields: [],
    name: one.name,
    apiVersion: { handle: '2026-10', displayName: '2026-10 (Latest)', supported: true },
    createdAt: at(one.createdAt),
    updatedAt: at(one.updatedAt),
  }
}
