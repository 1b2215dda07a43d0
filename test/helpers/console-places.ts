import type { ConsoleShop } from './console-shop.ts'

/** A page of the console, and where an example of it is. */
export interface ConsolePlace {
  /** The name of its pictures, and the anchor in docs/console.md. */
  readonly name: string
  /** As `src/console/pages.ts` has it; null: seen by whoever is not signed in. */
  readonly pattern: string | null
  readonly path: (shop: ConsoleShop, ids: { readonly endpoint: string }) => string
}

const same = (name: string, pattern: string): ConsolePlace => ({ name, pattern, path: () => pattern })

/** Every page, in the order in which docs/console.md shows them. */
export const CONSOLE_PLACES: readonly ConsolePlace[] = [
  { name: 'start', pattern: null, path: () => '/start#token=shown-at-the-first-start' },
  { name: 'sign-in', pattern: null, path: () => '/' },
  same('begin', '/begin'),
  same('begin-connect', '/begin/connect'),
  same('begin-streak', '/begin/streak'),
  { name: 'begin-live', pattern: '/begin/live/:id', path: ({ weeks }) => `/begin/live/${weeks.id}` },
  same('home', '/'),
  same('orders', '/orders'),
  { name: 'order', pattern: '/orders/order', path: () => '/orders/order?orderId=5001' },
  same('shoppers', '/shoppers'),
  { name: 'shopper', pattern: '/shoppers/:id', path: ({ member }) => `/shoppers/${member.id}` },
  same('streaks', '/streaks'),
  same('streak-new', '/streaks/new'),
  { name: 'streak', pattern: '/streaks/:id', path: ({ days }) => `/streaks/${days.id}` },
  same('coupons', '/coupons'),
  { name: 'coupon', pattern: '/coupons/coupon/:id', path: ({ byHand }) => `/coupons/coupon/${byHand.id}` },
  same('providers', '/coupons/providers'),
  same('provider-new', '/coupons/providers/new'),
  {
    name: 'provider',
    pattern: '/coupons/providers/:id',
    path: ({ service }) => `/coupons/providers/${service.id}`,
  },
  same('connectors', '/connectors'),
  same('connector-new', '/connectors/new'),
  { name: 'connector', pattern: '/connectors/:id', path: ({ shopify }) => `/connectors/${shopify.id}` },
  same('settings', '/settings'),
  same('users', '/settings/users'),
  same('keys', '/settings/keys'),
  same('webhooks', '/settings/webhooks'),
  {
    name: 'webhook',
    pattern: '/settings/webhooks/:id',
    path: (_shop, { endpoint }) => `/settings/webhooks/${endpoint}`,
  },
  same('log', '/settings/log'),
  same('widget', '/settings/widget'),
  same('privacy', '/settings/privacy'),
]

export const PICTURE_WIDTHS = [1280, 360] as const
export const PICTURE_THEMES = ['light', 'dark'] as const
export const PICTURES = 'docs/console'
/** `orders-1280-dark.webp` */
export const pictureOf = (name: string, width: number, theme: string) => `${name}-${width}-${theme}.webp`
