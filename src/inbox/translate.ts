import type { Connector, Translation } from '../ports/connector.ts'
import { orderIdFromOf } from '../ports/order-id-from.ts'
import type { ArrivedWebhook } from './rows.ts'

export interface Platforms {
  readonly connectorFor: (platform: string) => Connector | undefined
}

/** What its connector makes of a webhook. */
export function translate(
  { connectorFor }: Platforms,
  { connector, verified, rawBody, receivedAt }: Omit<ArrivedWebhook, 'translation'>,
): Translation {
  const { rules, purchaseSpace, status, platform } = connector
  const { topic, mismatch } = verified
  const reader = connectorFor(platform)!
  const orderIdFrom = orderIdFromOf(connector, reader)
  const translation = reader.translate({ rawBody, topic, receivedAt, rules, purchaseSpace, orderIdFrom })
  // ignored as a whole, but still to be found by its order
  const { orderId, orderName } = translation
  const ignored = { kind: 'ignored', orderId, ...(orderName === undefined ? {} : { orderName }) } as const
  // a verdict on who sent it goes first
  if (mismatch !== undefined) return { ...ignored, reason: mismatch }
  return status === 'live' ? translation : { ...ignored, reason: 'CONNECTOR_NOT_LIVE' }
}
