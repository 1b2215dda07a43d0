import { NoAnswer, type PlatformCall, type PlatformCalls } from '../../src/ports/platform-calls.ts'

export interface WatchedCalls {
  readonly calls: PlatformCalls
  /** What went out, in order. */
  readonly sent: PlatformCall[]
}

/** Requests to a platform go to its double, with the host that they were meant for. */
export function callsTo(double: { readonly origin: string }): WatchedCalls {
  const sent: PlatformCall[] = []
  const calls: PlatformCalls = async (_platform, call) => {
    sent.push(call)
    const { host, pathname, search } = new URL(call.url)
    try {
      const response = await fetch(`${double.origin}${pathname}${search}`, {
        method: call.method,
        headers: { ...call.headers, 'x-forwarded-host': host },
        redirect: 'manual',
        ...(call.body === undefined ? {} : { body: call.body }),
        ...(call.signal === undefined ? {} : { signal: call.signal }),
      })
      const headers = Object.fromEntries(response.headers)
      return { status: response.status, headers, text: await response.text() }
    } catch (error) {
      throw new NoAnswer(error instanceof Error ? error.name : 'failed')
    }
  }
  return { calls, sent }
}
