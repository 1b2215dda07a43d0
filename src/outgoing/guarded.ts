import http from 'node:http'
import https from 'node:https'
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
import { type KeptConnections, type RequestAnswer, type RequestInput, request } from './request.ts'

export interface OutgoingOptions {
  /** `host:port` entries that may be reached by http and at internal addresses: for development. */
  readonly allowedHosts?: readonly string[]
  /**
   * When a name without a public address is refused, from the beginning of the exchange on; default 2 s. Names inside
   * are found at once and others are looked for elsewhere first: the time would tell which exist.
   */
  readonly refusesAfterMs?: number
  readonly resolve?: Resolve
  /**
   * Keep connections for a few seconds; default false. A request whose kept connection turns out to be closed is sent
   * once more: only for requests that may be repeated.
   */
  readonly keepsConnections?: boolean
}

/** A URL that was judged to be one that may be asked. */
export type Target = Pick<Extract<UrlVerdict, { ok: true }>, 'url' | 'trusted'>

/** Asks addresses that somebody typed in, and none of our own network. */
export interface Outgoing {
  /** Judges what can be judged of a URL without asking DNS. */
  judge(url: string): UrlVerdict
  /** As `request`. @throws AddressRefused where the name has no public address, and what `request` throws */
  send(target: Target, input: Omit<RequestInput, 'url' | 'lookup' | 'agents'>): Promise<RequestAnswer>
}

const REFUSES_AFTER_MS = 2_000
/** Below the 5 s after which many servers hang up. */
const IDLE_MS = 2_000
/** Idle connections kept for each host and port; how many are busy the callers bound. */
const MAX_IDLE = 4

/** A connection leads for good to the address that was judged as it was made, whatever its name resolves to since. */
function keepConnections(): KeptConnections {
  const options = { keepAlive: true, timeout: IDLE_MS, maxFreeSockets: MAX_IDLE } as const
  return { http: new http.Agent(options), https: new https.Agent(options) }
}

/** @throws Error when `allowedHosts` holds something other than host:port */
export function createOutgoing(options: OutgoingOptions): Outgoing {
  const trustedHosts = parseTrustedHosts(options.allowedHosts ?? [])
  const lookup = guardedLookup(options.resolve ?? systemResolve)
  // apart: what may lead inside is never taken for what must not
  const [guarded, anywhere] = options.keepsConnections ? [keepConnections(), keepConnections()] : []
  return {
    judge: (url) => judgeUrl(url, trustedHosts),
    async send({ url, trusted }, input) {
      const begunAt = performance.now()
      try {
        return await request({
          ...input,
          url,
          ...(trusted ? { agents: anywhere } : { agents: guarded, lookup }),
        })
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
