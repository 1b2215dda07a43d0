import type { Connector, ConnectorInstall, StreaklineClient } from '../client/index.ts'
import type { Controls } from './happen.ts'
import { IDENTITIES } from './scenario.ts'

/** What a merchant has before anything is installed: a shop with an app in it, an account with a key. */
export interface Merchant {
  readonly shopDomain: string
  readonly app: { readonly clientId: string; readonly clientSecret: string }
  readonly restrictedKey: string
}

interface ShopifyWorld {
  readonly shops: readonly { readonly id: string }[]
  readonly apps: readonly { readonly id: string; readonly secrets: readonly string[] }[]
}

interface StripeWorld {
  readonly keys: readonly { readonly id: string }[]
}

/** Finds it at the doubles; what is missing there is made, once however often it is asked. */
export async function readMerchant({ shopify, stripe }: Controls): Promise<Merchant> {
  const { shops, apps } = await shopify.tell<ShopifyWorld>('GET /world')
  const [shop] = shops
  const [app] = apps
  const secret = app?.secrets[0]
  if (shop === undefined || app === undefined || secret === undefined) {
    throw new Error("Shopify's double has no shop with an app")
  }
  // in live mode, as test payments do not count
  const { keys } = await stripe.tell<StripeWorld>('GET /world')
  const known = keys.find(({ id }) => id.startsWith('rk_live_'))
  const key = known ?? (await stripe.tell<{ id: string }>('POST /keys', { live: true }))
  for (const { customerId: id, email } of Object.values(IDENTITIES)) {
    if (id?.startsWith('cus_') === true) await stripe.tell('POST /customers', { id, email, live: true })
  }
  return { shopDomain: shop.id, app: { clientId: app.id, clientSecret: secret }, restrictedKey: key.id }
}

/** As a merchant does in the console: from then on the platform sends, and signs with what was settled with it. */
export async function installed(
  api: StreaklineClient,
  connector: Connector,
  way: ConnectorInstall,
): Promise<Connector> {
  if (connector.installation.state === 'installed') return connector
  return api.connector.install(connector.id, way)
}
