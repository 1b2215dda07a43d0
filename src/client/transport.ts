import { setTimeout as delay } from 'node:timers/promises'
import { parseExact } from './exact.ts'
import { failureOf, StreaklineError } from './failure.ts'

export interface RetryOptions {
  /** How often a call is tried at most, the first time included. */
  readonly attempts: number
  /** Gives up instead of waiting longer than this between two tries; default 30,000. */
  readonly maxWaitMs?: number
}

export interface ClientOptions {
  /** Where Streakline answers, such as `https://streaks.example.com`. */
  readonly baseUrl: string
  readonly apiKey: string
  readonly apiSecret: string
  /** For one try; default 30,000. */
  readonly timeoutMs?: number
  /** Tries again what is answered 429 or 503, and nothing else; default: never. */
  readonly retry?: RetryOptions
  /** Reads answers; default `parseExact`. `JSON.parse` rounds what JavaScript's numbers cannot hold. */
  readonly parse?: (text: string) => unknown
  /** Ends every call, as that of the call ends one: for a program that is told to stop. */
  readonly signal?: AbortSignal
}

export interface CallOptions {
  readonly signal?: AbortSignal
  /** Kept as the `X-Request-Id` of the call: at most 64 of `A–Z a–z 0–9 . _ : -`. */
  readonly requestId?: string
}

export type Method = 'GET' | 'POST' | 'PATCH' | 'DELETE'

/**
 * Sends one call, and what it answered; null for an answer without a body. @throws StreaklineError, or what fetch
 * throws
 */
export type Transport = (
  method: Method,
  path: string,
  body: unknown,
  options: CallOptions,
) => Promise<unknown>

const DEFAULT_TIMEOUT_MS = 30_000
const DEFAULT_MAX_WAIT_MS = 30_000
/** Where the answer does not say how long to wait. */
const DEFAULT_WAIT_MS = 1000

export function createTransport(options: ClientOptions): Transport {
  const { retry = { attempts: 1 }, parse = parseExact } = options
  const { attempts, maxWaitMs = DEFAULT_MAX_WAIT_MS } = retry
  if (!Number.isInteger(attempts) || attempts < 1) throw new RangeError('retry.attempts must be 1 or more')

  return async (method, path, body, call) => {
    const ended = AbortSignal.any([options.signal, call.signal].filter((signal) => signal !== undefined))
    for (let attempt = 1; ; attempt += 1) {
      try {
        return await sendOnce(options, parse, method, path, body, { ...call, signal: ended })
      } catch (error) {
        if (attempt === attempts || !isPassing(error)) throw error
        const waitMs = error.retryAfterMs ?? DEFAULT_WAIT_MS
        if (waitMs > maxWaitMs) throw error
        await delay(waitMs, undefined, { signal: ended })
      }
    }
  }
}

function isPassing(error: unknown): error is StreaklineError {
  return error instanceof StreaklineError && (error.status === 429 || error.status === 503)
}

async function sendOnce(
  { baseUrl, apiKey, apiSecret, timeoutMs = DEFAULT_TIMEOUT_MS }: ClientOptions,
  parse: (text: string) => unknown,
  method: Method,
  path: string,
  body: unknown,
  { signal, requestId }: CallOptions & { readonly signal: AbortSignal },
): Promise<unknown> {
  const response = await fetch(`${baseUrl.replace(/\/+$/, '')}${path}`, {
    method,
    headers: {
      'x-api-key': apiKey,
      'x-api-secret': apiSecret,
      ...(body === undefined ? {} : { 'content-type': 'application/json' }),
      ...(requestId === undefined ? {} : { 'x-request-id': requestId }),
    },
    // credentials must not follow a redirection elsewhere
    redirect: 'error',
    signal: AbortSignal.any([signal, AbortSignal.timeout(timeoutMs)]),
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  })
  const text = await response.text()
  if (!response.ok) throw failureOf(response, text)
  return text === '' ? null : parse(text)
}
