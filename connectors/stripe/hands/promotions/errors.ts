import Stripe from 'stripe'
import type { Instant } from '../../../../src/ports/clock.ts'
import type { Trouble } from '../../../../src/ports/coupon-provider.ts'
import { NoAnswer, type Told } from '../../../../src/ports/platform-calls.ts'
import { retryAfterMs } from '../../../../src/ports/retry-after.ts'

type StripeFailure = InstanceType<typeof Stripe.errors.StripeError>

export interface Failed {
  readonly outcome: 'failed'
  readonly reason: string
}

/** Stripe says of no limit when it ends; they are counted by the second. */
const LIMIT_MS = 1_000

/** How such a refusal begins or ends in Stripe's words. */
const WORDS: Readonly<Record<string, RegExp>> = {
  coupon: /^No such coupon\b/,
  customer: /^No such customer\b/,
  code: /^An active promotion code\b.*\balready exists\b/,
  id: /^Coupon already exists\b/,
}

/**
 * Whether Stripe refused what was asked because of this parameter, by its own name without those around it. Which name `param` gives it, or whether there is
 * one, is not documented for each refusal, and a coupon that is not understood as missing would fail all rewards of
 * its discount: so its words count as well.
 */
export function isNo(error: unknown, param: string): error is StripeFailure {
  if (!(error instanceof Stripe.errors.StripeError)) return false
  if (error.statusCode !== 400 && error.statusCode !== 404) return false
  return lastName(error.param) === param || (WORDS[param]?.test(error.message) ?? false)
}

/** Stripe spells it `promotion[coupon]` in one refusal and `promotion.coupon` in another. */
function lastName(param: string | undefined): string | undefined {
  return param?.replaceAll(']', '').split(/[.[]/).at(-1)
}

/** Whether Stripe refused what was asked, for whatever reason. */
export function isRefusal(error: unknown): boolean {
  return error instanceof Stripe.errors.StripeError && error.statusCode === 400
}

/** The answer of an earlier request under the same key, and not of this one. */
export function isReplayedFailure(error: unknown): boolean {
  if (!(error instanceof Stripe.errors.StripeError)) return false
  return (error.statusCode ?? 0) >= 500 && error.headers?.['idempotent-replayed'] === 'true'
}

/**
 * What a request came to that did not come to what was wanted: a refused key is for whoever keeps it, all else is the
 * coupon's. Branches on the status, which Stripe documents. Nothing of Stripe's words is kept: they may quote what was
 * asked.
 */
export function heard(error: unknown, now: Instant): Told<Trouble | Failed> {
  if (!(error instanceof Stripe.errors.StripeError)) return ok(NOT_JSON)
  const { statusCode: status, code, param, detail, headers } = error
  if (detail instanceof NoAnswer) {
    const { message, mayPass } = detail
    return ok(
      mayPass
        ? trouble('fault', `PROVIDER_UNREACHABLE: ${message}`)
        : failed(`PROVIDER_ADDRESS_REFUSED: ${message}`),
    )
  }
  if (status === undefined) return ok(NOT_JSON)
  const answered = `Stripe answered ${[status, code, param].filter(Boolean).join(' ')}`
  if (status === 401) return { outcome: 'refused', refused: 'access', message: answered }
  if (status === 403) return ok(trouble('access', `SCOPE_MISSING: ${answered}${permissionIn(error)}`))
  const waitMs = retryAfterMs({ 'retry-after': headers?.['retry-after'] }, now)
  if (status === 429 || code === 'rate_limit' || code === 'lock_timeout') {
    return ok(trouble('throttled', `PROVIDER_UNAVAILABLE: ${answered}`, waitMs ?? LIMIT_MS))
  }
  // another request has the same key in hand
  if (status === 409) return ok(trouble('running', `PROVIDER_UNAVAILABLE: ${answered}`, waitMs))
  if (status === 408 || status >= 500)
    return ok(trouble('fault', `PROVIDER_UNAVAILABLE: ${answered}`, waitMs))
  return ok(failed(`PROVIDER_REFUSED: ${answered}`))
}

/** Stripe names the permission that would do. */
function permissionIn({ message }: StripeFailure): string {
  const [name] = /\brak_[a-z0-9_]+/.exec(message) ?? []
  return name === undefined ? '' : `: the key lacks ${name}`
}

const ok = <T>(value: T): Told<T> => ({ outcome: 'ok', value })

export function trouble(kind: Trouble['trouble'], reason: string, waitMs: number | null = null): Trouble {
  return { outcome: 'retry', trouble: kind, reason, retryAfterMs: waitMs }
}

export function failed(reason: string): Failed {
  return { outcome: 'failed', reason }
}

const NOT_JSON = trouble('fault', 'PROVIDER_ANSWER_INVALID: Stripe gave an answer that is not JSON')
