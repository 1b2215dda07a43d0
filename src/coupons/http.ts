import { z } from 'zod'
import type { Clock } from '../ports/clock.ts'
import type { CouponProvider, CouponRequest, IssueOutcome } from '../ports/coupon-provider.ts'
import {
  AddressRefused,
  guardedLookup,
  judgeUrl,
  parseTrustedHosts,
  type Resolve,
  systemResolve,
} from './address-guard.ts'
import { type PostAnswer, post, ResponseTooLarge } from './post.ts'
import { retryAfterMs } from './retry-after.ts'
import { SIGNING_SECRET_RULE, sign, signingKey } from './signature.ts'

export interface HttpProviderOptions {
  readonly clock: Clock
  /** `host:port` entries that may be reached by http and at internal addresses: for development. */
  readonly allowedHosts?: readonly string[]
  /** For the whole exchange; default 10 s, the most the port allows. */
  readonly timeoutMs?: number
  readonly resolve?: Resolve
}

const TIMEOUT_MS = 10_000
const MAX_RESPONSE_BYTES = 64 * 1024
/** Passing by nature; 409 is what services answer while an earlier request with the same key is still running. */
const RETRIED_STATUSES = new Set([408, 409, 425, 429])

const credentialsShape = z.strictObject({
  signingSecret: z.string().refine((secret) => signingKey(secret) !== null, { error: SIGNING_SECRET_RULE }),
})

const answerShape = z.object({
  code: z
    .string()
    .min(1)
    .max(128)
    .refine((code) => code.isWellFormed() && !/\p{Cc}/u.test(code)),
  expiresAt: z.iso
    .datetime({ offset: true })
    .transform((text) => Date.parse(text))
    .refine((instant) => instant >= 0)
    .nullish(),
})

/**
 * Asks the merchant's own coupon service: one signed POST, told apart by its `Idempotency-Key`. What the service has
 * to do is written in docs/coupon-service.md. The code it answers with wins over the one it was offered.
 * @throws Error when `allowedHosts` holds something other than host:port
 */
export function createHttpProvider(options: HttpProviderOptions): CouponProvider {
  const trustedHosts = parseTrustedHosts(options.allowedHosts ?? [])
  const lookup = guardedLookup(options.resolve ?? systemResolve)
  const settingsShape = z.strictObject({
    url: z.string().superRefine((text, context) => {
      const verdict = judgeUrl(text, trustedHosts)
      if (!verdict.ok) context.addIssue({ code: 'custom', message: verdict.fault })
    }),
  })

  async function issue(request: CouponRequest): Promise<IssueOutcome> {
    const settings = settingsShape.safeParse(request.settings)
    const credentials = credentialsShape.safeParse(request.credentials)
    const key = credentials.success ? signingKey(credentials.data.signingSecret) : null
    const verdict = settings.success ? judgeUrl(settings.data.url, trustedHosts) : null
    if (key === null || verdict === null || !verdict.ok) {
      const [fault] = (settings.error ?? credentials.error)?.issues ?? []
      return failed(
        `PROVIDER_MISCONFIGURED: ${fault?.path.join('.') || 'settings'} ${fault?.message ?? ''}`.trim(),
      )
    }
    const body = bodyOf(request)
    const signal = AbortSignal.any([request.signal, AbortSignal.timeout(options.timeoutMs ?? TIMEOUT_MS)])
    try {
      const answer = await post({
        url: verdict.url,
        headers: headersOf(request, key, body, Math.floor(options.clock.now() / 1000)),
        body,
        ...(verdict.trusted ? {} : { lookup }),
        signal,
        maxResponseBytes: MAX_RESPONSE_BYTES,
      })
      return outcomeOf(answer, options.clock.now())
    } catch (error) {
      return signal.aborted
        ? retry('PROVIDER_TIMEOUT: the coupon service did not answer in time')
        : outcomeOfError(error)
    }
  }

  return { kind: 'http', settings: settingsShape, credentials: credentialsShape, issue }
}

/** The same text for every attempt at one reward. */
function bodyOf(request: CouponRequest): string {
  return JSON.stringify({
    idempotencyKey: request.idempotencyKey,
    rewardLogId: request.rewardLogId,
    accountId: request.accountId,
    streakId: request.streakId,
    milestoneId: request.milestoneId,
    member: { id: request.member.id, externalId: request.member.externalId },
    code: request.code,
    discount: request.discount,
    minimumSubtotal: request.minimumSubtotal,
    expiresAt: request.expiresAt === null ? null : new Date(request.expiresAt).toISOString(),
  })
}

function headersOf(request: CouponRequest, key: Uint8Array, body: string, timestampSeconds: number) {
  return {
    'content-type': 'application/json; charset=utf-8',
    accept: 'application/json',
    'user-agent': 'Streakline',
    'idempotency-key': request.idempotencyKey,
    'webhook-id': request.idempotencyKey,
    'webhook-timestamp': String(timestampSeconds),
    'webhook-signature': sign(key, { id: request.idempotencyKey, timestampSeconds, body }),
  }
}

function outcomeOf(answer: PostAnswer, now: number): IssueOutcome {
  const { status } = answer
  if (status >= 200 && status <= 299) return outcomeOfBody(answer.body)
  if (status >= 500 || RETRIED_STATUSES.has(status)) {
    return retry(
      `PROVIDER_UNAVAILABLE: the coupon service answered ${status}`,
      retryAfterMs(answer.headers, now),
    )
  }
  if (status >= 300 && status <= 399) {
    return failed(`PROVIDER_REFUSED: the coupon service answered ${status}; redirects are not followed`)
  }
  // Nothing of the body: it may hold secrets of the service or data of the member.
  return failed(`PROVIDER_REFUSED: the coupon service answered ${status}`)
}

/** An answer that makes no sense is tried again: the next one, for the same key, may be whole. */
function outcomeOfBody(body: Buffer): IssueOutcome {
  let json: unknown
  try {
    json = JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(body))
  } catch {
    return retry('PROVIDER_ANSWER_INVALID: the coupon service answered with something other than JSON')
  }
  const parsed = answerShape.safeParse(json)
  if (!parsed.success) {
    const at = parsed.error.issues[0]?.path.join('.')
    const rule =
      at === 'expiresAt'
        ? 'expiresAt must be ISO 8601 with Z or an offset'
        : 'code must be a text of 1 to 128 characters without control characters'
    return retry(`PROVIDER_ANSWER_INVALID: in the answer of the coupon service ${rule}`)
  }
  return { outcome: 'issued', code: parsed.data.code, expiresAt: parsed.data.expiresAt ?? null }
}

function outcomeOfError(error: unknown): IssueOutcome {
  if (error instanceof AddressRefused) {
    return failed(`PROVIDER_ADDRESS_REFUSED: ${error.message}`)
  }
  if (error instanceof ResponseTooLarge) return retry(`PROVIDER_ANSWER_INVALID: ${error.message}`)
  const code =
    typeof error === 'object' && error !== null && 'code' in error ? error.code : 'unknown network error'
  return retry(`PROVIDER_UNREACHABLE: the coupon service could not be reached (${code})`)
}

function retry(reason: string, waitMs: number | null = null): IssueOutcome {
  return { outcome: 'retry', reason, retryAfterMs: waitMs }
}

function failed(reason: string): IssueOutcome {
  return { outcome: 'failed', reason }
}
