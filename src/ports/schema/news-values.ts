/** What a platform tells of a shop: that the app is gone there, or that it may do other things. */
export const SHOP_NEWS = ['uninstalled', 'scopes_changed'] as const
export type ShopNews = (typeof SHOP_NEWS)[number]

/** What platforms pass on of what privacy law asks for: what is kept of a customer, or that it goes; or a shop's. */
export const PRIVACY_KINDS = ['data_request', 'customer_redact', 'shop_redact'] as const
export type PrivacyKind = (typeof PRIVACY_KINDS)[number]
/** `not_ours`: nothing here names the customer, or the shop is installed. */
export const PRIVACY_STATES = ['open', 'done', 'not_ours'] as const

/** Whom a request is about. */
export interface PrivacySubject {
  /** As members would be called that rules of either identity make. */
  readonly identities: readonly string[]
  /** Orders that the platform names beside them. */
  readonly orderIds: readonly string[]
}

/** What a redaction took away: nothing of the person. */
export interface RedactionCounts {
  readonly members: number
  readonly deliveries: number
  readonly codes: number
}
