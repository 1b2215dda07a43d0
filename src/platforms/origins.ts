import type { Platform } from '../ports/schema/values.ts'

/** Where requests to platforms go instead, as the operator of a test said. */
export interface Origins {
  /** The same path and query at the other origin, and the host that it was meant for; null: it goes where it belongs. */
  moved(platform: Platform, url: string): { readonly url: URL; readonly meantFor: string } | null
}

/** @param origins by platform: `http://127.0.0.1:9001` */
export function createOrigins(origins: ReadonlyMap<Platform, string>): Origins {
  return {
    moved(platform, text) {
      const origin = origins.get(platform)
      if (origin === undefined) return null
      const { host, pathname, search } = new URL(text)
      return { url: new URL(`${origin}${pathname}${search}`), meantFor: host }
    },
  }
}
