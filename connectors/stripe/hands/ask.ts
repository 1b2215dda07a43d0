import Stripe from 'stripe'
import type { Told } from '../../../src/ports/platform-calls.ts'

const TRIES = 3
const PAUSES_MS = [250, 1_000]
const MAX_MESSAGE = 500
/** What every call of ours ends with, its retries included. */
const CALL_MS = 15_000

/** One call of ours: the client for it, and how long it may take. */
export interface Asking {
  readonly stripe: Stripe
  readonly signal: AbortSignal
}

/** Ends with the caller's signal, at the latest after 15 s. */
export function callSignal(signal: AbortSignal | undefined): AbortSignal {
  const deadline = AbortSignal.timeout(CALL_MS)
  return signal === undefined ? deadline : AbortSignal.any([signal, deadline])
}

/**
 * Asks Stripe, up to three times while trouble may pass. What is asked must be harmless to ask again: a read, a change
 * to one state, or a create under one Idempotency-Key.
 */
export async function ask<T>(
  { signal }: Pick<Asking, 'signal'>,
  request: () => Promise<T>,
  tries = TRIES,
): Promise<Told<T>> {
  for (let attempt = 0; ; attempt += 1) {
    const told = await once(request)
    if (told.outcome !== 'unavailable' || attempt + 1 >= tries || signal.aborted) return told
    const isOver = await pause(told.retryAfterMs ?? PAUSES_MS[attempt] ?? 0, signal)
    if (isOver) return told
  }
}

async function once<T>(request: () => Promise<T>): Promise<Told<T>> {
  try {
    return { outcome: 'ok', value: await request() }
  } catch (error) {
    return toldOf(error)
  }
}

/** Branches on the status, which Stripe documents, and not on classes, which come and go. */
function toldOf(error: unknown): Exclude<Told<never>, { outcome: 'ok' }> {
  if (!(error instanceof Stripe.errors.StripeError)) {
    return { outcome: 'unavailable', message: 'Stripe gave an answer that is not JSON', retryAfterMs: null }
  }
  const { statusCode: status, code } = error
  const isLimited = status === 429 || code === 'rate_limit'
  if (status === undefined || status === 408 || status === 409 || status >= 500 || isLimited) {
    return { outcome: 'unavailable', message: wordsOf(error), retryAfterMs: retryAfterOf(error) }
  }
  const refused = status === 401 ? 'access' : status === 403 ? 'permission' : 'request'
  const path = typeof error.param === 'string' ? { path: error.param } : {}
  return { outcome: 'refused', refused, message: wordsOf(error), ...path }
}

/** Stripe masks keys in its own words. */
function wordsOf({ statusCode, message, type }: InstanceType<typeof Stripe.errors.StripeError>): string {
  if (type === 'StripeConnectionError') return 'Stripe could not be reached, or did not answer in time'
  const words = statusCode === undefined ? message : `${statusCode}: ${message}`
  return words.replace(/\b([sr]k_(?:test|live)_)[A-Za-z0-9]+/g, '$1…').slice(0, MAX_MESSAGE)
}

function retryAfterOf({ headers }: InstanceType<typeof Stripe.errors.StripeError>): number | null {
  const seconds = Number(headers?.['retry-after'] ?? Number.NaN)
  return Number.isFinite(seconds) && seconds >= 0 ? seconds * 1_000 : null
}

/** True where the call is over before, or would be. */
function pause(ms: number, signal: AbortSignal): Promise<boolean> {
  if (signal.aborted) return Promise.resolve(true)
  return new Promise((resolve) => {
    const timer = setTimeout(() => end(false), ms)
    const end = (isOver: boolean): void => {
      clearTimeout(timer)
      signal.removeEventListener('abort', onAbort)
      resolve(isOver)
    }
    const onAbort = (): void => end(true)
    signal.addEventListener('abort', onAbort)
  })
}
