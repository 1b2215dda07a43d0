import type { Delivery, StreakLog, StreaklineClient } from '../client/index.ts'
import { type CouponWatch, watchCoupons } from './coupons.ts'
import { type Controls, happen } from './happen.ts'
import { poll } from './poll.ts'
import { type Send, STEPS } from './scenario.ts'
import type { Stage } from './setup.ts'
import { standingOf } from './standing.ts'
import type { Narrator } from './story.ts'
import { type Answer, deliver, deliverForged, webhooksOf } from './webhooks.ts'
import type { Week } from './week.ts'

/** Covers a job whose worker was killed: others take it up after 12 s. */
const SETTLE_TIMEOUT_MS = 30_000
const COUPON_TIMEOUT_MS = 3_000
const LAST_COUPONS_TIMEOUT_MS = 45_000

export interface PlayOptions {
  readonly api: StreaklineClient
  /** Where the webhooks go. */
  readonly origin: string
  readonly controls: Controls
  readonly stage: Stage
  readonly week: Week
  readonly narrator: Narrator
  readonly signal: AbortSignal
}

/** What became of a webhook, in the words of `Send.expected`. */
export interface Told {
  readonly send: Send
  readonly status: number
  readonly deliveryId: string | null
  readonly became: string
}

/**
 * Has the whole week happen at the platforms, which send their webhooks one by one: the story is the same each time. Of a
 * week that was begun before, everything is sent once more: what arrived before is known by its id.
 */
export async function playWeek(options: PlayOptions): Promise<Told[]> {
  const { api, origin, controls, stage, week, narrator, signal } = options
  // wherever their subscriptions lead: the port may be another one than before a kill
  const held = { mode: 'hold', deliverTo: origin }
  for (const control of Object.values(controls)) await control.tell('POST /deliveries/mode', held)
  const coupons = watchCoupons(api, signal, narrator.coupon)
  const known = new Set((await Array.fromAsync(api.delivery.all())).map(({ id }) => id))
  const told: Told[] = []
  let day = 0
  for (const step of STEPS) {
    if (step.day !== day) narrator.day(step.day)
    day = step.day
    if (step.kind === 'look') {
      narrator.standing(step.who, await standingOf(api, stage, week, step.who))
    } else {
      told.push(await send(step, options, known, coupons))
    }
  }
  await coupons.settle(LAST_COUPONS_TIMEOUT_MS)
  for (const control of Object.values(controls)) {
    await control.tell('POST /deliveries/mode', { mode: 'send' })
  }
  return told
}

async function send(
  step: Send,
  options: PlayOptions,
  known: Set<string>,
  coupons: CouponWatch,
): Promise<Told> {
  const { api, stage, narrator, signal } = options
  const answer = await sent(step, options)
  const { status, deliveryId } = answer
  if (deliveryId === null) {
    const { error } = answer
    const reason = error?.details[0]?.message ?? error?.code ?? 'no reason'
    narrator.sent(step, `${status} refused`, reason)
    return { send: step, status, deliveryId: null, became: status === 401 ? 'refused' : reason }
  }
  const answered = `200 ${known.has(deliveryId) ? 'already stored' : 'stored'}`
  known.add(deliveryId)
  const delivery = await settled(api, deliveryId, signal)
  const logs = await logsOf(api, delivery)
  const became = becameOf(delivery, stage.seven.id)
  narrator.sent(step, answered, `${became}${became === 'counted' ? countText(logs, stage.seven.id) : ''}`)
  tellSpending(step, logs, options)
  for (const { achievedMilestoneRewardLogs } of logs) coupons.expect(achievedMilestoneRewardLogs, step.who)
  await sendOthers(step, options)
  await coupons.settle(COUPON_TIMEOUT_MS)
  return { send: step, status, deliveryId, became }
}

async function sent(step: Send, options: PlayOptions): Promise<Answer> {
  const { origin, stage, week, controls, signal } = options
  const { forgedFrom } = step
  if (forgedFrom === undefined)
    return deliver(controls[step.kind], await happen(step, week, controls), signal)
  const copied = await happen({ ...step, orderId: forgedFrom }, week, controls)
  const url = `${origin}${stage.connectors[step.kind].webhookPath}`
  return deliverForged(url, copied, { copied: forgedFrom, orderId: step.orderId }, signal)
}

/** What else the platform has to say of the order, as that it was changed: after its webhook, so that it is told in order. */
async function sendOthers(step: Send, { controls, signal }: PlayOptions): Promise<void> {
  const control = controls[step.kind]
  for (const webhook of await webhooksOf(control, step)) {
    if (webhook.state !== 'delivered') await deliver(control, webhook, signal)
  }
}

function countText(logs: readonly StreakLog[], streakId: string): string {
  const log = logs.find(({ streakProgress }) => streakProgress?.streakId === streakId)
  return `, ${log?.streakProgress?.consecutiveCount} in a row`
}

function tellSpending(step: Send, logs: readonly StreakLog[], { stage, narrator }: PlayOptions): void {
  for (const { streakProgress } of logs) {
    if (streakProgress?.streakId !== stage.fifty.id) continue
    const { currentProgressValue, aggregationTargetValue } = streakProgress
    narrator.note(
      step.who,
      `spent that day: ${currentProgressValue.toFixed(2)} of ${aggregationTargetValue} EUR`,
    )
  }
}

/** The delivery once each of its items has come to something; null when that takes too long. */
function settled(api: StreaklineClient, id: string, signal: AbortSignal): Promise<Delivery | null> {
  return poll(SETTLE_TIMEOUT_MS, signal, async () => {
    const delivery = await api.delivery.get(id)
    return delivery.items.some(({ status }) => status === 'pending') ? null : delivery
  })
}

/** Of the items the one of that streak speaks for the delivery, or the one that reports something. */
function becameOf(delivery: Delivery | null, streakId: string): string {
  if (delivery === null) return 'still pending'
  const item =
    delivery.items.find((candidate) => candidate.streakId === streakId) ??
    delivery.items.find(({ report }) => report !== null)
  const { status, reason } = item ?? { status: delivery.outcome, reason: delivery.reason }
  return status === 'ignored' || status === 'failed' ? `${status} ${reason}` : status
}

async function logsOf(api: StreaklineClient, delivery: Delivery | null): Promise<StreakLog[]> {
  const ids = delivery?.items.flatMap(({ streakLogId }) => streakLogId ?? []) ?? []
  return await Promise.all(ids.map((id) => api.streakLog.get(id)))
}
