/** `full`: writes fail until somebody makes room. `malformed`: the files are damaged, and stay so. */
export type FaultKind = 'full' | 'malformed'

/**
 * What is wrong with a store and shows in some calls only: with a full disk reads go on, with a malformed file whatever
 * does not touch the damage. Kept, so that a health check tells of it, too.
 */
export class LastingFault {
  #kind: FaultKind | null = null
  #error: unknown

  /** Says how a call failed; `null`: in no way that lasts. */
  note(kind: FaultKind | null, error: unknown): void {
    if (kind === null || this.#kind === 'malformed') return
    this.#kind = kind
    this.#error = error
  }

  /** @throws what was noted, or what `write` throws; a full disk is over when `write`, a try, comes through */
  async check(write: () => Promise<unknown>): Promise<void> {
    if (this.#kind === 'malformed') throw this.#error
    if (this.#kind === null) return
    await write()
    this.#kind = null
  }
}

/** What is written to see whether there is room again: more than what lies free inside a page that is there. */
export const TRIAL = { note: 'trial', value: 'x'.repeat(16 * 1024) } as const
