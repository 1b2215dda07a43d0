import { setTimeout as delay } from 'node:timers/promises'
import {
  AddressRefused,
  guardedLookup,
  judgeUrl,
  parseTrustedHosts,
  type Resolve,
  systemResolve,
  type UrlVerdict,
} from './address-guard.ts'
import { type RequestAnswer, type RequestInput, request } from './request.ts'

export interface OutgoingOptions {
  /** `host:port` entries that may be reached by http and at internal addresses: for development. */
  readonly allowedHosts?: readonly string[]
  /**
   * When a name without a public address is refused, from the beginning of the exchange on; default 2 s. Names inside
   * are found at once and others are looked for elsewhere first: the time would tell which exist.
   */
  readonly refusesAfterMs?: number
  readonly resolve?: Resolve
}

/** A URL that was judged to be one that may be asked. */
export type Target = Pick<Extract<UrlVerdict, { ok: true }>, 'url' | 'trusted'>

/** Asks addresses that somebody typed in, and none of our own network. */
export interface Outgoing {
  /** Judges what can be judged of a URL without asking DNS. */
  judge(url: string): UrlVerdict
  /** As `request`. @throws AddressRefused where the name has no public address, and what `request` throws */
  send(target: Target, input: Omit<RequestInput, 'url' | 'lookup'>): Promise<RequestAnswer>
}

const REFUSES_AFTER_MS = 2_000

/** @throws Error when `allowedHosts` holds something other than host:port */
export function createOutgoing(options: OutgoingOptions): Outgoing {
  const trustedHosts = parseTrustedHosts(options.allowedHosts ?? [])
  const lookup = guardedLookup(options.resolve ?? systemResolve)
  return {
    judge: (url) => judgeUrl(url, trustedHosts),
    async send({ url, trusted }, input) {
      const begunAt = performance.now()
      try {
        return await request({ ...input, url, ...(trusted ? {} : { lookup }) })
      } catch (error) {
        if (error instanceof AddressRefused) {
          const waits = (options.refusesAfterMs ?? REFUSES_AFTER_MS) - (performance.now() - begunAt)
          // aborted: the caller sees it on its signal
          await delay(waits, undefined, { signal: input.signal }).catch(() => {})
        }
        throw error
      }
    },
  }
}
