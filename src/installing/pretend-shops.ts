import { NoAnswer, type PlatformCalls } from '../ports/platform-calls.ts'
import type { Platform } from '../ports/schema/values.ts'

/** A double of a platform that the operator leads requests to: a shop to try everything with. */
export interface PretendShop {
  readonly platform: Platform
  /** `http://127.0.0.1:9001` */
  readonly origin: string
  /**
   * What connecting to it asks for, by the names of settings and credentials: `shopDomain`, `clientId`; secrets of the
   * double, which open nothing else. null: it does not answer.
   */
  readonly fields: Readonly<Record<string, string>> | null
}

export interface PretendShopsDeps {
  readonly calls: PlatformCalls
  /** Where requests to platforms go instead: nobody else is asked. */
  readonly platformOrigins: Readonly<Record<Platform, string>>
  /** Platforms that connectors can be made for. */
  readonly platforms: Iterable<Platform>
}

/** Where every double says what connecting to it asks for. */
const CONNECTION = 'https://pretend.invalid/__control/connection'
const TIMEOUT_MS = 5_000

/** Asks the doubles that run in place of platforms, as the operator said; none where nothing was said. */
export function createPretendShops({
  calls,
  platformOrigins,
  platforms,
}: PretendShopsDeps): () => Promise<PretendShop[]> {
  const played = [...platforms].flatMap((platform) => {
    const origin = platformOrigins[platform]
    return origin === undefined ? [] : [{ platform, origin }]
  })

  async function fieldsOf(platform: Platform): Promise<PretendShop['fields']> {
    const signal = AbortSignal.timeout(TIMEOUT_MS)
    try {
      const { status, text } = await calls(platform, { method: 'GET', url: CONNECTION, headers: {}, signal })
      return status === 200 ? readFields(text) : null
    } catch (error) {
      if (error instanceof NoAnswer) return null
      throw error
    }
  }

  return () => Promise.all(played.map(async (one) => ({ ...one, fields: await fieldsOf(one.platform) })))
}

/** Texts by name; null where it is anything else: another program may listen there. */
function readFields(text: string): PretendShop['fields'] {
  try {
    const read: unknown = JSON.parse(text)
    if (typeof read !== 'object' || read === null || Array.isArray(read)) return null
    return Object.values(read).every((value) => typeof value === 'string')
      ? (read as Record<string, string>)
      : null
  } catch {
    return null
  }
}
