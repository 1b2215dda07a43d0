/** What an endpoint answered. */
export interface SentAnswer {
  readonly status: number
  /** The first KiB of its body, as text. */
  readonly beginning: string
  /** How long it wants to be left alone, at most as long as was asked for; null where it does not say. */
  readonly retryAfterMs: number | null
}

/** No answer came. The message is for the merchant: it names no address inside and no secret. */
export class Unanswered extends Error {
  override readonly name = 'Unanswered'
}

/**
 * Sends one message to an address that a merchant typed in, once: guarded against addresses inside, no redirects,
 * nothing kept but the beginning of the answer. Safe to be asked again.
 */
export interface WebhookSender {
  /** What is wrong with the address, as far as it can be told without asking for it; null: nothing. */
  fault(url: string): string | null
  /**
   * @param signal ends it at any stage
   * @param maxRetryAfterMs what `Retry-After` is cut to
   * @throws Unanswered, and the reason of the signal
   */
  send(
    url: string,
    headers: Readonly<Record<string, string>>,
    body: string,
    signal: AbortSignal,
    maxRetryAfterMs: number,
  ): Promise<SentAnswer>
}
