import { SPENT_CENTS } from './merchant.ts'
import { ordersOfOne } from './orders.ts'
import type { World } from './world.ts'

const WITHIN_MS = 120_000
/** Beyond the members that the traffic has. */
const FIRST_VICTIM = 500
const ORDERS_OF_A_VICTIM = 3

/**
 * Takes a purchase back that earned a coupon for its day by itself: the coupon is disabled unless others make up for
 * it.
 */
export async function withdrawSomething(world: World): Promise<void> {
  const { api, effects, merchant, traffic, withdrawn } = world
  await effects.look().catch(() => {})
  const taken = new Set([...withdrawn.keys(), ...traffic.refunds.map(({ order }) => order.id)])
  const chosen = traffic.deliveries.find(
    ({ order }) => order.cents >= SPENT_CENTS && !order.isQuiet && !taken.has(order.id) && effects.has(order),
  )
  const logId = chosen && effects.logId(chosen.order, merchant.spending.id)
  if (chosen === undefined || logId === undefined) return
  withdrawn.set(chosen.order.id, chosen.order.cents)
  const body = { reason: 'the harness takes it back', uniqueIdentifier: `withdrawal-${chosen.order.id}` }
  const path = `/schema/streak_log/record/${logId}/withdrawal`
  // 409: it was recorded, and the answer was lost
  await api.insist('POST', path, body, ({ status }) => status === 201 || status === 409, WITHIN_MS)
}

/** Erases a member whose purchases were counted, calling again until it is done. */
export async function eraseSomebody(world: World): Promise<void> {
  const { api, effects, erased, traffic } = world
  const orders = ordersOfOne(FIRST_VICTIM + erased.size, ORDERS_OF_A_VICTIM, Date.now())
  await Promise.all(orders.map((order) => traffic.send(order)))
  await effects.await(orders, WITHIN_MS)
  const { externalId } = orders[0]!
  const filters = JSON.stringify({ fieldSlug: 'externalId', operator: 'EQUALS', value: externalId })
  const path = `/schema/account_user/record?filters=${encodeURIComponent(filters)}`
  const found = await api.insist('GET', path, undefined, ({ status }) => status === 200, WITHIN_MS)
  const [member] = found.data as { id: string }[]
  erased.set(member!.id, externalId)
  const isGone = ({ status }: { status: number }) => status === 204 || status === 404
  await api.insist('DELETE', `/schema/account_user/record/${member!.id}`, undefined, isGone, WITHIN_MS)
}
