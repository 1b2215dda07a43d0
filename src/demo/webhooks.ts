import { createHmac, randomUUID } from 'node:crypto'
import { setTimeout as pause } from 'node:timers/promises'
import type { ErrorAnswer } from '../client/index.ts'
import type { Control } from './control.ts'
import type { Send } from './scenario.ts'

const REQUEST_TIMEOUT_MS = 15_000
/** Sooner than a platform does when it is answered 503, or not at all. */
const RESEND_TRIES = 5
const RESEND_AFTER_MS = 1_000

/** One that a double sends, or has sent. */
export interface Webhook {
  readonly id: string
  readonly topic: string
  readonly body: string
  readonly headers: Readonly<Record<string, string>>
  readonly state: 'pending' | 'held' | 'delivered' | 'failed' | 'dropped'
  readonly attempts: readonly { readonly status: number | null; readonly answer: string }[]
}

/** What a webhook was answered. */
export type Answer =
  | { readonly status: 200; readonly deliveryId: string }
  | { readonly status: number; readonly deliveryId: null; readonly error: ErrorAnswer['error'] | null }

/** Those that tell of the order of a step, in the order in which they came about. */
export async function webhooksOf(
  control: Control,
  { kind, orderId }: Pick<Send, 'kind' | 'orderId'>,
): Promise<Webhook[]> {
  const { deliveries } = await control.tell<{ deliveries: Webhook[] }>('GET /deliveries')
  return deliveries.filter(({ body }) => {
    const told = JSON.parse(body)
    return kind === 'stripe'
      ? told.data.object.payment_intent === `pi_demo_${orderId}`
      : String(told.order_id ?? told.id) === orderId
  })
}

/** Has the double send it, and again while it is answered 503. */
export async function deliver(control: Control, { id }: Webhook, signal: AbortSignal): Promise<Answer> {
  for (let tries = 1; ; tries += 1) {
    const { attempts } = await control.tell<Webhook>(`POST /deliveries/${id}/send`)
    const { status = null, answer = '' } = attempts.at(-1) ?? {}
    if (status !== null && status !== 503) return answerOf(status, answer)
    if (tries === RESEND_TRIES) throw new Error(`a webhook was answered ${status ?? 'not at all'}`)
    await pause(RESEND_AFTER_MS, undefined, { signal })
  }
}

/** Sends what nobody at the platform knows: a true webhook with another order in it, signed with a secret of one's own. */
export async function deliverForged(
  url: string,
  { headers, body }: Webhook,
  step: { readonly copied: string; readonly orderId: string },
  signal: AbortSignal,
): Promise<Answer> {
  const forged = body.replaceAll(step.copied, step.orderId)
  const response = await fetch(url, {
    method: 'POST',
    headers: {
      ...headers,
      'x-shopify-webhook-id': randomUUID(),
      'x-shopify-hmac-sha256': createHmac('sha256', 'a guess').update(forged).digest('base64'),
    },
    body: forged,
    signal: AbortSignal.any([signal, AbortSignal.timeout(REQUEST_TIMEOUT_MS)]),
  })
  return answerOf(response.status, await response.text())
}

function answerOf(status: number, text: string): Answer {
  const answer = text === '' ? {} : JSON.parse(text)
  return status === 200
    ? { status, deliveryId: answer.data.deliveryId }
    : { status, deliveryId: null, error: answer.error ?? null }
}
