import type { Connector, Translation } from '../ports/connector.ts'
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
  const translation = connectorFor(platform)!.translate({ rawBody, topic, receivedAt, rules, purchaseSpace })
  // ignored as a whole, but still to be found by its order
  const { orderId } = translation
  // a verdict on who sent it goes first: it is kept with the delivery, for a replay
  if (mismatch !== undefined) return { kind: 'ignored', reason: mismatch, orderId }
  return status === 'live' ? translation : { kind: 'ignored', reason: 'CONNECTOR_NOT_LIVE', orderId }
}
