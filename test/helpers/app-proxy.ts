import { createHmac } from 'node:crypto'

/** Parameters in the order in which they are sent; one name may come several times. */
export type Parameters = readonly (readonly [name: string, value: string])[]

/** A query as an app proxy signs it, by hand and by Shopify's page about it. */
export function signedQuery(parameters: Parameters, secret: string): string {
  const names = [...new Set(parameters.map(([name]) => name))].sort()
  const valuesOf = (name: string) => parameters.filter(([it]) => it === name).map(([, value]) => value)
  const text = names.map((name) => `${name}=${valuesOf(name).join(',')}`).join('')
  const signature = createHmac('sha256', secret).update(text).digest('hex')
  return new URLSearchParams([
    ...parameters.map(([n, v]): [string, string] => [n, v]),
    ['signature', signature],
  ]).toString()
}

/** What Shopify sends beside the page's own parameters. */
export function proxyParameters(shop: string, nowMs: number, customerId?: string): Parameters {
  return [
    ['shop', shop],
    ...(customerId === undefined ? [] : [['logged_in_customer_id', customerId] as const]),
    ['path_prefix', '/apps/streakline'],
    ['timestamp', String(Math.floor(nowMs / 1000))],
  ]
}
