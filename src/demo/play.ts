import { setTimeout as pause } from 'node:timers/promises'
import { bodyOf } from './bodies.ts'
import { type Answer, type ApiClient, poll } from './client.ts'
import { type CouponWatch, watchCoupons } from './coupons.ts'
import type { DeliveryItem, DeliveryRecord, StreakLogRecord } from './records.ts'
import { type Send, STEPS } from './scenario.ts'
import type { Stage } from './setup.ts'
import { signedHeaders, type WebhookSecrets } from './sign.ts'
import { standingOf } from './standing.ts'
import type { Narrator } from './story.ts'
import type { Week } from './week.ts'

/** Covers a job whose worker was killed: others take it up after 12 s. */
const SETTLE_TIMEOUT_MS = 30_000
const COUPON_TIMEOUT_MS = 3_000
const LAST_COUPONS_TIMEOUT_MS = 45_000
/** As a platform does when it is answered 503. */
const RESEND_TRIES = 5
const RESEND_AFTER_MS = 1_000

export interface PlayOptions {
  readonly api: ApiClient
  readonly stage: Stage
  readonly week: Week
  readonly webhookSecrets: WebhookSecrets
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

/** Sends the whole week, from the first webhook on: those that arrived before are known by their ids. */
export async function playWeek(options: PlayOptions): Promise<Told[]> {
  const { api, stage, week, narrator, signal } = options
  const coupons = watchCoupons(api, signal, narrator.coupon)
  const known = new Set((await api.list<DeliveryRecord>('delivery')).map(({ id }) => id))
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
  return told
}

async function send(
  step: Send,
  { api, stage, week, webhookSecrets, narrator, signal }: PlayOptions,
  known: Set<string>,
  coupons: CouponWatch,
): Promise<Told> {
  const body = bodyOf(step, week)
  const deliver = () =>
    api.deliver(stage.connectors[step.kind].webhookPath, signedHeaders(step, body, webhookSecrets), body)
  const answer = await deliverPatiently(deliver, signal)
  const { status } = answer
  if (status !== 200) {
    const reason = String(answer.body?.error?.details?.[0]?.message ?? answer.body?.error?.code)
    narrator.sent(step, `${status} refused`, reason)
    return { send: step, status, deliveryId: null, became: status === 401 ? 'refused' : reason }
  }
  const deliveryId = String(answer.body.data.deliveryId)
  const answered = `200 ${known.has(deliveryId) ? 'already stored' : 'stored'}`
  known.add(deliveryId)
  const delivery = await settled(api, deliveryId, signal)
  const item = delivery?.items.find(({ streakId }) => streakId === stage.seven.id)
  const became = becameOf(delivery, item)
  const logs = await logsOf(api, delivery)
  const log = logs.find(({ streakProgress }) => streakProgress?.streakId === stage.seven.id)
  const count = became === 'counted' ? `, ${log?.streakProgress?.consecutiveCount} in a row` : ''
  narrator.sent(step, answered, `${became}${count}`)
  for (const { streakProgress: progress, achievedMilestoneRewardLogs } of logs) {
    if (progress?.streakId === stage.fifty.id) {
      const { currentProgressValue, aggregationTargetValue } = progress
      narrator.note(
        step.who,
        `spent that day: ${currentProgressValue.toFixed(2)} of ${aggregationTargetValue} EUR`,
      )
    }
    coupons.expect(achievedMilestoneRewardLogs, step.who)
  }
  await coupons.settle(COUPON_TIMEOUT_MS)
  return { send: step, status, deliveryId, became }
}

async function deliverPatiently(deliver: () => Promise<Answer>, signal: AbortSignal): Promise<Answer> {
  for (let tries = 1; ; tries += 1) {
    const answer = await deliver()
    if (answer.status !== 503 || tries === RESEND_TRIES) return answer
    await pause(RESEND_AFTER_MS, undefined, { signal })
  }
}

/** The delivery once each of its items has come to something; null when that takes too long. */
function settled(api: ApiClient, id: string, signal: AbortSignal): Promise<DeliveryRecord | null> {
  return poll(SETTLE_TIMEOUT_MS, signal, async () => {
    const delivery = await api.get<DeliveryRecord>('delivery', id)
    return delivery.items.some(({ status }) => status === 'pending') ? null : delivery
  })
}

function becameOf(delivery: DeliveryRecord | null, item: DeliveryItem | undefined): string {
  if (delivery === null) return 'still pending'
  const { status, reason } = item ?? { status: delivery.outcome, reason: delivery.reason }
  return status === 'ignored' || status === 'failed' ? `${status} ${reason}` : status
}

async function logsOf(api: ApiClient, delivery: DeliveryRecord | null): Promise<StreakLogRecord[]> {
  const ids = delivery?.items.flatMap(({ streakLogId }) => streakLogId ?? []) ?? []
  return await Promise.all(ids.map((id) => api.get<StreakLogRecord>('streak_log', id)))
}
