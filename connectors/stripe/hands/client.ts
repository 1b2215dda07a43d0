import Stripe from 'stripe'
import type { PlatformAnswer, PlatformCalls } from '../../../src/ports/platform-calls.ts'

/** By which events are made and objects shown: what the connector reads was written for it. */
export const API_VERSION = '2026-10-28.endive'
/** The library's own; ours ends a request sooner. */
const TIMEOUT_MS = 10_000

/** Names that say something about this machine, and a warning that the library would print. */
const NOT_SENT: ReadonlySet<string> = new Set(['x-stripe-client-user-agent', 'x-stripe-client-telemetry'])
const NOT_READ: ReadonlySet<string> = new Set(['stripe-notice'])

/**
 * Stripe's own library over our transport: one try for each request, no telemetry, nothing from the environment. Its
 * warnings (`Stripe-Notice`) never reach it, for it would print them.
 */
export function stripeClient(calls: PlatformCalls, apiKey: string, signal: AbortSignal): Stripe {
  return new Stripe(apiKey, {
    apiVersion: API_VERSION,
    maxNetworkRetries: 0,
    timeout: TIMEOUT_MS,
    telemetry: false,
    httpClient: new CallsClient(calls, signal),
  })
}

class CallsClient extends Stripe.HttpClient {
  readonly #calls: PlatformCalls
  readonly #signal: AbortSignal

  constructor(calls: PlatformCalls, signal: AbortSignal) {
    super()
    this.#calls = calls
    this.#signal = signal
  }

  override getClientName(): string {
    return 'streakline'
  }

  override async makeRequest(
    ...[host, , path, method, headers, body]: Parameters<Stripe.HttpClient['makeRequest']>
  ): Promise<CallsResponse> {
    const answer = await this.#calls('stripe', {
      method: method as 'GET' | 'POST' | 'DELETE',
      url: `https://${host}${path}`,
      headers: plainHeaders(headers),
      ...(method === 'POST' ? { body } : {}),
      signal: this.#signal,
    })
    return new CallsResponse(answer)
  }
}

/** The transport counts the bytes itself. */
function plainHeaders(headers: object): Record<string, string> {
  const entries = Object.entries(headers).map(([name, value]) => [name.toLowerCase(), String(value)] as const)
  return Object.fromEntries(entries.filter(([name]) => name !== 'content-length' && !NOT_SENT.has(name)))
}

class CallsResponse extends Stripe.HttpClientResponse {
  readonly #answer: PlatformAnswer

  constructor(answer: PlatformAnswer) {
    const kept = Object.entries(answer.headers).flatMap(([name, value]) =>
      value === undefined || NOT_READ.has(name) ? [] : [[name, value] as const],
    )
    super(answer.status, Object.fromEntries(kept))
    this.#answer = answer
  }

  override getRawResponse(): PlatformAnswer {
    return { ...this.#answer }
  }

  override toStream(): never {
    throw new TypeError('answers are read whole')
  }

  override async toJSON(): Promise<unknown> {
    return JSON.parse(this.#answer.text)
  }
}
