import { root } from '../place.ts'
import { Failure } from './failure.ts'

/** Told when nobody is signed in any more; resolves once somebody is again, with the same page as before. */
type SignInAgain = () => Promise<void>
let signInAgain: SignInAgain | null = null

/** What to do where a session has ended in the middle; without it such a request fails. */
export function onSignedOut(handler: SignInAgain | null): void {
  signInAgain = handler
}

export interface RequestOptions {
  readonly signal?: AbortSignal
  /** Change the record only as long as it has this tag still. */
  readonly ifMatch?: string
  /** Is told the tag of the record that is answered. */
  readonly onTag?: (tag: string) => void
  /** A 401 is the answer, not the end of a session. */
  readonly isSigningIn?: boolean
}

/**
 * Asks this server as whoever is signed in. A session that has ended is begun anew in a dialog, and the request is sent
 * again: what was typed stays. @throws Failure
 */
export async function request<T>(
  method: string,
  path: string,
  body?: unknown,
  options: RequestOptions = {},
): Promise<T> {
  const response = await patient(() => send(method, path, body, options), options)
  if (response.status === 204) return undefined as T
  const text = await response.text()
  const answer = parsed(text)
  if (response.ok) {
    const tag = response.headers.get('etag')
    if (tag !== null) options.onTag?.(tag)
    return answer as T
  }
  if (response.status === 401 && options.isSigningIn !== true && signInAgain !== null) {
    await signInAgain()
    return request<T>(method, path, body, options)
  }
  throw failureOf(response, answer)
}

/** So long a page waits by itself where it has asked too much at once. */
const MOST_WAIT_S = 10
const MOST_TRIES = 5

/** Asks again where the server says to wait a moment: what it refuses so it has not done. */
async function patient(ask: () => Promise<Response>, options: RequestOptions): Promise<Response> {
  for (let tries = 1; ; tries += 1) {
    const response = await ask()
    const seconds = Number(response.headers.get('retry-after') ?? Number.NaN)
    const isBrief = response.status === 429 && options.isSigningIn !== true && seconds <= MOST_WAIT_S
    if (!isBrief || tries === MOST_TRIES) return response
    await new Promise((resolve) => setTimeout(resolve, 1000 * seconds))
  }
}

async function send(
  method: string,
  path: string,
  body: unknown,
  { signal, ifMatch }: RequestOptions,
): Promise<Response> {
  try {
    return await fetch(`${root}${path}`, {
      method,
      credentials: 'same-origin',
      headers: {
        ...(body === undefined ? {} : { 'content-type': 'application/json' }),
        ...(ifMatch === undefined ? {} : { 'if-match': ifMatch }),
      },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      ...(signal === undefined ? {} : { signal }),
    })
  } catch (error) {
    if (signal?.aborted === true) throw error
    throw new Failure(0, 'OFFLINE', 'The server cannot be reached. Check the connection, then try again.')
  }
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return null
  }
}

function failureOf(response: Response, answer: unknown): Failure {
  const { code, message, details, requestId } = (answer as { error?: Partial<Failure> } | null)?.error ?? {}
  const words = message ?? `The server answered ${response.status}.`
  return new Failure(
    response.status,
    code ?? String(response.status),
    words,
    details ?? [],
    requestId ?? null,
  )
}
