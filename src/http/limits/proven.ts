import { createHmac, createSecretKey, randomBytes } from 'node:crypto'
import type { IncomingHttpHeaders } from 'node:http'

const MAX_PROVEN = 20_000
const NAMES = ['x-api-key', 'x-api-secret', 'x-account-id', 'x-enduser-access-token', 'cookie']

/**
 * Credentials that were right when they were last judged: to send them again is no guess. Kept as digests that nothing
 * can be read from, the last 20,000 of them.
 */
export class Proven {
  /** No bytes: see `signingKey`. */
  readonly #key = createSecretKey(randomBytes(32))
  readonly #digests = new Set<string>()

  digestOf(headers: IncomingHttpHeaders): string {
    const digest = createHmac('sha256', this.#key)
    for (const name of NAMES) digest.update(`${String(headers[name] ?? '')}\n`)
    return digest.digest('base64')
  }

  has(digest: string): boolean {
    return this.#digests.has(digest)
  }

  note(digest: string, isRight: boolean): void {
    this.#digests.delete(digest)
    if (!isRight) return
    this.#digests.add(digest)
    const [oldest] = this.#digests
    if (this.#digests.size > MAX_PROVEN && oldest !== undefined) this.#digests.delete(oldest)
  }
}
