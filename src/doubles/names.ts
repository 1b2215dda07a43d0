export type PlatformName = 'shopify' | 'stripe' | 'woocommerce' | 'voucherify'

export interface NamedPlatform {
  /** Also in `STREAKLINE_PLATFORM_ORIGINS`. */
  readonly name: PlatformName
  readonly says: string
  /** Where its double listens unless told otherwise. */
  readonly port: number
}

/** What there is a double of; the doubles themselves are read only when one is wanted. */
export const NAMED_PLATFORMS: readonly NamedPlatform[] = [
  {
    name: 'shopify',
    says: 'the Admin API of 2026-10 on its real schema, OAuth, webhooks, and a shop that does what it is told',
    port: 9001,
  },
  {
    name: 'stripe',
    says: 'charges, events, webhook endpoints, coupons and promotion codes of 2026-10-28.endive',
    port: 9002,
  },
  { name: 'woocommerce', says: 'the REST API of webhooks and orders of a shop', port: 9003 },
  { name: 'voucherify', says: 'publications, vouchers and campaigns', port: 9004 },
]
