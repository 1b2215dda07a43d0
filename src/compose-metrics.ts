import express from 'express'
import { storeWith } from './commit/store-with.ts'
import type { Config } from './config.ts'
import { type Listening, listen } from './http/server.ts'
import type { AcceptResult, Inbox } from './inbox/types.ts'
import { createPrometheusMetrics, type Observed, type PrometheusMetrics } from './ops/metrics.ts'
import { createMetricsPage } from './ops/metrics-page.ts'
import type { Clock } from './ports/clock.ts'
import { all, ascending, atLeast, atMost, equal, present } from './ports/conditions.ts'
import type { Connector } from './ports/connector.ts'
import type { CouponProvider } from './ports/coupon-provider.ts'
import type { Metrics } from './ports/metrics.ts'
import type { ProviderKind } from './ports/schema/values.ts'
import type { Condition, Store } from './ports/store.ts'

const MAX_ACCOUNTS = 200
const MAX_COUNTED = 10_000

export function composeMetrics(store: Store, clock: Clock): PrometheusMetrics {
  return createPrometheusMetrics(() => observe(store, clock))
}

/** What is left to be done, and how providers fare. By account, for the indexes to serve it; of the oldest 200. */
async function observe(store: Store, clock: Clock): Promise<Observed> {
  const accounts = await store.find('account', { sort: ascending('createdAt'), limit: MAX_ACCOUNTS })
  const stage = async (name: string, collection: Staged) => {
    let left = 0
    let oldest = Number.POSITIVE_INFINITY
    for (const { id: accountId } of accounts) {
      const isDue: Condition<typeof collection> =
        // rewards in their hold are due when it ends
        collection === 'reward_log' ? atMost('dueAt', clock.now()) : present('dueAt')
      const where = all<typeof collection>(equal({ accountId }), isDue)
      const count = await store.count(collection, where, MAX_COUNTED)
      left += count
      if (count === 0) continue
      const [first] = await store.find(collection, { where, sort: ascending('dueAt'), limit: 1, omit: [] })
      oldest = Math.min(oldest, first?.dueAt ?? oldest)
    }
    const oldestMs = Number.isFinite(oldest) ? Math.max(0, clock.now() - oldest) : 0
    return { stage: name, due: left, oldestMs }
  }
  const providers = async (state: 'ok' | 'paused') =>
    await store.count('provider_state', equal({ state }), MAX_COUNTED)
  return {
    stages: [
      await stage('activity', 'delivery_item'),
      await stage('reward', 'reward_log'),
      await stage('message', 'webhook_message'),
    ],
    providers: { ok: await providers('ok'), paused: await providers('paused') },
    waiting: await observeWaiting(
      store,
      accounts.map(({ id }) => id),
    ),
  }
}

/** What rewards wait for. `provider`: for its answer, its pace, its pause for breath, or a code of its. */
async function observeWaiting(store: Store, accountIds: readonly string[]): Promise<Observed['waiting']> {
  const count = (where: Condition<'reward_log'>) => store.count('reward_log', where, MAX_COUNTED)
  const ofAccounts = async (which: Condition<'reward_log'>) => {
    let sum = 0
    for (const accountId of accountIds) sum += await count(all(equal<'reward_log'>({ accountId }), which))
    return sum
  }
  const held = (heldReason: 'hold_period' | 'provider_paused') => equal<'reward_log'>({ heldReason })
  const forProviders = present<'reward_log'>('waitingForProviderId')
  const open = await count(forProviders)
  const paused = await count(all(forProviders, held('provider_paused')))
  return {
    hold_period: await ofAccounts(all(held('hold_period'), present<'reward_log'>('dueAt'))),
    cap: await ofAccounts(atLeast<'reward_log', 'waitsForRoomSince'>('waitsForRoomSince', 0)),
    provider_paused: paused,
    provider: Math.max(0, open - paused),
  }
}

type Staged = 'delivery_item' | 'reward_log' | 'webhook_message'

/** The store, with what became of each commit told. */
export function countingStore(store: Store, metrics: Metrics): Store {
  return storeWith(store, {
    async commit(changes) {
      const result = await store.commit(changes)
      metrics.commit(result.outcome === 'committed' ? 'committed' : result.reason)
      return result
    },
  })
}

/** The inbox, with what became of each webhook told. */
export function countingInbox<I extends Inbox>(
  inbox: I,
  connectorFor: (platform: string) => Connector | undefined,
  metrics: Metrics,
): I {
  // callers may name any platform
  const known = (platform: string) => (connectorFor(platform) === undefined ? 'unknown' : platform)
  const told = async (name: string, work: Promise<AcceptResult>): Promise<AcceptResult> => {
    const platform = known(name)
    try {
      const result = await work
      metrics.webhook(platform, result.outcome)
      return result
    } catch (error) {
      metrics.webhook(platform, 'error')
      throw error
    }
  }
  return {
    ...inbox,
    // what is for nobody is turned away before it is read
    async knows(connectorId: string, platform: string) {
      const isKnown = await inbox.knows(connectorId, platform)
      if (!isKnown) metrics.webhook(known(platform), 'unknown_connector')
      return isKnown
    },
    accept: (webhook: Parameters<Inbox['accept']>[0]) => told(webhook.platform, inbox.accept(webhook)),
    acceptOfShop: (webhook: Parameters<Inbox['acceptOfShop']>[0]) =>
      told(webhook.platform, inbox.acceptOfShop(webhook)),
  }
}

type Providers = ReadonlyMap<ProviderKind, CouponProvider>

/** Coupon providers, with each call told. */
export function countingProviders(providers: Providers, metrics: Metrics): Providers {
  return new Map([...providers].map(([kind, provider]) => [kind, countingProvider(provider, metrics)]))
}

function countingProvider(provider: CouponProvider, metrics: Metrics): CouponProvider {
  const told = async <T extends { readonly outcome: string }>(call: string, work: Promise<T>): Promise<T> => {
    const begunMs = performance.now()
    const tell = (outcome: string) =>
      metrics.providerCall(provider.kind, call, outcome, performance.now() - begunMs)
    try {
      const answer = await work
      tell(answer.outcome)
      return answer
    } catch (error) {
      tell('error')
      throw error
    }
  }
  return {
    ...provider,
    issue: (request) => told('issue', provider.issue(request)),
    revoke: (request) => told('revoke', provider.revoke(request)),
  }
}

/** The metrics of a process without web, on a port of their own; null where none is set. */
export async function listenForMetrics(
  config: Config,
  metrics: PrometheusMetrics,
): Promise<Listening | null> {
  if (config.metricsPort === null) return null
  const app = express()
  app.disable('x-powered-by')
  app.use(createMetricsPage({ metrics, operator: config.operator, token: config.metricsToken }))
  app.use(
    (_request, response) => void response.status(404).type('text/plain').send('There is nothing here.\n'),
  )
  return await listen(app, { port: config.metricsPort, host: config.host })
}
