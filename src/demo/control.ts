const REQUEST_TIMEOUT_MS = 15_000

/** A double of a platform: what is done there by shoppers and merchants is told to it, and its books are read. */
export interface Control {
  /** `tell('POST /orders', {…})`. @throws Error with what the double says against it */
  tell<T = unknown>(route: string, body?: object): Promise<T>
  /** Looks at something; null where there is none. */
  find<T>(path: string): Promise<T | null>
}

/** @param signal ends every request, when the demo is told to stop */
export function controlOf(origin: string, signal: AbortSignal): Control {
  async function ask(route: string, body: object = {}): Promise<{ status: number; answer: unknown }> {
    const [method = 'GET', path = ''] = route.split(' ')
    const response = await fetch(`${origin}/__control${path}`, {
      method,
      ...(method === 'GET' ? {} : { body: JSON.stringify(body) }),
      signal: AbortSignal.any([signal, AbortSignal.timeout(REQUEST_TIMEOUT_MS)]),
    })
    return { status: response.status, answer: await response.json() }
  }

  return {
    async tell<T>(route: string, body?: object) {
      const { status, answer } = await ask(route, body)
      if (status !== 200) throw new Error(`the double says to ${route}: ${JSON.stringify(answer)}`)
      return answer as T
    },
    async find<T>(path: string) {
      const { status, answer } = await ask(`GET ${path}`)
      return status === 200 ? (answer as T) : null
    },
  }
}
