import type { Headers } from '../ports/connector.ts'

export interface IncomingWebhook {
  readonly platform: string
  readonly connectorId: string
  readonly headers: Headers
  readonly rawBody: Uint8Array
  readonly requestId: string
}

/** What the webhook route answers. Everything but `stored` and `already_stored` left nothing behind. */
export type AcceptResult =
  | { readonly outcome: 'stored' | 'already_stored'; readonly deliveryId: string }
  | { readonly outcome: 'unknown_connector' }
  | { readonly outcome: 'refused'; readonly reason: string; readonly message: string }
  | { readonly outcome: 'not_json' }
  /** The platform asked whether somebody listens: see `Connector.isPing`. Nothing was kept. */
  | { readonly outcome: 'pinged' }

/**
 * Accepts webhooks: verify, translate, store once, answer; then hand to the queue without waiting for it.
 * Durable when it resolves with `stored`. @throws AppError STORE_UNAVAILABLE (503) when the store is down or takes
 * longer than 3 s
 */
export interface Inbox {
  /**
   * Whether there is a connector of this platform, asked before its webhook is read. What is there is remembered for a
   * few seconds: `accept` has the last word. @throws AppError STORE_UNAVAILABLE as `accept`
   */
  knows(connectorId: string, platform: string): Promise<boolean>
  accept(webhook: IncomingWebhook): Promise<AcceptResult>
}
