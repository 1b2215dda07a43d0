import type { Clock } from '../ports/clock.ts'
import { retryAfterMs } from '../ports/retry-after.ts'
import { type SentAnswer, Unanswered, type WebhookSender } from '../ports/webhook-sender.ts'
import { AddressRefused } from './address-guard.ts'
import { createOutgoing, type OutgoingOptions } from './guarded.ts'
import type { RequestAnswer } from './request.ts'

const KEPT_BYTES = 1024

/** Sends messages over HTTP, and never into our own network. @throws Error when `allowedHosts` holds something else */
export function createWebhookSender({
  clock,
  ...options
}: OutgoingOptions & { readonly clock: Clock }): WebhookSender {
  const outgoing = createOutgoing(options)
  return {
    fault(url) {
      const verdict = outgoing.judge(url)
      return verdict.ok ? null : verdict.fault
    },
    async send(url, headers, body, signal, maxRetryAfterMs) {
      const target = outgoing.judge(url)
      if (!target.ok) throw new Unanswered(`ADDRESS_REFUSED: the address ${target.fault}`)
      try {
        const request = { headers, body, signal, maxResponseBytes: KEPT_BYTES }
        const answer = await outgoing.send(target, { ...request, method: 'POST', reads: 'any_beginning' })
        return answerOf(answer, clock.now(), maxRetryAfterMs)
      } catch (error) {
        signal.throwIfAborted()
        throw new Unanswered(reasonOf(error))
      }
    },
  }
}

function answerOf({ status, headers, body }: RequestAnswer, now: number, maxMs: number): SentAnswer {
  const asks = status === 429 || status === 503
  return { status, beginning: textOf(body), retryAfterMs: asks ? retryAfterMs(headers, now, maxMs) : null }
}

/** What is no UTF-8 shows as such, and what no store can keep is left out. */
function textOf(body: Buffer): string {
  return new TextDecoder('utf-8').decode(body).replaceAll('\0', '').toWellFormed()
}

function reasonOf(error: unknown): string {
  if (error instanceof AddressRefused) return `ADDRESS_REFUSED: ${error.message}`
  const code = typeof error === 'object' && error !== null && 'code' in error ? error.code : 'network error'
  return `UNREACHABLE: no connection, or it was cut (${code})`
}
