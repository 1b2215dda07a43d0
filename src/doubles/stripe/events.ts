import { createHmac } from 'node:crypto'
import { createSender, type Sender } from '../parts/sender.ts'
import type { Tables } from '../parts/tables.ts'
import { newId, type StripeState, type Thing } from './state.ts'

const TIMEOUT_MS = 20_000
const MINUTES = 60_000
/** Up to three days in live mode; a sandbox tries three times over a few hours. Stripe publishes no more than that. */
const PAUSES_MS = [5, 30, 120, 300, 600, 720, 720, 720, 720].map((minutes) => minutes * MINUTES)

export interface Events {
  readonly sender: Sender
  /** Tells whoever listens of what became of an object; with `account`, of a connected account's. */
  emit(type: string, object: Thing, account?: string): Thing
}

export function createEvents(state: StripeState, tables: Tables): Events {
  const sender = createSender({
    tables,
    clock: state.clock,
    pausesMs: PAUSES_MS,
    timeoutMs: TIMEOUT_MS,
    sign: ({ subscriptionId, body }, now) => {
      const secrets: string[] = state.endpoints.get(subscriptionId)?.secrets ?? []
      return { 'stripe-signature': signatureOf(body, secrets, Math.floor(now / 1_000)) }
    },
    tried: () => undefined,
  })

  function emit(type: string, object: Thing, account?: string): Thing {
    const event = state.events.put({
      id: newId('evt'),
      object: 'event',
      ...(account === undefined ? {} : { account, context: account }),
      api_version: state.account.apiVersion,
      created: state.now(),
      data: { object },
      livemode: object.livemode,
      pending_webhooks: 0,
      request: { id: null, idempotency_key: null },
      type,
    })
    for (const endpoint of state.endpoints.all()) {
      const isMeant =
        endpoint.status === 'enabled' &&
        endpoint.livemode === event.livemode &&
        endpoint.connect === (account !== undefined)
      const hears = endpoint.enabled_events.includes(type) || endpoint.enabled_events.includes('*')
      if (!isMeant || !hears) continue
      const body = { ...event, api_version: endpoint.api_version ?? event.api_version, pending_webhooks: 1 }
      sender.send({
        subscriptionId: endpoint.id,
        topic: type,
        url: endpoint.url,
        body: JSON.stringify(body, null, 2),
        headers: {
          'content-type': 'application/json; charset=utf-8',
          'user-agent': 'Stripe/1.0 (+https://stripe.com/docs/webhooks)',
        },
      })
    }
    return event
  }

  return { sender, emit }
}

/** One `v1` for each secret that is active. */
export function signatureOf(body: string, secrets: readonly string[], seconds: number): string {
  const signatures = secrets.map((secret) =>
    createHmac('sha256', secret).update(`${seconds}.${body}`).digest('hex'),
  )
  return [`t=${seconds}`, ...signatures.map((signature) => `v1=${signature}`)].join(',')
}
