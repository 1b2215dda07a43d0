import type { ConsoleRole } from '../../src/ports/schema/console-values.ts'
import { addUser } from '../../src/users/users.ts'
import type { Answer, Api } from './api.ts'

export const PASSWORD = 'a long enough password'

/** Somebody signed in, as a browser would send it. */
export interface Browser {
  readonly cookie: string
  send(
    method: string,
    path: string,
    body?: unknown,
    headers?: Readonly<Record<string, string>>,
  ): Promise<Answer>
}

export const sameOrigin = { 'sec-fetch-site': 'same-origin' } as const

/** Sends JSON without credentials. */
export function post(api: Api, path: string, body: unknown, headers: Readonly<Record<string, string>> = {}) {
  const json = { 'content-type': 'application/json', ...headers }
  return api.send(path, { method: 'POST', headers: json, body: JSON.stringify(body) })
}

export const cookieOf = (answer: Answer): string =>
  (answer.headers.get('set-cookie') ?? '').split(';')[0] ?? ''

/** The cookie of a browser with which this one goes on. */
export function browserOf(api: Api, cookie: string): Browser {
  return {
    cookie,
    send: (method, path, body, headers = sameOrigin) =>
      api.send(path, {
        method,
        headers: {
          cookie,
          ...headers,
          ...(body === undefined ? {} : { 'content-type': 'application/json' }),
        },
        ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      }),
  }
}

/** Makes a user, who sets a password by their link and is signed in. */
export async function signedIn(
  api: Api,
  accountId: string,
  email: string,
  role: ConsoleRole,
): Promise<Browser> {
  const { token } = await addUser(api.deps, accountId, { email, role })
  const answer = await post(api, '/console/password', { token, password: PASSWORD })
  if (answer.status !== 204) throw new Error(`setting a password answered ${answer.status}: ${answer.text}`)
  return browserOf(api, cookieOf(answer))
}
