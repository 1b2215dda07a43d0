import type { ProgressView, Views } from '../../engine/types.ts'
import type { Clock } from '../../ports/clock.ts'
import { all, equal } from '../../ports/conditions.ts'
import { isErased } from '../../ports/schema/values.ts'
import type { Row } from '../../ports/schema.ts'
import type { Store } from '../../ports/store.ts'
import { gather } from './evidence.ts'
import { findOrder } from './find-order.ts'
import { createLook, type LookDeps } from './look.ts'
import { factsOf, mainDelivery } from './order-facts.ts'
import { type Case, type Found, verdictOn } from './streak-verdict.ts'
import type { Explanation, OrderQuestion, StreakVerdict } from './types.ts'
import { whatToLookAt } from './unknown.ts'

export interface ExplainDeps extends LookDeps {
  readonly views: Pick<Views, 'progress'>
  readonly clock: Clock
}

/** More than any account has; what is beyond is not explained. */
const MAX_CONNECTORS = 1_000
const MAX_STREAKS = 1_000

/**
 * Says of an order how it stands on each streak, and why. Writes nothing, and reads a bounded number of rows and
 * bodies, whatever there is of the order. An order that nobody has heard of is no error.
 * @throws AppError STORE_UNAVAILABLE, OVERLOADED
 */
export async function explainOrder(
  deps: ExplainDeps,
  accountId: string,
  question: OrderQuestion,
): Promise<Explanation> {
  const { store, clock } = deps
  const now = clock.now()
  const where = equal<'connector'>({ accountId })
  const connectors = await store.find('connector', { where, limit: MAX_CONNECTORS })
  const byId = new Map(connectors.map((connector) => [connector.id, connector]))
  const found = await findOrder(store, accountId, question, byId)
  if (found === null) {
    const message = await whatToLookAt(store, question, connectors, now)
    return { order: null, deliveries: [], streaks: [], message, others: [] }
  }
  const { deliveries } = found
  const look = createLook(deps, byId, now)
  const [evidence, main] = await Promise.all([
    gather(store, accountId, deliveries),
    mainDelivery(found, look),
  ])
  const facts = factsOf(found, evidence, main)
  const asked: Case = { facts, deliveries, connectors: byId, evidence, main, look }
  const verdicts: Found[] = []
  for (const streak of await streaksOf(store, accountId, asked)) verdicts.push(await verdictOn(streak, asked))
  return {
    order: facts,
    deliveries: deliveries.map(({ id }) => id),
    streaks: await joined(deps, accountId, verdicts),
    message: null,
    others: found.others.map(({ orderId, delivery: { connectorId, orderName } }) => ({
      connectorId,
      orderId,
      orderName,
    })),
  }
}

/** Every live one, and those that the order has items of; by name. */
async function streaksOf(store: Store, accountId: string, { evidence }: Case): Promise<Row<'streak'>[]> {
  const live = await store.find('streak', {
    where: all(equal({ accountId, status: 'live' })),
    limit: MAX_STREAKS,
  })
  const known = new Set(live.map(({ id }) => id))
  const others = new Set(
    evidence.items.flatMap(({ streakId }) => streakId ?? []).filter((id) => !known.has(id)),
  )
  const keys = [...others].map((id) => [accountId, id])
  const paused = keys.length === 0 ? [] : await store.findByKeys('streak', ['accountId', 'id'], keys)
  return [...live, ...paused].sort((a, b) => compared(a.name, b.name) || compared(a.id, b.id))
}

function compared(one: string, other: string): number {
  return one < other ? -1 : one > other ? 1 : 0
}

/** Verdicts with the records that belong to them, each kind read at once. */
async function joined(
  { store, views, clock }: ExplainDeps,
  accountId: string,
  found: readonly Found[],
): Promise<StreakVerdict[]> {
  const milestoneIds = new Set(found.flatMap(({ rewards }) => rewards.map(({ milestoneId }) => milestoneId)))
  const [milestones, memberOf] = await Promise.all([
    store.findByKeys(
      'milestone',
      ['accountId', 'id'],
      [...milestoneIds].map((id) => [accountId, id]),
    ),
    membersOf(store, accountId, found),
  ])
  const keys = found.flatMap((each) => {
    const ownedById = memberOf(each)
    return ownedById === null ? [] : [[accountId, ownedById, each.verdict.streakId, each.place!.periodNumber]]
  })
  const fields = ['accountId', 'ownedById', 'streakId', 'periodNumber'] as const
  const rows = await store.findByKeys('streak_progress', fields, keys)
  const progress = await views.progress(accountId, rows, clock.now())
  const ofStreak = (each: Found): ProgressView | null =>
    progress.find(({ row }) => row.streakId === each.verdict.streakId && row.ownedById === memberOf(each)) ??
    null
  return found.map((each) => ({
    ...each.verdict,
    progress: ofStreak(each),
    rewards: each.rewards.map((reward) => ({
      reward,
      milestone: milestones.find(({ id }) => id === reward.milestoneId) ?? null,
    })),
  }))
}

/** By verdict: the id of the member whose progress it is; null where there is none. */
async function membersOf(
  store: Store,
  accountId: string,
  found: readonly Found[],
): Promise<(of: Found) => string | null> {
  const named = new Set(
    found.flatMap(({ place }) =>
      place !== null && 'externalId' in place.owner ? [place.owner.externalId] : [],
    ),
  )
  const keys = [...named].map((externalId) => [accountId, externalId])
  const members = keys.length === 0 ? [] : await store.findByKeys('member', ['accountId', 'externalId'], keys)
  const ids = new Map(members.filter((row) => !isErased(row)).map(({ externalId, id }) => [externalId, id]))
  return ({ place }) => {
    if (place === null) return null
    return 'id' in place.owner ? place.owner.id : (ids.get(place.owner.externalId) ?? null)
  }
}
