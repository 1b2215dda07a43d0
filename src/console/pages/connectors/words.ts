import type { Connector } from '../../../client/schema.ts'
import type { Tone } from '../../parts/states.ts'

export type Platform = Connector['platform']

export const PLATFORMS: Readonly<Record<Platform, string>> = {
  shopify: 'Shopify',
  stripe: 'Stripe',
  woocommerce: 'WooCommerce',
}

interface SecretField {
  readonly path: string
  readonly label: string
  readonly hint: string
}

/** A way in which a merchant lets us into a shop, and what we need for it. */
export interface Way {
  readonly method: string
  readonly label: string
  readonly hint: string
  readonly fields: readonly SecretField[]
}

const BY_HAND: Way = {
  method: 'manual',
  label: 'By hand',
  hint: 'You enter the address of the webhooks at the platform yourself, and their signing secret here.',
  fields: [
    {
      path: 'webhookSecrets',
      label: 'Signing secret of the webhooks',
      hint: 'As the platform shows it beside the webhook.',
    },
  ],
}

export const WAYS: Readonly<Record<Platform, readonly Way[]>> = {
  shopify: [
    {
      method: 'client_credentials',
      label: 'An app of your own organisation',
      hint: 'For an app made in Shopify’s Dev Dashboard by the organisation that owns the shop, and installed there.',
      fields: [
        { path: 'clientId', label: 'Client ID', hint: 'Dev Dashboard, your app, Settings.' },
        {
          path: 'clientSecret',
          label: 'Client secret',
          hint: 'Beside it. It is kept sealed and never shown again.',
        },
      ],
    },
    {
      method: 'oauth',
      label: 'With your consent at Shopify',
      hint: 'You are led to Shopify and asked there. For an app of any organisation.',
      fields: [
        { path: 'clientId', label: 'Client ID', hint: 'Of the app.' },
        { path: 'clientSecret', label: 'Client secret', hint: 'Of the app.' },
      ],
    },
    {
      method: 'admin_token',
      label: 'A custom app of before 2026',
      hint: 'Made in the shop’s own admin, with an access token that was shown once.',
      fields: [
        { path: 'accessToken', label: 'Admin API access token', hint: 'It begins with shpat_.' },
        { path: 'clientSecret', label: 'API secret key', hint: 'Of the same app.' },
      ],
    },
    BY_HAND,
  ],
  stripe: [
    {
      method: 'restricted_key',
      label: 'With a restricted key',
      hint: 'Streakline makes the webhook endpoint itself.',
      fields: [
        {
          path: 'apiKey',
          label: 'Restricted key',
          hint: 'Stripe, Developers, API keys. It begins with rk_. It may read charges and events, and read and write webhooks; for coupons also coupons and promotion codes.',
        },
      ],
    },
    BY_HAND,
  ],
  woocommerce: [
    {
      method: 'rest_keys',
      label: 'With REST keys',
      hint: 'Streakline makes the webhooks itself.',
      fields: [
        {
          path: 'consumerKey',
          label: 'Consumer key',
          hint: 'WooCommerce, Settings, Advanced, REST API, with “Read/Write”. It begins with ck_.',
        },
        { path: 'consumerSecret', label: 'Consumer secret', hint: 'Beside it. It begins with cs_.' },
      ],
    },
    BY_HAND,
  ],
}

/** The setting that names the shop. */
export const SHOP_FIELD: Readonly<
  Record<Platform, { readonly name: string; readonly label: string; readonly hint: string } | null>
> = {
  shopify: { name: 'shopDomain', label: 'Domain of the shop', hint: 'As your-shop.myshopify.com' },
  stripe: null,
  woocommerce: { name: 'siteUrl', label: 'Address of the site', hint: 'As https://shop.example' },
}

type State = Connector['installation']['state']
const STATES: Readonly<Record<State, readonly [Tone, string]>> = {
  none: ['waiting', 'not connected yet'],
  pending: ['waiting', 'waits for your consent'],
  installed: ['good', 'connected'],
  needs_attention: ['bad', 'needs attention'],
  uninstalled: ['plain', 'disconnected'],
}

export function stateOf({ status, installation }: Connector): readonly [Tone, string] {
  if (status === 'paused' && installation.state === 'installed') return ['waiting', 'paused']
  return STATES[installation.state]
}
