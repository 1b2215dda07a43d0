import type { KeyObject } from 'node:crypto'
import { z } from 'zod'
import { AddressRefused, MAX_URL_LENGTH } from '../outgoing/address-guard.ts'
import { createOutgoing, type OutgoingOptions, type Target } from '../outgoing/guarded.ts'
import { type RequestAnswer, ResponseTooLarge } from '../outgoing/request.ts'
import type { Clock } from '../ports/clock.ts'
import type {
  CouponProvider,
  CouponRequest,
  IssueOutcome,
  RevokeOutcome,
  RevokeRequest,
  Trouble,
} from '../ports/coupon-provider.ts'
import { retryAfterMs } from '../ports/retry-after.ts'
import { SIGNING_SECRET, SIGNING_SECRET_RULE, sign, signingKey } from './signature.ts'

export interface HttpProviderOptions extends OutgoingOptions {
  readonly clock: Clock
}

const MAX_RESPONSE_BYTES = 64 * 1024
/** Passing by nature; 409 is what services answer while an earlier request with the same key is still running. */
const RETRIED_STATUSES = new Set([408, 409, 425, 429])

const secretShape = z.string().regex(SIGNING_SECRET, SIGNING_SECRET_RULE)

/** While a secret is exchanged requests are signed with both, so that the service may know either. */
const credentialsShape = z
  .strictObject({ signingSecret: secretShape, previousSigningSecret: secretShape.optional() })
  .refine(({ signingSecret, previousSigningSecret }) => signingSecret !== previousSigningSecret, {
    path: ['previousSigningSecret'],
    error: 'must be another secret than signingSecret',
  })

/** The newest first; none for credentials that were not checked. */
function keysOf(credentials: z.infer<typeof credentialsShape> | undefined): KeyObject[] {
  if (credentials === undefined) return []
  return [credentials.signingSecret, credentials.previousSigningSecret].flatMap((secret) =>
    secret === undefined ? [] : (signingKey(secret) ?? []),
  )
}

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

const usedShape = z.object({ used: z.boolean() })

/**
 * Asks the merchant's own coupon service: one signed POST, told apart by its `Idempotency-Key`. What the service has
 * to do is written in docs/coupon-service.md. The code it answers with wins over the one it was offered.
 * @throws Error when `allowedHosts` holds something other than host:port
 */
export function createHttpProvider(options: HttpProviderOptions): CouponProvider {
  // the service is told by the key that a request is the same as before
  const outgoing = createOutgoing({ ...options, keepsConnections: true })
  const urlShape = z
    .string()
    .superRefine((text, context) => {
      const verdict = outgoing.judge(text)
      if (!verdict.ok) context.addIssue({ code: 'custom', message: verdict.fault })
    })
    .meta({ format: 'uri', maxLength: MAX_URL_LENGTH })
  const settingsShape = z.strictObject({ url: urlShape, revokeUrl: urlShape.optional() })

  /** What is wrong with a provider's settings or credentials, or where and with what key to ask. */
  function targetOf(request: Asking, setting: 'url' | 'revokeUrl'): KeyedTarget | { readonly fault: string } {
    const settings = settingsShape.safeParse(request.settings)
    const credentials = credentialsShape.safeParse(request.credentials)
    const keys = keysOf(credentials.data)
    const url = settings.data?.[setting]
    const verdict = url === undefined ? null : outgoing.judge(url)
    if (keys.length > 0 && verdict?.ok === true) return { keys, url: verdict.url, trusted: verdict.trusted }
    const [fault] = (settings.error ?? credentials.error)?.issues ?? []
    const where = fault?.path.join('.') || 'settings'
    return { fault: `PROVIDER_MISCONFIGURED: ${where} ${fault?.message ?? ''}`.trim() }
  }

  async function ask<T>(
    request: Asking,
    target: KeyedTarget,
    body: string,
    read: (answer: RequestAnswer) => T | null,
  ): Promise<T | Trouble | Failed> {
    const { signal } = request
    const timestampSeconds = Math.floor(options.clock.now() / 1000)
    try {
      const answer = await outgoing.send(target, {
        method: 'POST',
        headers: headersOf(request.idempotencyKey, target.keys, body, timestampSeconds),
        body,
        signal,
        maxResponseBytes: MAX_RESPONSE_BYTES,
      })
      return read(answer) ?? troubleOf(answer, options.clock.now())
    } catch (error) {
      return signal.aborted
        ? retry('PROVIDER_TIMEOUT: the coupon service did not answer in time')
        : outcomeOfError(error)
    }
  }

  async function issue(request: CouponRequest): Promise<IssueOutcome> {
    const target = targetOf(request, 'url')
    if ('fault' in target) return failed(target.fault)
    return ask(request, target, bodyOf(request), (answer) =>
      isGood(answer) ? outcomeOfBody(answer.body) : null,
    )
  }

  async function revoke(request: RevokeRequest): Promise<RevokeOutcome> {
    // without an address to ask nothing can be disabled
    if (request.settings.revokeUrl === undefined) return { outcome: 'revoked', used: 'unknown' }
    const target = targetOf(request, 'revokeUrl')
    if ('fault' in target) return failed(target.fault)
    const { idempotencyKey, rewardLogId, accountId, code } = request
    const body = JSON.stringify({ idempotencyKey, rewardLogId, accountId, code })
    return ask(request, target, body, (answer): RevokeOutcome | null => {
      // what was never made is never used
      if (answer.status === 404) return { outcome: 'revoked', used: 'no' }
      return isGood(answer) ? { outcome: 'revoked', used: usedOf(answer.body) } : null
    })
  }

  return {
    kind: 'http',
    claims: false,
    settings: settingsShape,
    credentials: credentialsShape,
    issue,
    revoke,
  }
}

type Asking = Pick<CouponRequest, 'idempotencyKey' | 'settings' | 'credentials' | 'signal'>
interface KeyedTarget extends Target {
  /** Every one of them signs. */
  readonly keys: readonly KeyObject[]
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

function headersOf(
  idempotencyKey: string,
  keys: readonly KeyObject[],
  body: string,
  timestampSeconds: number,
) {
  const message = { id: idempotencyKey, timestampSeconds, body }
  return {
    'content-type': 'application/json; charset=utf-8',
    accept: 'application/json',
    'user-agent': 'Streakline',
    'idempotency-key': idempotencyKey,
    'webhook-id': idempotencyKey,
    'webhook-timestamp': String(timestampSeconds),
    'webhook-signature': keys.map((key) => sign(key, message)).join(' '),
  }
}

type Failed = Extract<IssueOutcome, { outcome: 'failed' }>

const isGood = ({ status }: RequestAnswer): boolean => status >= 200 && status <= 299

function troubleOf({ status, headers }: RequestAnswer, now: number): Trouble | Failed {
  if (status >= 500 || RETRIED_STATUSES.has(status)) {
    const waitMs = retryAfterMs(headers, now)
    const reason = `PROVIDER_UNAVAILABLE: the coupon service answered ${status}`
    if (status === 409) return retry(reason, waitMs, 'running')
    return retry(reason, waitMs, status === 429 && waitMs !== null ? 'throttled' : 'fault')
  }
  if (status >= 300 && status <= 399) {
    return failed(`PROVIDER_REFUSED: the coupon service answered ${status}; redirects are not followed`)
  }
  // Nothing of the body: it may hold secrets of the service or data of the member.
  return failed(`PROVIDER_REFUSED: the coupon service answered ${status}`)
}

/** Whether the coupon was used before it was disabled, as far as the service says. */
function usedOf(body: Buffer): 'yes' | 'no' | 'unknown' {
  const parsed = usedShape.safeParse(parseJson(body))
  if (!parsed.success) return 'unknown'
  return parsed.data.used ? 'yes' : 'no'
}

/** undefined for what is not JSON in UTF-8. */
function parseJson(body: Buffer): unknown {
  try {
    return JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(body))
  } catch {
    return undefined
  }
}

/** An answer that makes no sense is tried again: the next one, for the same key, may be whole. */
function outcomeOfBody(body: Buffer): IssueOutcome {
  const json = parseJson(body)
  if (json === undefined) {
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

function outcomeOfError(error: unknown): Trouble | Failed {
  if (error instanceof AddressRefused) {
    return failed(`PROVIDER_ADDRESS_REFUSED: ${error.message}`)
  }
  if (error instanceof ResponseTooLarge) return retry(`PROVIDER_ANSWER_INVALID: ${error.message}`)
  const code =
    typeof error === 'object' && error !== null && 'code' in error ? error.code : 'unknown network error'
  return retry(`PROVIDER_UNREACHABLE: the coupon service could not be reached (${code})`)
}

function retry(reason: string, waitMs: number | null = null, trouble: Trouble['trouble'] = 'fault'): Trouble {
  return { outcome: 'retry', trouble, reason, retryAfterMs: waitMs }
}

function failed(reason: string): Failed {
  return { outcome: 'failed', reason }
}
