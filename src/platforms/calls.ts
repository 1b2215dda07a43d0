import { AddressRefused, judgeUrl, type Resolve } from '../outgoing/address-guard.ts'
import { createGuardedRequest } from '../outgoing/guarded-request.ts'
import { type RequestAnswer, ResponseTooLarge } from '../outgoing/request.ts'
import {
  NoAnswer,
  type PlatformAnswer,
  type PlatformCall,
  type PlatformCalls,
} from '../ports/platform-calls.ts'
import type { Origins } from './origins.ts'

export interface PlatformCallsOptions {
  readonly origins: Origins
  /** `host:port` that may be reached by http and inside, as of coupon providers. */
  readonly trustedHosts?: ReadonlySet<string>
  readonly timeoutMs?: number
  readonly refusesAfterMs?: number
  readonly resolve?: Resolve
}

const TIMEOUT_MS = 10_000
const MAX_RESPONSE_BYTES = 8 * 1024 * 1024

/** The adapter of `PlatformCalls`. */
export function createPlatformCalls(options: PlatformCallsOptions): PlatformCalls {
  const { origins, trustedHosts = new Set(), timeoutMs = TIMEOUT_MS } = options
  const send = createGuardedRequest(options)

  return async (platform, call) => {
    const timeout = AbortSignal.timeout(timeoutMs)
    const signal = call.signal === undefined ? timeout : AbortSignal.any([call.signal, timeout])
    const moved = origins.moved(platform, call.url)
    const { url, trusted } = moved === null ? judged(call.url, trustedHosts) : { ...moved, trusted: true }
    const forwarded = moved === null ? {} : { 'x-forwarded-host': moved.meantFor }
    const { method, body } = call
    try {
      const answer = await send({
        method,
        url,
        headers: { 'user-agent': 'Streakline', ...call.headers, ...forwarded },
        body,
        trusted,
        signal,
        maxResponseBytes: MAX_RESPONSE_BYTES,
        readsRefusals: true,
      })
      return asText(answer)
    } catch (error) {
      throw noAnswerOf(error, call, signal)
    }
  }
}

function judged(text: string, trustedHosts: ReadonlySet<string>) {
  const verdict = judgeUrl(text, trustedHosts)
  if (!verdict.ok) throw new NoAnswer(`the address ${verdict.fault}`, false)
  return verdict
}

function asText({ status, headers, body }: RequestAnswer): PlatformAnswer {
  const single = Object.entries(headers).map(
    ([name, value]) => [name, Array.isArray(value) ? value.join(', ') : value] as const,
  )
  return { status, headers: Object.fromEntries(single), text: body.toString('utf8') }
}

/** Names the host and what happened, and nothing of what was sent. */
function noAnswerOf(error: unknown, { url }: PlatformCall, signal: AbortSignal): NoAnswer {
  const { host } = new URL(url)
  if (error instanceof AddressRefused) return new NoAnswer(error.message, false)
  if (error instanceof ResponseTooLarge) return new NoAnswer(`${host}: ${error.message}`)
  if (signal.aborted) return new NoAnswer(`${host} did not answer in time`)
  const { code = 'unknown network error' } = error as NodeJS.ErrnoException
  return new NoAnswer(`${host} could not be reached (${code})`)
}
