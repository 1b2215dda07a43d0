import type { Instant } from '../ports/clock.ts'
import { all } from '../ports/conditions.ts'
import { eachRow } from '../ports/paging.ts'
import type { HttpDeps } from './deps.ts'

/** How long a change of `endUserOrigins` may take to be seen. */
export const ORIGINS_KEPT_MS = 10_000

export interface Origins {
  readonly byAccount: ReadonlyMap<string, ReadonlySet<string>>
  /** Those of all accounts. */
  readonly anywhere: ReadonlySet<string>
}

export interface OriginBook {
  /** The origins of all accounts, at most 10 s old. @throws AppError STORE_UNAVAILABLE */
  read(): Promise<Origins>
}

/** Reads the accounts at most once in 10 s, whoever asks and however often. */
export function createOriginBook({ store, clock }: Pick<HttpDeps, 'store' | 'clock'>): OriginBook {
  let kept: { readonly at: Instant; readonly origins: Promise<Origins> } | null = null

  async function load(): Promise<Origins> {
    const byAccount = new Map<string, ReadonlySet<string>>()
    const anywhere = new Set<string>()
    for await (const { id, endUserOrigins } of eachRow(store, 'account', all())) {
      if (endUserOrigins.length > 0) byAccount.set(id, new Set(endUserOrigins))
      for (const origin of endUserOrigins) anywhere.add(origin)
    }
    return { byAccount, anywhere }
  }

  return {
    read() {
      const now = clock.now()
      // a clock that was set back must not keep an old answer alive
      if (kept !== null && now >= kept.at && now - kept.at < ORIGINS_KEPT_MS) return kept.origins
      const reading = { at: now, origins: load() }
      kept = reading
      reading.origins.catch(() => {
        if (kept === reading) kept = null
      })
      return reading.origins
    },
  }
}
