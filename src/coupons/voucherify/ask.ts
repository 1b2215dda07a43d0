import { z } from 'zod'
import type { Clock, Instant } from '../../ports/clock.ts'
import type { Trouble } from '../../ports/coupon-provider.ts'
import { NoAnswer, type PlatformAnswer, type PlatformCalls } from '../../ports/platform-calls.ts'
import { retryAfterMs } from '../../ports/retry-after.ts'

/** How an application of a project asks. */
export interface Project {
  /** Without `/v1` and without a slash at its end. */
  readonly base: string
  readonly appId: string
  readonly appToken: string
  readonly signal: AbortSignal
}

export interface Question {
  readonly method: 'GET' | 'POST'
  /** Below `/v1`. */
  readonly path: string
  readonly body?: object
}

export interface Failed {
  readonly outcome: 'failed'
  readonly reason: string
}

/** `key`: Voucherify's own name for what was wrong, '' where it gave none. */
export type Said =
  | { readonly outcome: 'ok'; readonly value: unknown }
  | { readonly outcome: 'no'; readonly status: number; readonly key: string }
  | Trouble
  | Failed

export type Ask = (question: Question) => Promise<Said>

const PASSING: ReadonlySet<number> = new Set([408, 409, 425])
/** Where a header says that there is a limit and nothing that can be read of when it ends. */
const LIMIT_MS = 60_000
const MAX_WAIT_MS = 15 * 60_000
const errorShape = z.object({ key: z.string().regex(/^[a-z0-9_]{1,64}$/) })

/**
 * Asks Voucherify once. What it answers is told apart by status and key,
 * https://docs.voucherify.io/api-reference/errors; nothing of its words is kept, for they may name people.
 */
export function createAsk(calls: PlatformCalls, clock: Clock, project: Project): Ask {
  const { base, appId, appToken, signal } = project
  return async ({ method, path, body }) => {
    try {
      const answer = await calls('voucherify', {
        method,
        url: `${base}/v1${path}`,
        headers: {
          accept: 'application/json',
          'x-app-id': appId,
          'x-app-token': appToken,
          ...(body === undefined ? {} : { 'content-type': 'application/json' }),
        },
        ...(body === undefined ? {} : { body: JSON.stringify(body) }),
        signal,
      })
      return saidIn(answer, clock.now())
    } catch (error) {
      if (!(error instanceof NoAnswer)) throw error
      return error.mayPass
        ? trouble('fault', `PROVIDER_UNREACHABLE: ${error.message}`)
        : failed(`PROVIDER_ADDRESS_REFUSED: ${error.message}`)
    }
  }
}

function saidIn({ status, headers, text }: PlatformAnswer, now: Instant): Said {
  const json = parseJson(text)
  const isGood = status >= 200 && status <= 299
  if (isGood && json === undefined) return NOT_JSON
  if (isGood) return { outcome: 'ok', value: json }
  const { key = '' } = errorShape.safeParse(json).data ?? {}
  const answered = `Voucherify answered ${key === '' ? status : `${status} ${key}`}`
  if (status === 401 || status === 403) return trouble('access', `PROVIDER_REFUSED: ${answered}`)
  if (status === 402) return trouble('ended', `PLAN_ENDED: ${answered}`)
  if (status === 429) return limited(headers, answered, now)
  if (status >= 500) return trouble('fault', `PROVIDER_UNAVAILABLE: ${answered}`, retryAfterMs(headers, now))
  if (PASSING.has(status)) return trouble('fault', `PROVIDER_UNAVAILABLE: ${answered}`)
  return { outcome: 'no', status, key }
}

/** A limit says when it ends; a plan that ended does not. https://docs.voucherify.io/guides/limits */
function limited(headers: PlatformAnswer['headers'], answered: string, now: Instant): Trouble {
  const endsAt = headers['x-rate-limit-retry']
  if (headers['retry-after'] === undefined && endsAt === undefined) {
    return trouble('ended', `PLAN_ENDED: ${answered}, without a time to come back`)
  }
  const untilMs = /^\d{1,12}$/.test(endsAt ?? '') ? Number(endsAt) * 1000 - now : Number.NaN
  const waitMs = retryAfterMs(headers, now) ?? (untilMs > 0 ? Math.min(untilMs, MAX_WAIT_MS) : LIMIT_MS)
  return trouble('throttled', `PROVIDER_UNAVAILABLE: ${answered}`, waitMs)
}

export function trouble(kind: Trouble['trouble'], reason: string, waitMs: number | null = null): Trouble {
  return { outcome: 'retry', trouble: kind, reason, retryAfterMs: waitMs }
}

export function failed(reason: string): Failed {
  return { outcome: 'failed', reason }
}

/** What was asked for and is not to be had. */
export function refusal({ status, key }: Extract<Said, { outcome: 'no' }>): Failed {
  return failed(`PROVIDER_REFUSED: Voucherify answered ${key === '' ? status : `${status} ${key}`}`)
}

const NOT_JSON = trouble('fault', 'PROVIDER_ANSWER_INVALID: Voucherify gave an answer that is not JSON')

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}
