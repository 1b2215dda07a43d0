import { controlsOf, type Double, type DoubleOptions, type Player, startDouble } from '../parts/double.ts'
import type { Answer, Asked } from '../parts/server.ts'
import { authenticate, checkManager } from './auth.ts'
import { wooControls } from './controls.ts'
import { fault } from './faults.ts'
import { createHooks, type Hooks, noRoute } from './hooks.ts'
import { answerOrders } from './orders.ts'
import { type Key, openState, type Site, type WooState } from './state.ts'

export interface WooDouble extends Double {
  site(): Site
  keys(): readonly Key[]
}

function player(told: (state: WooState) => void): Player {
  return (tables, clock) => {
    const state = openState(tables, clock)
    told(state)
    const hooks = createHooks(state, tables)
    return {
      handle: (asked) => answerSite(state, hooks, asked),
      throttled: () => page(429, 'Too Many Requests'),
      orders: [...hooks.sender.orders, ...wooControls(state, hooks)],
      stop: () => hooks.sender.stop(),
    }
  }
}

export const wooControlLines = (): string[] => controlsOf(player(() => undefined))

/**
 * A double of a shop with WooCommerce: its REST API of webhooks and orders, its keys, its signed webhooks with their
 * ping, and a site whose permalinks may be plain.
 */
export async function startWooDouble(options: DoubleOptions = {}): Promise<WooDouble> {
  let known: WooState | undefined
  const double = await startDouble(
    options,
    player((state) => {
      known = state
    }),
  )
  return Object.assign(double, {
    site: () => known?.site() as Site,
    keys: () => known?.keys.all() ?? [],
  })
}

function answerSite(state: WooState, hooks: Hooks, asked: Asked): Answer {
  const { url, permalinks } = state.site()
  const { hostname, pathname } = new URL(url)
  const base = pathname.replace(/\/$/, '')
  const isMeant = asked.headers['x-forwarded-host'] === undefined || asked.host === hostname
  if (!isMeant || !asked.path.startsWith(base)) return page(404, 'There is nothing here.')
  const path = asked.path.slice(base.length)
  const restRoute = asked.query.get('rest_route')
  if (restRoute !== null && (path === '' || path === '/' || path === '/index.php'))
    return answerRest(state, hooks, asked, restRoute)
  if (permalinks === 'plain') return page(404, 'Page not found')
  if (path !== '/wp-json' && !path.startsWith('/wp-json/')) return page(200, 'Welcome to our shop')
  return answerRest(state, hooks, asked, path.slice('/wp-json'.length))
}

function answerRest(state: WooState, hooks: Hooks, asked: Asked, route: string): Answer {
  const { url } = state.site()
  if (route === '' || route === '/')
    return { status: 200, body: { name: 'Shop', url, namespaces: ['wp/v2', 'wc/v3'] } }
  const [, resource, id, more] = /^\/wc\/v3\/(webhooks|orders)(?:\/(\d+))?(\/refunds)?\/?$/.exec(route) ?? []
  if (resource === undefined || (more !== undefined && (resource !== 'orders' || id === undefined)))
    throw noRoute()
  const key = authenticate(state, asked)
  const verbs: Record<string, string> = {
    GET: 'view',
    POST: id === undefined ? 'create' : 'edit',
    DELETE: 'delete',
  }
  checkManager(key, verbs[asked.method] ?? 'edit')
  if (asked.method === 'OPTIONS') throw fault(405, 'rest_no_route', 'Method not allowed.')
  return resource === 'webhooks'
    ? hooks.answer(asked, id ?? null)
    : answerOrders(state, asked, id ?? null, more !== undefined)
}

function page(status: number, text: string): Answer {
  return {
    status,
    headers: { 'content-type': 'text/html; charset=UTF-8' },
    body: `<!DOCTYPE html><html lang="en"><head><title>Shop</title></head><body><p>${text}</p></body></html>`,
  }
}
