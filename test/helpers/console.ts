import { createResources } from '../../src/http/resources.ts'
import type { ConsoleRole } from '../../src/ports/schema/console-values.ts'
import { addUser } from '../../src/users/users.ts'
import type { Answer, Api, Client } from './api.ts'

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

/** What a request to a path of the API carries from whoever may do most there: the key, or an owner where keys do nothing. */
export async function allowedCallers(
  api: Api,
  client: Client,
): Promise<(path: string) => Readonly<Record<string, string>>> {
  const { cookie } = await signedIn(api, client.accountId, 'owner@shop.example', 'owner')
  const forUsers = createResources(api.deps).filter(({ forUsersOnly }) => forUsersOnly === true)
  return (path) =>
    forUsers.some(({ slug }) => path.startsWith(`/schema/${slug}/`))
      ? { cookie, ...sameOrigin }
      : client.headers
}
