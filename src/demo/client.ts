import { setTimeout as pause } from 'node:timers/promises'

const REQUEST_TIMEOUT_MS = 15_000
const PAUSE_MS = 20

export interface Answer {
  readonly status: number
  readonly body: {
    readonly data?: unknown
    readonly error?: {
      readonly code: string
      readonly message: string
      readonly details: readonly { readonly message: string }[]
    }
  }
}

export interface Filter {
  readonly fieldSlug: string
  readonly operator: 'EQUALS'
  readonly value: string
}

/** The API as a merchant's backend calls it, over HTTP. */
export interface ApiClient {
  /** The record made. @throws Error with the answer's code and message */
  create<T>(slug: string, body: object): Promise<T>
  get<T>(slug: string, id: string): Promise<T>
  /** At most 1,000 records for which every filter holds, newest first. */
  list<T>(slug: string, ...filters: Filter[]): Promise<T[]>
  /** Sends a webhook as a platform does, without credentials. */
  deliver(path: string, headers: Record<string, string>, body: string): Promise<Answer>
}

export interface Credentials {
  readonly apiKey: string
  readonly apiSecret: string
}

/** @param signal ends every call under way */
export function createClient(origin: string, credentials: Credentials, signal: AbortSignal): ApiClient {
  const headers = { 'x-api-key': credentials.apiKey, 'x-api-secret': credentials.apiSecret }

  async function call(path: string, init: RequestInit): Promise<Answer> {
    const limit = AbortSignal.any([signal, AbortSignal.timeout(REQUEST_TIMEOUT_MS)])
    const response = await fetch(`${origin}${path}`, { ...init, signal: limit })
    const text = await response.text()
    return { status: response.status, body: text === '' ? {} : JSON.parse(text) }
  }

  async function data<T>(path: string, init: RequestInit = {}): Promise<T> {
    const { status, body } = await call(path, { ...init, headers: { ...headers, ...init.headers } })
    if (status < 400) return body.data as T
    const { code, message } = body.error ?? {}
    throw new Error(`${init.method ?? 'GET'} ${path} was answered ${status} ${code}: ${message}`)
  }

  return {
    create: (slug, body) =>
      data(`/schema/${slug}/record`, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify(body),
      }),
    get: (slug, id) => data(`/schema/${slug}/record/${id}`),
    list(slug, ...filters) {
      const parameters = new URLSearchParams({ limit: '1000' })
      if (filters.length > 0) parameters.set('filters', JSON.stringify({ and: filters }))
      return data(`/schema/${slug}/record?${parameters}`)
    },
    deliver: (path, signed, body) => call(path, { method: 'POST', headers: signed, body }),
  }
}

export function equals(fieldSlug: string, value: string): Filter {
  return { fieldSlug, operator: 'EQUALS', value }
}

/** Asks until there is an answer, at least once; null when there was none within `timeoutMs`. */
export async function poll<T>(
  timeoutMs: number,
  signal: AbortSignal,
  ask: () => Promise<T | null>,
): Promise<T | null> {
  const deadline = performance.now() + timeoutMs
  for (;;) {
    const answer = await ask()
    if (answer !== null || performance.now() > deadline) return answer
    await pause(PAUSE_MS, undefined, { signal })
  }
}
