import type { Clock } from '../ports/clock.ts'
import type { MessageAttempt } from '../ports/schema/telling-values.ts'
import type { Row } from '../ports/schema.ts'
import type { SecretBox } from '../ports/secret-box.ts'
import { type SentAnswer, Unanswered, type WebhookSender } from '../ports/webhook-sender.ts'
import { MAX_RETRY_AFTER_MS } from './schedule.ts'
import { signedHeaders } from './secret.ts'

const TIMEOUT_MS = 15_000

export interface TryDeps {
  readonly sender: WebhookSender
  readonly secretBox: SecretBox
  readonly clock: Clock
  /** Of the whole exchange; default 15 s. */
  readonly timeoutMs?: number
}

export interface Tried {
  readonly isGood: boolean
  readonly attempt: MessageAttempt
  readonly retryAfterMs: number | null
}

/**
 * Sends a message once, signed as of now. Resolves whatever comes of it. @throws AppError SECRET_UNREADABLE, and the
 * reason of `stopped` when that ends it
 */
export async function tryOnce(
  deps: TryDeps,
  endpoint: Row<'webhook_endpoint'>,
  message: { readonly id: string; readonly body: string },
  stopped?: AbortSignal,
): Promise<Tried> {
  const { clock, sender, secretBox, timeoutMs = TIMEOUT_MS } = deps
  const at = clock.now()
  const headers = signedHeaders(secretBox, endpoint, message.id, message.body, at)
  const timeout = AbortSignal.timeout(timeoutMs)
  const signal = stopped === undefined ? timeout : AbortSignal.any([timeout, stopped])
  const begunAt = performance.now()
  const lasted = () => Math.round(performance.now() - begunAt)
  try {
    const answer = await sender.send(endpoint.url, headers, message.body, signal, MAX_RETRY_AFTER_MS)
    return triedWith(answer, at, lasted())
  } catch (error) {
    stopped?.throwIfAborted()
    const isKnown = error instanceof Unanswered
    if (!isKnown && !timeout.aborted) throw error
    const reason = isKnown ? error.message : `TIMEOUT: no whole answer within ${timeoutMs / 1000} s`
    const attempt = { at, status: null, durationMs: lasted(), error: reason, response: null }
    return { isGood: false, attempt, retryAfterMs: null }
  }
}

function triedWith({ status, beginning, retryAfterMs }: SentAnswer, at: number, durationMs: number): Tried {
  const isGood = status >= 200 && status <= 299
  const isRedirect = status >= 300 && status <= 399
  const why = isRedirect ? '; redirects are not followed' : ''
  const error = isGood ? null : `REFUSED: the endpoint answered ${status}${why}`
  return { isGood, attempt: { at, status, durationMs, error, response: beginning }, retryAfterMs }
}
