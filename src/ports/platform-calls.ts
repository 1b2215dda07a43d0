import type { Platform } from './schema/values.ts'

/** One request to a platform, as the platform would get it. */
export interface PlatformCall {
  readonly method: 'GET' | 'POST' | 'PUT' | 'DELETE'
  /** Where it belongs, `https://…`: the adapter sends it elsewhere where the operator said so. */
  readonly url: string
  readonly headers: Readonly<Record<string, string>>
  readonly body?: string
  /** Ends the request at any stage; without it the adapter's own 10 s do. */
  readonly signal?: AbortSignal
}

export interface PlatformAnswer {
  readonly status: number
  /** Lower-case names. */
  readonly headers: Readonly<Record<string, string | undefined>>
  /** At most 8 MiB; longer ones are trouble. */
  readonly text: string
}

/** No answer came: refused, cut or timed out. `message` names no secret and no address of a person. */
export class NoAnswer extends Error {
  override readonly name = 'NoAnswer'
  /** False where trying again helps nobody: the address leads inside, or nowhere. */
  readonly mayPass: boolean

  constructor(message: string, mayPass = true) {
    super(message)
    this.mayPass = mayPass
  }
}

/**
 * Sends one request, once: no redirects, no retries, no more than 10 s. Requests to an address that a tenant chose
 * (`siteUrl`) pass the guard against internal ones. With `STREAKLINE_PLATFORM_ORIGINS` they go to the origin named
 * there, path and query unchanged, with the host they were meant for in `x-forwarded-host`, and no guard applies.
 * @throws NoAnswer
 */
export type PlatformCalls = (platform: Platform, call: PlatformCall) => Promise<PlatformAnswer>

/** What a platform said to what it was asked. Messages are its status and own words, at most 500 characters, no secret. */
export type Told<T> =
  | { readonly outcome: 'ok'; readonly value: T }
  /**
   * A clear no. `access`: token or key are not taken (any more); `permission`: they are, but do not suffice; `shop`:
   * they are another shop's than the connector's; `request`: what was asked is not to be had.
   */
  | {
      readonly outcome: 'refused'
      readonly refused: 'access' | 'permission' | 'shop' | 'request'
      readonly message: string
      /** Which setting or permission it is about, where the platform says so. */
      readonly path?: string
    }
  /** May pass: no answer, 408, 429, `THROTTLED`, 5xx, an answer that is not JSON. */
  | {
      readonly outcome: 'unavailable'
      readonly message: string
      readonly retryAfterMs: number | null
      /** It is well, and wants fewer requests: 429, `THROTTLED`, a budget that is spent. */
      readonly isThrottled?: true
    }
