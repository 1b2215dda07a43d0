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
  /** The platform asked whether anybody is there: noted, and nothing else. */
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
  /**
   * The same for an app with one address for all shops: every connector of the shop in the header one of whose secrets
   * signed it gets it, of any account; answers for the oldest. Whatever is wrong is `refused`, always in the same words,
   * and counted as a refusal of each connector of the shop.
   */
  acceptOfShop(webhook: Omit<IncomingWebhook, 'connectorId'>): Promise<AcceptResult>
}
