import type { Connector } from '../src/ports/connector.ts'
import { shopify } from './shopify/index.ts'
import { stripe } from './stripe/index.ts'
import { woocommerce } from './woocommerce/index.ts'

/** Every platform that connectors can be made for. A new one is added here, and nowhere else. */
const PLATFORMS: readonly Connector[] = [shopify, stripe, woocommerce]

/** By the platform's name, as in addresses (`/webhooks/{platform}/…`). */
export const CONNECTORS: ReadonlyMap<string, Connector> = new Map(
  PLATFORMS.map((connector) => [connector.platform, connector]),
)

/** The connector of a platform; undefined when there is none. */
export function connectorFor(platform: string): Connector | undefined {
  return CONNECTORS.get(platform)
}
