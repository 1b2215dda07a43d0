import type { Connector } from '../src/ports/connector.ts'
import type { Platform } from '../src/ports/schema/values.ts'
import { shopify } from './shopify/index.ts'
import { stripe } from './stripe/index.ts'

/** Every platform a connector can be made for. */
export const CONNECTORS: Readonly<Record<Platform, Connector>> = { shopify, stripe }

/** The connector of a platform by its name in addresses (`/webhooks/{platform}/…`); undefined when there is none. */
export function connectorFor(platform: string): Connector | undefined {
  return Object.hasOwn(CONNECTORS, platform) ? CONNECTORS[platform as Platform] : undefined
}
