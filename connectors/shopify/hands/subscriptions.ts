import type { Site } from '../../../src/ports/hands.ts'
import type { Told } from '../../../src/ports/platform-calls.ts'
import type { ShownSubscription } from '../../../src/ports/schema/installation-values.ts'
import type { Admin, AskOptions, ShopDoor } from './admin.ts'
import { type Deadline, pauseBefore } from './deadline.ts'
import {
  RESUBSCRIBE_MUTATION,
  SUBSCRIBE_MUTATION,
  SUBSCRIPTIONS_QUERY,
  UNSUBSCRIBE_MUTATION,
} from './queries.ts'
import type { WantedTopic } from './scopes.ts'
import { inWords, refuse } from './told.ts'

interface Subscription {
  readonly id: string
  /** `ORDERS_PAID` */
  readonly topic: string
  readonly uri: string
  readonly format: string
  readonly filter: string | null
  readonly includeFields: readonly string[] | null
}

interface Listed {
  readonly webhookSubscriptions: {
    readonly pageInfo: { readonly hasNextPage: boolean; readonly endCursor: string | null }
    readonly nodes: readonly Subscription[]
  }
}

type Step =
  | { readonly kind: 'create'; readonly topic: WantedTopic }
  | { readonly kind: 'update'; readonly topic: WantedTopic; readonly id: string }
  | { readonly kind: 'delete'; readonly id: string }

/**
 * What is to be done so that each topic has one subscription, ours, at today's address, telling everything. Ours are
 * those whose address ends with the connector's path; all others are never touched, nor are ours of other topics. A
 * filter may silently keep back every webhook, and fields left out hide what is read.
 */
export function planSteps(
  { webhookUrl, webhookPath }: Pick<Site, 'webhookUrl' | 'webhookPath'>,
  topics: readonly WantedTopic[],
  listed: readonly Subscription[],
): Step[] {
  return topics.flatMap((topic): Step[] => {
    const ours = listed.filter((one) => one.topic === topic.enumName && one.uri.endsWith(webhookPath))
    const kept = ours.find(({ uri }) => uri === webhookUrl) ?? ours[0]
    if (kept === undefined) return [{ kind: 'create', topic }]
    const others = ours.filter((one) => one !== kept)
    const deletions = others.map(({ id }): Step => ({ kind: 'delete', id }))
    return isAsWanted(kept, webhookUrl) ? deletions : [...deletions, { kind: 'update', topic, id: kept.id }]
  })
}

function isAsWanted({ uri, format, filter, includeFields }: Subscription, webhookUrl: string): boolean {
  const isWhole = (filter ?? '') === '' && (includeFields ?? []).length === 0
  return uri === webhookUrl && format === 'JSON' && isWhole
}

/** Shopify has a hundred and more topics; an app has few subscriptions in a shop. */
const MAX_PAGES = 20

export async function listSubscriptions(
  admin: Admin,
  door: ShopDoor,
  deadline: Deadline,
): Promise<Told<readonly Subscription[]>> {
  const found: Subscription[] = []
  let after: string | null = null
  for (let page = 0; page < MAX_PAGES; page += 1) {
    const asked: Told<Listed> = await admin.ask<Listed>(
      door,
      SUBSCRIPTIONS_QUERY,
      { after },
      options(deadline),
    )
    if (asked.outcome !== 'ok') return asked
    const { nodes, pageInfo }: Listed['webhookSubscriptions'] = asked.value.webhookSubscriptions
    found.push(...nodes)
    if (!pageInfo.hasNextPage) break
    after = pageInfo.endCursor
  }
  return { outcome: 'ok', value: found }
}

const options = (deadline: Deadline): AskOptions => ({ priority: 'setup', deadline })

export interface MendedSubscriptions {
  readonly subscriptions: readonly ShownSubscription[]
  /** What Shopify said to the first topic that could not be subscribed to; null where all could. */
  readonly trouble: string | null
}

/**
 * Makes, changes and removes until nothing is left to do. What was answered by nothing is looked for before it is made
 * again. What Shopify refuses is `missing`.
 */
export async function mendSubscriptions(
  admin: Admin,
  site: Site,
  door: ShopDoor,
  topics: readonly WantedTopic[],
  deadline: Deadline,
): Promise<Told<MendedSubscriptions>> {
  const refused = new Map<string, string>()
  let missing: string[] = []
  let trouble: string | null = null
  for (let tried = 1; ; tried += 1) {
    const listed = await listSubscriptions(admin, door, deadline)
    if (listed.outcome !== 'ok') return listed
    const steps = planSteps(site, topics, listed.value).filter(
      (step) => step.kind === 'delete' || !refused.has(step.topic.topic),
    )
    missing = [...refused.keys()]
    let mayPass = false
    for (const step of steps) {
      const done = await take(admin, site, door, step, deadline)
      if (done.outcome === 'ok') continue
      if (done.outcome === 'refused' && done.refused === 'access') return done
      if (step.kind === 'delete') continue
      trouble ??= done.message
      missing.push(step.topic.topic)
      if (done.outcome === 'refused') refused.set(step.topic.topic, done.message)
      else mayPass = true
    }
    const pause = mayPass ? pauseBefore(tried) : null
    if (pause === null || !(await deadline.wait(pause))) break
    trouble = [...refused.values()][0] ?? null
  }
  const shown = topics.map(
    ({ topic }): ShownSubscription => ({ topic, state: missing.includes(topic) ? 'missing' : 'ok' }),
  )
  return { outcome: 'ok', value: { subscriptions: shown, trouble: missing.length === 0 ? null : trouble } }
}

/** Removes all of ours, of whatever topic. */
export async function removeSubscriptions(
  admin: Admin,
  site: Site,
  door: ShopDoor,
  deadline: Deadline,
): Promise<Told<null>> {
  const listed = await listSubscriptions(admin, door, deadline)
  if (listed.outcome !== 'ok') return listed
  for (const { id, uri } of listed.value) {
    if (!uri.endsWith(site.webhookPath)) continue
    const done = await take(admin, site, door, { kind: 'delete', id }, deadline)
    if (done.outcome === 'ok' || (done.outcome === 'refused' && done.refused === 'request')) continue
    return done
  }
  return { outcome: 'ok', value: null }
}

interface Payload {
  readonly userErrors: readonly { readonly field: readonly string[] | null; readonly message: string }[]
}

/** One step; `userErrors`, which come with a 200, are refusals. */
async function take(
  admin: Admin,
  { webhookUrl }: Site,
  door: ShopDoor,
  step: Step,
  deadline: Deadline,
): Promise<Told<null>> {
  const given = { uri: webhookUrl, format: 'JSON' }
  const [mutation, variables] =
    step.kind === 'create'
      ? ([SUBSCRIBE_MUTATION, { topic: step.topic.enumName, given }] as const)
      : step.kind === 'update'
        ? ([
            RESUBSCRIBE_MUTATION,
            { id: step.id, given: { ...given, filter: '', includeFields: [] } },
          ] as const)
        : ([UNSUBSCRIBE_MUTATION, { id: step.id }] as const)
  const asked = await admin.ask<Record<string, Payload>>(door, mutation, variables, options(deadline))
  if (asked.outcome !== 'ok') return asked
  const [error] = Object.values(asked.value).flatMap(({ userErrors }) => userErrors)
  if (error === undefined) return { outcome: 'ok', value: null }
  return refuse('request', inWords(200, error.message, [door.accessToken, door.clientSecret]))
}
