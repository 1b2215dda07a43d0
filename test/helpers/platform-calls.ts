import type { Double } from '../../src/doubles/parts/double.ts'
import { NoAnswer, type PlatformCalls } from '../../src/ports/platform-calls.ts'

/** Sends to doubles over real HTTP what belongs to their platforms, with the host it was meant for. */
export function callsTo(doubles: Readonly<Record<string, Pick<Double, 'origin'>>>): PlatformCalls {
  return async (platform, { method, url, headers, body, signal }) => {
    const meant = new URL(url)
    const ends = [AbortSignal.timeout(10_000), ...(signal === undefined ? [] : [signal])]
    try {
      const response = await fetch(new URL(`${meant.pathname}${meant.search}`, doubles[platform]?.origin), {
        method,
        headers: { ...headers, 'x-forwarded-host': meant.host },
        redirect: 'manual',
        signal: AbortSignal.any(ends),
        ...(body === undefined ? {} : { body }),
      })
      return {
        status: response.status,
        headers: Object.fromEntries(response.headers),
        text: await response.text(),
      }
    } catch {
      throw new NoAnswer('the platform did not answer')
    }
  }
}
