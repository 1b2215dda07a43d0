import type { ComponentType } from 'preact'
import { useEffect, useState } from 'preact/hooks'
import { html } from './html.ts'
import { Loading } from './parts/states.ts'
import { Title } from './parts/title.ts'
import { root } from './place.ts'
import { Link } from './router.ts'

export interface Section {
  readonly to: string
  readonly label: string
  readonly isElsewhere?: boolean
  readonly forOwners?: boolean
}

/** What the navigation leads to. */
export const SECTIONS: readonly Section[] = [
  { to: '/', label: 'Home' },
  { to: '/orders', label: 'Orders' },
  { to: '/shoppers', label: 'Shoppers' },
  { to: '/streaks', label: 'Streaks' },
  { to: '/coupons', label: 'Coupons' },
  { to: '/connectors', label: 'Connectors' },
  { to: '/settings', label: 'Settings' },
  { to: `${root}/ops/queues`, label: 'Queues', isElsewhere: true, forOwners: true },
]

/** What a page is given: what stood in its address where its pattern has `:name`. */
export interface PageProps {
  readonly params: Readonly<Record<string, string>>
}

type Load = () => Promise<ComponentType<PageProps>>

/**
 * Every page by its address; the first that fits. Pages are fetched when they are first shown.
 */
const PAGES: readonly (readonly [pattern: string, load: Load])[] = [
  ['/', async () => (await import('./pages/home.ts')).HomePage],
  ['/begin', async () => (await import('./pages/begin/shop.ts')).BeginShop],
  ['/begin/connect', async () => (await import('./pages/begin/connect.ts')).BeginConnect],
  ['/begin/streak', async () => (await import('./pages/begin/streak.ts')).BeginStreak],
  ['/begin/live/:id', async () => (await import('./pages/begin/live.ts')).BeginLive],
  ['/orders', async () => (await import('./pages/orders/list.ts')).OrdersPage],
  ['/orders/order', async () => (await import('./pages/orders/order.ts')).OrderPage],
  ['/shoppers', async () => (await import('./pages/shoppers/list.ts')).ShoppersPage],
  ['/shoppers/:id', async () => (await import('./pages/shoppers/shopper.ts')).ShopperPage],
  ['/streaks', async () => (await import('./pages/streaks/list.ts')).StreaksPage],
  ['/streaks/new', async () => (await import('./pages/streaks/new.ts')).NewStreakPage],
  ['/streaks/:id', async () => (await import('./pages/streaks/streak.ts')).StreakPage],
  ['/coupons', async () => (await import('./pages/coupons/list.ts')).CouponsPage],
  ['/coupons/coupon/:id', async () => (await import('./pages/coupons/coupon.ts')).CouponPage],
  ['/coupons/providers', async () => (await import('./pages/coupons/providers.ts')).ProvidersPage],
  ['/coupons/providers/new', async () => (await import('./pages/coupons/new-provider.ts')).NewProviderPage],
  ['/coupons/providers/:id', async () => (await import('./pages/coupons/provider.ts')).ProviderPage],
  ['/connectors', async () => (await import('./pages/connectors/list.ts')).ConnectorsPage],
  ['/connectors/new', async () => (await import('./pages/connectors/new.ts')).NewConnectorPage],
  ['/connectors/:id', async () => (await import('./pages/connectors/one.ts')).ConnectorPage],
  ['/settings', async () => (await import('./pages/settings/account.ts')).AccountPage],
  ['/settings/users', async () => (await import('./pages/settings/users.ts')).UsersPage],
  ['/settings/keys', async () => (await import('./pages/settings/keys.ts')).KeysPage],
  ['/settings/webhooks', async () => (await import('./pages/settings/webhooks.ts')).WebhooksPage],
  ['/settings/webhooks/:id', async () => (await import('./pages/settings/webhook.ts')).WebhookPage],
  ['/settings/log', async () => (await import('./pages/settings/log.ts')).LogPage],
  ['/settings/widget', async () => (await import('./pages/settings/widget.ts')).WidgetPage],
  ['/settings/privacy', async () => (await import('./pages/settings/privacy.ts')).PrivacyPage],
]

/** The names and values of a pattern that fits the page; null where it does not fit. */
export function match(pattern: string, page: string): Record<string, string> | null {
  const parts = pattern.split('/')
  const given = page.split('/')
  if (parts.length !== given.length) return null
  const params: Record<string, string> = {}
  for (const [at, part] of parts.entries()) {
    const value = given[at] ?? ''
    if (part.startsWith(':')) params[part.slice(1)] = decoded(value)
    else if (part !== value) return null
  }
  return params
}

/** An address that somebody has cut off may end in the middle of a sign. */
function decoded(value: string): string {
  try {
    return decodeURIComponent(value)
  } catch {
    return value
  }
}

function find(page: string) {
  for (const [pattern, load] of PAGES) {
    const params = match(pattern, page)
    if (params !== null) return { load, params }
  }
  return null
}

/** The page of an address. */
export function Outlet({ page }: { readonly page: string }) {
  const found = find(page)
  const [Shown, setShown] = useState<ComponentType<PageProps> | null>(null)
  const [isOld, setIsOld] = useState(false)
  useEffect(() => {
    let isGone = false
    found?.load().then(
      (component) => !isGone && setShown(() => component),
      () => !isGone && setIsOld(true),
    )
    return () => {
      isGone = true
    }
  }, [])
  if (found === null) return html`<${Unknown} />`
  if (isOld) return html`<${CannotLoad} />`
  return Shown === null ? html`<${Loading} />` : html`<${Shown} params=${found.params} />`
}

function Unknown() {
  return html`<${Title}>No such page</${Title}><p>There is nothing at this address. <${Link} to="/">Home</${Link}></p>`
}

/** The program was replaced by a newer version while the page was open, or the connection is gone. */
function CannotLoad() {
  return html`<${Title}>This page could not be loaded</${Title}>
    <p>The connection is gone, or Streakline was updated while you were here.</p>
    <p><button type="button" onClick=${() => location.reload()}>Load again</button></p>`
}
