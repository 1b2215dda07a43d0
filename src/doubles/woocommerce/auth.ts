import { timingSafeEqual } from 'node:crypto'
import type { Asked } from '../parts/server.ts'
import { fault } from './faults.ts'
import type { Key, WooState } from './state.ts'

const ERROR = 'woocommerce_rest_authentication_error'

/** Basic auth with a key of the REST API, or the same in the query. @throws Refusal 401 in WooCommerce's words */
export function authenticate({ keys }: WooState, { method, headers, query }: Asked): Key {
  const [, basic] = /^Basic (.+)$/.exec(String(headers.authorization ?? '')) ?? []
  const [user, password] =
    basic === undefined
      ? [query.get('consumer_key'), query.get('consumer_secret')]
      : Buffer.from(basic, 'base64').toString().split(':')
  if (user == null || user === '' || password == null) {
    throw fault(401, 'woocommerce_rest_cannot_view', 'Sorry, you cannot list resources.')
  }
  const key = keys.get(user)
  if (key === undefined) throw fault(401, ERROR, 'Consumer key is invalid.')
  const [given, wanted] = [Buffer.from(password), Buffer.from(key.secret)]
  if (given.length !== wanted.length || !timingSafeEqual(given, wanted)) {
    throw fault(401, ERROR, 'Consumer secret is invalid.')
  }
  const needed = method === 'GET' || method === 'HEAD' ? 'read' : 'write'
  if (key.permissions !== 'read_write' && key.permissions !== needed) {
    throw fault(401, ERROR, `The API key provided does not have ${needed} permissions.`)
  }
  return key
}

/** Webhooks and orders are for who manages the shop. */
export function checkManager(key: Key, verb: string): void {
  if (key.isManager) return
  throw fault(403, `woocommerce_rest_cannot_${verb}`, `Sorry, you are not allowed to ${verb} resources.`)
}
