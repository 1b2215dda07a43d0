import type { Double } from '../../src/doubles/parts/double.ts'

/** Has a double do something: `tell(shopify, 'POST /orders', {…})`. @throws what the double says against it */
export async function tell<T = Record<string, unknown>>(
  { origin }: Pick<Double, 'origin'>,
  route: string,
  body?: object,
): Promise<T> {
  const [method = 'GET', path = ''] = route.split(' ')
  const response = await fetch(`${origin}/__control${path}`, {
    method,
    ...(method === 'GET' ? {} : { body: JSON.stringify(body ?? {}) }),
  })
  const answer = await response.json()
  if (response.status !== 200) throw new Error(`${route}: ${JSON.stringify(answer)}`)
  return answer as T
}

export interface GraphAnswer {
  readonly status: number
  // biome-ignore lint/suspicious/noExplicitAny: answers are read as JSON, as a client of the platform would
  readonly body: any
}

/** Asks the double's Admin API. */
export async function askAdmin(
  { origin }: Pick<Double, 'origin'>,
  { shop, token }: { shop: string; token: string },
  query: string,
  variables: object = {},
): Promise<GraphAnswer> {
  const response = await fetch(`${origin}/admin/api/2026-10/graphql.json`, {
    method: 'POST',
    headers: {
      'content-type': 'application/json',
      'x-forwarded-host': shop,
      'x-shopify-access-token': token,
    },
    body: JSON.stringify({ query, variables }),
  })
  return { status: response.status, body: await response.json() }
}
