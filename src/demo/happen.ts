import type { Control } from './control.ts'
import { IDENTITIES, type Platform, type Send } from './scenario.ts'
import { type Webhook, webhooksOf } from './webhooks.ts'
import type { Week } from './week.ts'

/** The platforms of the story. */
export type Controls = Readonly<Record<Platform, Control>>

/**
 * Has the platform do what the step tells of, and finds the webhook by which it tells us. Once however often it is
 * asked: what was done before a kill is not done again, and neither is a webhook made twice.
 */
export async function happen(step: Send, week: Week, controls: Controls): Promise<Webhook> {
  const control = controls[step.kind]
  const isMeant = ({ topic }: Webhook): boolean => topic === step.topic
  const before = (await webhooksOf(control, step)).filter(isMeant)
  if (before.length < step.telling) {
    const at = new Date(week.at(step.purchased.day, step.purchased.hour)).toISOString()
    await (step.kind === 'shopify' ? order(control, step, at) : charge(control, step, at))
  }
  const webhook = (await webhooksOf(control, step)).filter(isMeant)[step.telling - 1]
  if (webhook === undefined) throw new Error(`nobody at the double listens to ${step.topic}`)
  return webhook
}

async function order(control: Control, step: Send, at: string): Promise<void> {
  const { orderId: id, topic } = step
  const known = await control.find<{ refunds: readonly unknown[] }>(`/orders/${id}`)
  if (known === null) await control.tell('POST /orders', orderOf(step, at))
  else if (topic === 'REFUNDS_CREATE' && known.refunds.length === 0) {
    await control.tell(`POST /orders/${id}/refund`, { lines: [{ line: 0, quantity: 1 }] })
  } else await control.tell(`POST /orders/${id}/tell`, { topic })
}

function orderOf({ who, orderId, amount, shipping, test }: Send, at: string): object {
  const { customerId, email } = IDENTITIES[who]
  const goods = (Number(amount) - Number(shipping ?? '0')).toFixed(2)
  return {
    id: orderId,
    customer: customerId === null ? null : { id: customerId, email },
    email,
    lines: [{ title: 'Coffee', price: goods }],
    shipping: shipping === undefined ? null : { price: shipping },
    test: test === true,
    createdAt: at,
  }
}

async function charge(control: Control, step: Send, at: string): Promise<void> {
  const { orderId, topic } = step
  const id = chargeIdOf(orderId)
  const known = await control.find<{ captured: boolean }>(`/charges/${id}`)
  if (known === null) await control.tell('POST /charges', chargeOf(step, at))
  else if (topic === 'charge.captured' && !known.captured) await control.tell(`POST /charges/${id}/capture`)
  else await control.tell(`POST /charges/${id}/tell`, { type: topic })
}

function chargeOf({ who, orderId, amount, authorised }: Send, at: string): object {
  const { customerId, email } = IDENTITIES[who]
  return {
    id: chargeIdOf(orderId),
    paymentIntent: `pi_demo_${orderId}`,
    amount: Number(amount.replace('.', '')),
    currency: 'eur',
    captured: authorised !== true,
    customer: customerId,
    email,
    live: true,
    created: at,
  }
}

export function chargeIdOf(orderId: string): string {
  return `ch_demo_${orderId}`
}
