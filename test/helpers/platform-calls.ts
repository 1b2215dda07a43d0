import { NoAnswer, type PlatformCalls } from '../../src/ports/platform-calls.ts'

/** Sends what is meant for a platform to its double, as `STREAKLINE_PLATFORM_ORIGINS` has it. */
export function callsTo(origin: string): PlatformCalls {
  return async (_platform, { method, url, headers, body, signal }) => {
    const { host, pathname, search } = new URL(url)
    try {
      const response = await fetch(`${origin}${pathname}${search}`, {
        method,
        headers: { ...headers, 'x-forwarded-host': host },
        redirect: 'manual',
        ...(body === undefined ? {} : { body }),
        ...(signal === undefined ? {} : { signal }),
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
