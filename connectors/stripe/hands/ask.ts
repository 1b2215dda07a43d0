import Stripe from 'stripe'
import { NoAnswer, type Told } from '../../../src/ports/platform-calls.ts'
import { retryAfterMs } from '../../../src/ports/retry-after.ts'
import { wordsOf } from '../../answers.ts'
import { type CallLimits, withTries } from '../../tries.ts'

type StripeFailure = InstanceType<typeof Stripe.errors.StripeError>

/** One call of ours: the client for it, and how long it may take. */
export interface Asking extends CallLimits {
  readonly stripe: Stripe
}

/**
 * Asks Stripe, and asks again what may pass. What is asked must be harmless to ask again: a read, a change to one state,
 * or a create under one Idempotency-Key.
 */
export function ask<T>({ signal, endsAt }: CallLimits, request: () => Promise<T>): Promise<Told<T>> {
  return withTries(() => askOnce(request), { signal, endsAt })
}

export async function askOnce<T>(request: () => Promise<T>): Promise<Told<T>> {
  try {
    return { outcome: 'ok', value: await request() }
  } catch (error) {
    return toldOf(error)
  }
}

/** Branches on the status, which Stripe documents, and not on classes, which come and go. */
function toldOf(error: unknown): Exclude<Told<never>, { outcome: 'ok' }> {
  if (!(error instanceof Stripe.errors.StripeError)) return { ...NOT_JSON, retryAfterMs: null }
  const { statusCode: status, code, detail, headers } = error
  if (detail instanceof NoAnswer) {
    const { message, mayPass } = detail
    return mayPass
      ? { outcome: 'unavailable', message, retryAfterMs: null }
      : { outcome: 'refused', refused: 'request', message }
  }
  if (status === undefined) return { ...NOT_JSON, retryAfterMs: null }
  // 409: another request has the same object, or the same key, in hand
  const isPassing = status === 408 || status === 409 || status === 429 || status >= 500
  if (isPassing || code === 'rate_limit') {
    const waitMs = retryAfterMs({ 'retry-after': headers?.['retry-after'] }, Date.now())
    return { outcome: 'unavailable', message: saidBy(error), retryAfterMs: waitMs }
  }
  const refused = status === 401 ? 'access' : status === 403 ? 'permission' : 'request'
  const path = typeof error.param === 'string' ? { path: error.param } : {}
  return { outcome: 'refused', refused, message: saidBy(error), ...path }
}

const NOT_JSON = { outcome: 'unavailable', message: 'Stripe gave an answer that is not JSON' } as const

/** Stripe masks keys in its own words. */
function saidBy({ statusCode, message }: StripeFailure): string {
  return wordsOf(statusCode ?? null, message.replace(/\b([sr]k_(?:test|live)_)[A-Za-z0-9]+/g, '$1…'))
}
