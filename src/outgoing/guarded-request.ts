import { setTimeout as delay } from 'node:timers/promises'
import { AddressRefused, guardedLookup, type Resolve, systemResolve } from './address-guard.ts'
import { type RequestAnswer, type RequestInput, request } from './request.ts'

export interface GuardOptions {
  /**
   * When a name without a public address is refused, from the beginning of the exchange on; default 2 s. Names inside
   * are found at once and others are looked for elsewhere first: the time would tell which exist.
   */
  readonly refusesAfterMs?: number | undefined
  readonly resolve?: Resolve | undefined
}

export interface GuardedInput extends Omit<RequestInput, 'lookup'> {
  /** Whether it may lead anywhere: its address was typed in by the operator, not by a merchant. */
  readonly trusted: boolean
}

const REFUSES_AFTER_MS = 2_000

/** Sends requests that reach the open internet and, unless they are trusted, nothing else. */
export function createGuardedRequest({
  refusesAfterMs = REFUSES_AFTER_MS,
  resolve = systemResolve,
}: GuardOptions): (input: GuardedInput) => Promise<RequestAnswer> {
  const lookup = guardedLookup(resolve)

  /** @throws AddressRefused, and whatever `request` does */
  return async ({ trusted, ...input }) => {
    const begunAt = performance.now()
    try {
      return await request({ ...input, ...(trusted ? {} : { lookup }) })
    } catch (error) {
      if (error instanceof AddressRefused) {
        const waits = refusesAfterMs - (performance.now() - begunAt)
        // aborted: its reason is what the caller is told
        await delay(waits, undefined, { signal: input.signal }).catch(() => {})
      }
      throw error
    }
  }
}
